package kernel

import (
	"fmt"
	"net/netip"
	"slices"

	"hactl/agent/node"

	"golang.org/x/sys/unix"
)

// link is a link as diff sees it.
type link struct {
	node.Link
	noRoute map[netip.Prefix]bool // the addresses that carry IFA_F_NOPREFIXROUTE
}

// verb is what an op does.
type verb uint8

// The verbs.
const (
	add verb = iota
	remove
)

// String returns "add" or "remove".
func (v verb) String() string { return [...]string{"add", "remove"}[v] }

// op is one change to the kernel's addresses.
type op struct {
	verb   verb
	link   string
	index  int          // of the link
	prefix netip.Prefix // exactly as the kernel has it or is to have it
	route  bool         // add: the kernel is to add the route to the subnet

	// company, of a removal: the link has other IPv4 addresses in the subnet,
	// which must not go with this one (promote_secondaries).
	company bool
}

// key names an address of a link.
type key struct {
	index  int
	prefix netip.Prefix
}

// key returns what o is about.
func (o op) key() key { return key{o.index, o.prefix} }

// address returns what the kernel has when o, an addition, was carried out.
func (o op) address(marked bool) address {
	a := address{prefix: o.prefix}
	if !o.route {
		a.flags = unix.IFA_F_NOPREFIXROUTE
	}
	if marked {
		a.mark = Mark
	}
	return a
}

// String returns o as the command that an operator would type.
func (o op) String() string {
	if o.verb == remove {
		s := fmt.Sprintf("ip address delete %s dev %s", o.prefix, o.link)
		if o.company {
			s = fmt.Sprintf("sysctl net.ipv4.conf.%s.promote_secondaries=1; %s", o.link, s)
		}
		return s
	}
	s := fmt.Sprintf("ip address add %s dev %s", o.prefix, o.link)
	if o.prefix.Addr().Is6() {
		s += " nodad preferred_lft 0"
	}
	if !o.route {
		s += " noprefixroute"
	}
	return s
}

// diff returns the changes that make the links hold exactly the wishes, among
// what is ours, in order: additions in the order of the wishes, then removals.
// Only where IPv6 allows an address no second prefix length is the old one
// removed just before. Wishes that cannot be fulfilled (no such link, link
// down, foreign address) yield no change.
func diff(links []link, wishes []node.Wish) []op {
	d := differ{wanted: map[key]bool{}, only: map[key]netip.Prefix{}, now: map[int]*addressSet{}}
	byName := map[string]link{}
	for _, l := range links {
		byName[l.Name] = l
		d.now[l.Index] = newAddressSet(l.Addresses)
	}
	for _, w := range wishes {
		if l, ok := byName[w.Interface]; ok {
			d.fulfil(l, w)
		}
	}
	for _, l := range links {
		d.clear(l)
	}
	return d.ops
}

// differ is a diff under way.
type differ struct {
	ops    []op
	wanted map[key]bool
	only   map[key]netip.Prefix // the one wanted prefix of an IPv6 address, by its /128
	now    map[int]*addressSet  // what each link holds after ops, by index
}

// fulfil adds what the wish w asks of the link l.
func (d *differ) fulfil(l link, w node.Wish) {
	if !d.want(key{l.Index, w.Prefix}) {
		return
	}
	now := d.now[l.Index]
	holds := now.ours(w.Prefix) && l.noRoute[w.Prefix] != w.Route
	if holds || !l.Up || now.foreign(w.Prefix) {
		return
	}
	for _, p := range now.inTheWay(w.Prefix) {
		d.remove(l, p)
	}
	now.put(node.Assigned{Prefix: w.Prefix, Ours: true})
	d.ops = append(d.ops, op{verb: add, link: l.Name, index: l.Index, prefix: w.Prefix, route: w.Route})
}

