package node

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// spot is where an address of a router is put, and how.
type spot struct {
	link   string       // name
	prefix netip.Prefix // as written
	label  string
	scope  Scope
	alone  bool // no route to its subnet is to be added for it
}

// kept is what a router has while it is Active.
type kept struct {
	spots  []spot // of its addresses, in their order: more than one where several interfaces get it
	routes []Route
	rules  []Rule
}

// keeps returns what a plan's router has while it is Active.
func keeps(p *plan.Router) kept {
	k := kept{spots: make([]spot, 0, len(p.Addresses))}
	for _, a := range p.Addresses {
		k.spots = append(k.spots, spotOf(a, p.Interface))
	}
	slices.SortStableFunc(k.spots, func(a, b spot) int { return a.prefix.Addr().Compare(b.prefix.Addr()) })
	for _, x := range p.Routes {
		k.routes = append(k.routes, route(x, p.Interface))
	}
	for _, x := range p.Rules {
		k.rules = append(k.rules, rule(x, p.Family))
	}
	return k
}

// at returns where an address is put.
func (k kept) at(a netip.Addr) []spot {
	from, _ := slices.BinarySearchFunc(k.spots, a, func(x spot, a netip.Addr) int { return x.prefix.Addr().Compare(a) })
	to := from
	for to < len(k.spots) && k.spots[to].prefix.Addr() == a {
		to++
	}
	return k.spots[from:to]
}

// spotOf returns where a plan's address is put, of a router on an interface.
func spotOf(a plan.Address, link string) spot {
	return spot{
		link: cmp.Or(a.Interface, link), prefix: netip.MustParsePrefix(a.Prefix),
		label: a.Label, scope: scopes[a.Scope], alone: a.NoPrefixRoute,
	}
}

// scopes are those of a plan; where it says nothing an address is global.
var scopes = map[plan.Scope]Scope{
	"": ScopeGlobal, plan.ScopeGlobal: ScopeGlobal, plan.ScopeSite: ScopeSite, plan.ScopeLink: ScopeLink, plan.ScopeHost: ScopeHost,
}

// route is a plan's route, of a router on an interface.
func route(x plan.Route, link string) Route {
	r := Route{
		Destination: netip.MustParsePrefix(x.Destination), Interface: x.Interface,
		Metric: uint32(x.Metric), Table: uint32(cmp.Or(x.Table, mainTable)), Scope: scopes[x.Scope],
	}
	r.Via, _ = netip.ParseAddr(x.Via)
	r.Source, _ = netip.ParseAddr(x.Source)
	if x.Via == "" {
		r.Interface = cmp.Or(x.Interface, link)
		if x.Scope == "" && r.Destination.Addr().Is4() {
			r.Scope = ScopeLink
		}
	}
	return r
}

// mainTable is the table that is meant by none.
const mainTable = 254

// rule is a plan's rule.
func rule(x plan.Policy, family plan.Family) Rule {
	r := Rule{IPv6: family == plan.IPv6, Priority: uint32(x.Priority), Interface: x.Interface, Mark: uint32(x.Mark), Table: uint32(x.Table)}
	r.From, r.To = chosen(x.From), chosen(x.To)
	return r
}

// chosen is the prefix that a rule is about. One that holds every address is any:
// the kernel keeps no prefix of length 0 with a rule.
func chosen(s string) netip.Prefix {
	if p, err := netip.ParsePrefix(s); err == nil && p.Bits() > 0 {
		return p
	}
	return netip.Prefix{}
}

// on returns the names of the interfaces that r has to do with, there or not: its
// own, and those where its addresses are put, each once.
func (r *router) on() []string {
	names := []string{r.plan.Interface}
	for _, a := range r.plan.Addresses {
		if a.Interface != "" && !slices.Contains(names, a.Interface) {
			names = append(names, a.Interface)
		}
	}
	return names
}

