package kernel

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"hactl/agent/node"

	"golang.org/x/sys/unix"
)

// ways is the routes and rules of a fake, ours and those of others, with the
// kernel's habits: a place has one route; a rule is there once for each who put
// it there; and a gateway must be near.
type ways struct {
	routes   map[place]owned[route]
	rules    map[owned[node.Rule]]bool
	far      map[netip.Addr]bool // gateways that cannot be reached; the others are behind the first link
	down     map[int]bool        // links, by index
	unmarked bool                // keeps no protocol number with rules
	failure  error               // of reading
}

// owned is something that is ours or not.
type owned[T any] struct {
	it   T
	ours bool
}

func (w ways) clone() ways {
	w.routes, w.rules = maps.Clone(w.routes), maps.Clone(w.rules)
	w.far, w.down = maps.Clone(w.far), maps.Clone(w.down)
	return w
}

// read returns what is ours, in some order.
func (w ways) read() routing {
	r := routing{unmarked: w.unmarked, failure: w.failure}
	if w.failure != nil {
		return r
	}
	for _, x := range w.routes {
		if x.ours {
			r.routes = append(r.routes, x.it)
		}
	}
	for x := range w.rules {
		if x.ours {
			r.rules = append(r.rules, x.it)
		}
	}
	return r
}

// do carries out a change, or refuses it as the kernel would.
func (w *ways) do(c change) error {
	switch o := c.(type) {
	case routeOp:
		return w.route(o)
	case ruleOp:
		return w.rule(o)
	}
	panic(fmt.Sprintf("kernel test: %T", c))
}

func (w *ways) route(o routeOp) error {
	at := placeOf(o.route)
	x, there := w.routes[at]
	switch {
	case o.verb == remove && (!there || !x.ours):
		return unix.ESRCH
	case o.verb == remove:
		delete(w.routes, at)
	case there:
		return unix.EEXIST
	case w.unreachable(o.route, o.index):
		return unix.ENETUNREACH
	default:
		w.routes[at] = owned[route]{kept(o.route, o.index), true}
	}
	return nil
}

// unreachable says whether the kernel would refuse a route over a link, 0 for that
// of the gateway.
func (w *ways) unreachable(r node.Route, index int) bool {
	return w.far[r.Via] || w.down[max(index, 1)]
}

// kept returns a route as the kernel keeps it.
func kept(r node.Route, index int) route {
	at := placeOf(r)
	r.Metric, r.Table, r.Interface = at.metric, at.table, ""
	return route{r, max(index, 1)}
}

func (w *ways) rule(o ruleOp) error {
	x := owned[node.Rule]{o.rule, !w.unmarked}
	switch {
	case w.rules[x] == (o.verb == add):
		return map[verb]error{add: unix.EEXIST, remove: unix.ENOENT}[o.verb]
	case o.verb == add:
		w.rules[x] = true
	default:
		delete(w.rules, x)
	}
	return nil
}

// toggle sets a link down, or up. Its routes go with it, without a word.
func (w *ways) toggle(index int) {
	w.down[index] = !w.down[index]
	maps.DeleteFunc(w.routes, func(_ place, x owned[route]) bool { return x.it.index == index })
}

// holds returns what is ours, or what is foreign, as sorted lines.
func (w *ways) holds(ours bool) []string {
	var lines []string
	for at, x := range w.routes {
		if x.ours == ours {
			lines = append(lines, describe(at, x.it))
		}
	}
	for x := range w.rules {
		if x.ours == ours {
			lines = append(lines, describeRule(x.it))
		}
	}
	slices.Sort(lines)
	return lines
}

// describe returns a line about a route.
func describe(at place, r route) string {
	return fmt.Sprintf("%v metric %d table %d via %v on link %d", at.destination, at.metric, at.table, r.Via, r.index)
}

// describeRule returns a line about a rule.
func describeRule(r node.Rule) string { return fmt.Sprintf("rule%s %v", dash6(r.IPv6), r) }

// readRoute reads a route in the words of ip(8), "default" included.
func readRoute(text string) node.Route {
	words := strings.Fields(text)
	r := node.Route{Table: unix.RT_TABLE_MAIN}
	if words[0] == "default" {
		words[0] = "0.0.0.0/0"
	}
	r.Destination = netip.MustParsePrefix(words[0])
	for i := 1; i+1 < len(words); i += 2 {
		switch value := words[i+1]; words[i] {
		case "via":
			r.Via = netip.MustParseAddr(value)
		case "dev":
			r.Interface = value
		case "src":
			r.Source = netip.MustParseAddr(value)
		case "metric":
			r.Metric = number(value)
		case "table":
			r.Table = number(value)
		case "scope":
			r.Scope = map[string]node.Scope{"link": node.ScopeLink, "host": node.ScopeHost, "site": node.ScopeSite, "global": node.ScopeGlobal}[value]
		default:
			panic("kernel test: route " + text)
		}
	}
	return r
}

// readRule reads a rule in the words of ip(8), "-6" first in IPv6.
func readRule(text string) node.Rule {
	text, is6 := strings.CutPrefix(text, "-6 ")
	r := node.Rule{IPv6: is6}
	words := strings.Fields(text)
	for i := 0; i+1 < len(words); i += 2 {
		switch value := words[i+1]; words[i] {
		case "priority":
			r.Priority = number(value)
		case "from":
			r.From = netip.MustParsePrefix(value)
		case "to":
			r.To = netip.MustParsePrefix(value)
		case "iif":
			r.Interface = value
		case "fwmark":
			r.Mark = number(value)
		case "lookup":
			r.Table = number(value)
		default:
			panic("kernel test: rule " + text)
		}
	}
	return r
}

// number reads a number, hexadecimal ones with 0x.
func number(s string) (n uint32) {
	if _, err := fmt.Sscan(s, &n); err != nil {
		panic("kernel test: " + err.Error())
	}
	return n
}
