package export

import (
	"fmt"

	"hactl/schemas/plan"
)

// addresses writes those in adverts, and those for which they have no room.
func (e *exporter) addresses(r *plan.Router) {
	var listed, hidden []string
	for _, a := range r.Addresses {
		if a.Hidden {
			hidden = append(hidden, addressLine(a, r.Interface))
		} else {
			listed = append(listed, addressLine(a, r.Interface))
		}
	}
	e.out.list("virtual_ipaddress", listed)
	e.out.list("virtual_ipaddress_excluded", hidden)
}

// addressLine is an address in the words of ip(8).
func addressLine(a plan.Address, link string) string {
	line := a.Prefix
	if a.Interface != "" && a.Interface != link {
		line += " dev " + a.Interface
	}
	if a.Scope != "" {
		line += " scope " + string(a.Scope)
	}
	if a.Label != "" {
		line += " label " + a.Label
	}
	if a.NoPrefixRoute {
		line += " noprefixroute"
	}
	return line
}

// routes writes routes and rules.
func (e *exporter) routes(r *plan.Router) {
	var routes, rules []string
	for _, x := range r.Routes {
		routes = append(routes, routeLine(x, r.Interface))
	}
	for _, x := range r.Rules {
		rules = append(rules, ruleLine(x))
	}
	e.out.list("virtual_routes", routes)
	e.out.list("virtual_rules", rules)
}

func routeLine(x plan.Route, link string) string {
	line := x.Destination
	add := func(word, value string) {
		if value != "" && value != "0" {
			line += " " + word + " " + value
		}
	}
	add("via", x.Via)
	if x.Interface == "" && x.Via == "" {
		add("dev", link)
	}
	add("dev", x.Interface)
	add("src", x.Source)
	add("scope", string(x.Scope))
	add("table", fmt.Sprint(x.Table))
	add("metric", fmt.Sprint(x.Metric))
	return line
}

func ruleLine(x plan.Policy) string {
	line := ""
	add := func(word, value string) {
		if value != "" && value != "0" {
			line += word + " " + value + " "
		}
	}
	add("from", x.From)
	add("to", x.To)
	add("iif", x.Interface)
	add("fwmark", fmt.Sprint(x.Mark))
	if line == "" {
		line = "from all "
	}
	return fmt.Sprintf("%stable %d priority %d", line, x.Table, x.Priority)
}