// Wishes returns all that is to be on the host now: addresses sorted, routes and
// rules in the order of their routers, those of the plan first. Owners' addresses
// are the host's own, and never among them.
func (n *Node) Wishes() Wishes {
	var w Wishes
	for _, r := range n.all() {
		w.Addresses = n.wishes(w.Addresses, r)
		if r.machine.State() == vrrp.Active {
			w.Routes, w.Rules = append(w.Routes, r.standing()...), append(w.Rules, r.rules...)
		}
	}
	slices.SortFunc(w.Addresses, func(a, b Wish) int {
		if c := strings.Compare(a.Interface, b.Interface); c != 0 {
			return c
		}
		return a.Prefix.Compare(b.Prefix)
	})
	w.Addresses = slices.CompactFunc(w.Addresses, func(a, b Wish) bool {
		return a.Interface == b.Interface && a.Prefix == b.Prefix
	})
	w.Routes, w.Rules = once(w.Routes), once(w.Rules)
	return w
}

// standing returns the routes of an Active router, without those from one of its
// addresses that a successor has already: they go with it.
func (r *router) standing() []Route {
	if !r.machine.Yielding() {
		return r.routes
	}
	owned := r.machine.Owned()
	return slices.DeleteFunc(slices.Clone(r.routes), func(x Route) bool {
		return len(r.at(x.Source)) > 0 && !slices.Contains(owned, x.Source)
	})
}

// resettle announces what a new plan puts on another interface than before. What
// the router had not at all, its machine announces.
func (s *step) resettle(r *router, before kept) {
	if r.machine.Yielding() {
		return
	}
	for _, a := range r.machine.Owned() {
		was := before.at(a)
		s.announceWhere(r, []netip.Addr{a}, r.plan.Announce.Burst, func(x spot) bool {
			return len(was) > 0 && !slices.ContainsFunc(was, func(y spot) bool { return y.link == x.link })
		})
	}
}

// once returns list with the first of equal ones only.
func once[T comparable](list []T) []T {
	seen := make(map[T]bool, len(list))
	return slices.DeleteFunc(list, func(x T) bool {
		again := seen[x]
		seen[x] = true
		return again
	})
}

// wishes appends the addresses that r wants.
func (n *Node) wishes(to []Wish, r *router) []Wish {
	if r.plan.Priority == plan.Owner {
		return to
	}
	for _, a := range r.machine.Owned() {
		for _, p := range r.at(a) { // none of one that a new plan has dropped meanwhile
			to = append(to, n.wish(r, p))
		}
	}
	return to
}

// wish says how an address is installed. One in a subnet of an own address of
// the interface gets no subnet of its own: the kernel would make it that
// address's secondary or the reverse, and delete both together. One outside
// every own subnet keeps its prefix, and gets the route to it unless the plan takes
// that away.
//
// While the router listens, another one may have the address: it is not put back.
func (n *Node) wish(r *router, p spot) Wish {
	addr := p.prefix.Addr()
	w := Wish{
		Interface: p.link, Prefix: netip.PrefixFrom(addr, addr.BitLen()), Label: p.label, Scope: p.scope,
		Stays: r.machine.Unsure(n.now), Lifetime: r.lifetime.valid,
	}
	if p.prefix.IsSingleIP() || addr.IsLinkLocalUnicast() || n.inOwnSubnet(p.link, addr) {
		return w
	}
	w.Prefix, w.Route = p.prefix, !p.alone
	return w
}

// inOwnSubnet reports whether a lies in the subnet of an own address of the
// link.
func (n *Node) inOwnSubnet(link string, a netip.Addr) bool {
	for _, own := range n.links[link].Addresses {
		if !own.Ours && own.Prefix.Contains(a) {
			return true
		}
	}
	return false
}

// hasAddress reports whether a is on the link.
func (n *Node) hasAddress(link string, a netip.Addr) bool {
	for _, on := range n.links[link].Addresses {
		if on.Prefix.Addr() == a {
			return true
		}
	}
	return false
}
