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
		rules = append(rules, ruleLine(x, r.Family))
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
	return line + untracked
}

// untracked keeps keepalived from taking a route or a rule that somebody removed
// for a fault of its router. hactl puts it back.
const untracked = " no_track"

// ruleLine is a rule. Without a prefix keepalived takes one for IPv4.
func ruleLine(x plan.Policy, f plan.Family) string {
	line := ""
	add := func(word, value string) {
		if value != "" && value != "0" {
			line += word + " " + value + " "
		}
	}
	from := x.From
	if x.From == "" && x.To == "" {
		from = map[plan.Family]string{plan.IPv4: "0.0.0.0/0", plan.IPv6: "::/0"}[f]
	}
	add("from", from)
	add("to", x.To)
	add("iif", x.Interface)
	add("fwmark", fmt.Sprint(x.Mark))
	return fmt.Sprintf("%stable %d priority %d%s", line, x.Table, x.Priority, untracked)
}
