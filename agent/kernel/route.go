package kernel

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"hactl/agent/node"

	"golang.org/x/sys/unix"
)

// routing is the part of the kernel's tables that is about ways: only what is
// ours is read.
type routing struct {
	routes []route
	rules  []node.Rule

	// unmarked: the kernel keeps no protocol number with rules (before Linux 4.17),
	// so that ours could not be told from others.
	unmarked bool

	// failure is why the rest is not known; nil when it is.
	failure error
}

// route is a route in the kernel's tables. Metric and Table are never 0 in IPv6,
// Table never in IPv4; Interface is empty.
type route struct {
	node.Route
	index int // of its link; 0: it has several next hops, and no Via
}

// place is what the kernel tells routes apart by.
type place struct {
	destination   netip.Prefix
	metric, table uint32
}

// defaultMetric is what IPv6 takes for 0.
const defaultMetric = 1024

// placeOf returns where r is, or is to be.
func placeOf(r node.Route) place {
	if r.Metric == 0 && r.Destination.Addr().Is6() {
		r.Metric = defaultMetric
	}
	return place{r.Destination, r.Metric, cmp.Or(r.Table, unix.RT_TABLE_MAIN)}
}

// is says whether r, whose link has that name, is what w asks for.
func (r route) is(w node.Route, link string) bool {
	return placeOf(r.Route) == placeOf(w) && r.Via == w.Via && r.Source == w.Source && r.Scope == w.Scope &&
		(w.Interface == "" || w.Interface == link)
}

// routeOp is one change to the kernel's routes.
type routeOp struct {
	verb  verb
	route node.Route
	index int // of the link; 0: as the kernel finds the gateway
}

func (o routeOp) about() any { return placeOf(o.route) }

func (o routeOp) adds() bool { return o.verb == add }

// String returns o as the command that an operator would type.
func (o routeOp) String() string {
	return fmt.Sprintf("ip%s route %s %s proto %d", dash6(o.route.Destination.Addr().Is6()), o.verb.typed(), o.route, Mark)
}

// dash6 is what ip needs to hear of IPv6.
func dash6(is6 bool) string {
	if is6 {
		return " -6"
	}
	return ""
}

// diffRoutes returns the changes that make our routes exactly those wished, among
// what is ours: additions in the order of the wishes, and removals. Only one in
// the place of another is the old one removed just before. Wishes that cannot be
// fulfilled (no such link, link down) are not added; whether a place is taken by
// somebody else, the kernel says.
func diffRoutes(h host, wishes []node.Route) (additions, removals []change) {
	if h.failure != nil {
		return nil, nil
	}
	wanted := map[place]bool{}
	for _, w := range wishes {
		if at := placeOf(w); !wanted[at] {
			wanted[at] = true
			additions = append(additions, h.fulfilRoute(w)...)
		}
	}
	for _, r := range slices.Backward(h.routes) {
		if !wanted[placeOf(r.Route)] {
			removals = append(removals, h.removal(r))
		}
	}
	return additions, removals
}

// fulfilRoute returns the changes that put w in its place, and nothing else.
func (h host) fulfilRoute(w node.Route) (changes []change) {
	there := false
	for _, r := range h.routes {
		switch {
		case placeOf(r.Route) != placeOf(w):
		case !there && r.is(w, h.nameOf(r.index)):
			there = true
		default:
			changes = append(changes, h.removal(r))
		}
	}
	if l, ok := h.linkOf(w.Interface); !there && (w.Interface == "" || ok && l.Up) {
		changes = append(changes, routeOp{verb: add, route: w, index: l.Index})
	}
	return changes
}

// removal returns the change that removes r.
func (h host) removal(r route) change {
	r.Interface = h.nameOf(r.index)
	return routeOp{verb: remove, route: r.Route, index: r.index}
}

// heldRoutes tells what became of routes.
func heldRoutes(h host, wishes []node.Route, failed map[any]error) []node.Held[node.Route] {
	var held []node.Held[node.Route]
	wanted := map[place]bool{}
	for _, w := range wishes {
		at := placeOf(w)
		x := node.Held[node.Route]{Wish: w, Present: h.hasRoute(w)}
		if !x.Present {
			x.Problem = h.routeProblem(w, wanted[at], failed[at])
		}
		wanted[at] = true
		held = append(held, x)
	}
	for _, r := range h.routes {
		if at := placeOf(r.Route); !wanted[at] {
			r.Interface = h.nameOf(r.index)
			held = append(held, node.Held[node.Route]{Wish: r.Route, Present: true, Problem: notRemoved(failed[at])})
		}
	}
	return held
}

// hasRoute says whether w is there, and ours.
func (h host) hasRoute(w node.Route) bool {
	return slices.ContainsFunc(h.routes, func(r route) bool { return r.is(w, h.nameOf(r.index)) })
}

// routeProblem says why w is not there.
func (h host) routeProblem(w node.Route, again bool, err error) string {
	l, there := h.linkOf(w.Interface)
	switch {
	case w.Interface != "" && !there:
		return fmt.Sprintf("interface %s does not exist", w.Interface)
	case w.Interface != "" && !l.Up:
		return fmt.Sprintf("interface %s is down", w.Interface)
	case foreign(err):
		return "foreign route"
	case err != nil:
		return err.Error()
	case again:
		return "wished with another next hop, too"
	}
	return "somebody else removes it"
}