// want notes that k is wanted. It says whether that is news and possible: an
// IPv6 address can have one prefix length only, the first one that is wished.
func (d *differ) want(k key) bool {
	addr := k.prefix.Addr()
	whole := key{k.index, netip.PrefixFrom(addr, addr.BitLen())}
	if d.wanted[k] || addr.Is6() && d.only[whole].IsValid() {
		return false
	}
	d.wanted[k] = true
	if addr.Is6() {
		d.only[whole] = k.prefix
	}
	return true
}

// clear removes what is ours on the link l and not wanted, the last one first:
// secondary addresses before the primary one of their subnet.
func (d *differ) clear(l link) {
	for _, a := range slices.Backward(l.Addresses) {
		if a.Ours && !d.wanted[key{l.Index, a.Prefix}] && d.now[l.Index].has(a.Prefix) {
			d.remove(l, a.Prefix)
		}
	}
}

// remove removes one address.
func (d *differ) remove(l link, p netip.Prefix) {
	now := d.now[l.Index]
	now.drop(p)
	d.ops = append(d.ops, op{verb: remove, link: l.Name, index: l.Index, prefix: p, company: now.company(p)})
}

// addressSet is the addresses of one link.
type addressSet struct {
	byAddr map[netip.Addr][]node.Assigned // one for each prefix length
	subnet map[netip.Prefix]int           // number of IPv4 addresses, by masked prefix
}

// newAddressSet returns a set of the given addresses.
func newAddressSet(addresses []node.Assigned) *addressSet {
	s := &addressSet{
		byAddr: make(map[netip.Addr][]node.Assigned, len(addresses)),
		subnet: map[netip.Prefix]int{},
	}
	for _, a := range addresses {
		s.put(a)
	}
	return s
}

// put adds an address that is not in the set.
func (s *addressSet) put(a node.Assigned) {
	addr := a.Prefix.Addr()
	s.byAddr[addr] = append(s.byAddr[addr], a)
	if shares(a.Prefix) {
		s.subnet[a.Prefix.Masked()]++
	}
}

// drop takes an address out.
func (s *addressSet) drop(p netip.Prefix) {
	s.byAddr[p.Addr()] = slices.DeleteFunc(s.byAddr[p.Addr()], func(a node.Assigned) bool { return a.Prefix == p })
	if shares(p) {
		s.subnet[p.Masked()]--
	}
}

// shares says whether p may be of one subnet with others, for the kernel.
func shares(p netip.Prefix) bool { return p.Addr().Is4() && !p.IsSingleIP() }

// find returns the address with this prefix length, the zero value when it is
// not in the set.
func (s *addressSet) find(p netip.Prefix) node.Assigned {
	for _, a := range s.byAddr[p.Addr()] {
		if a.Prefix == p {
			return a
		}
	}
	return node.Assigned{}
}

// has says whether the address is in the set with this prefix length.
func (s *addressSet) has(p netip.Prefix) bool { return s.find(p).Prefix.IsValid() }

// ours says whether the address is in the set with this prefix length, and ours.
func (s *addressSet) ours(p netip.Prefix) bool { return s.find(p).Ours }

// foreign says whether p is not ours to add: somebody else has put it there, or
// the same address with another prefix length, unless that one is there beside
// ours.
func (s *addressSet) foreign(p netip.Prefix) bool {
	if s.has(p) {
		return !s.ours(p)
	}
	on := s.byAddr[p.Addr()]
	return len(on) > 0 && !slices.ContainsFunc(on, func(a node.Assigned) bool { return a.Ours })
}

// inTheWay returns what must go before p can be added: p itself, with other
// flags, and the same IPv6 address with another prefix length.
func (s *addressSet) inTheWay(p netip.Prefix) []netip.Prefix {
	var ps []netip.Prefix
	for _, a := range s.byAddr[p.Addr()] {
		if a.Prefix == p || p.Addr().Is6() {
			ps = append(ps, a.Prefix)
		}
	}
	return ps
}

// company says whether the set has IPv4 addresses in p's subnet.
func (s *addressSet) company(p netip.Prefix) bool {
	return shares(p) && s.subnet[p.Masked()] > 0
}
