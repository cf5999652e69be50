package kernel

import (
	"net/netip"
	"slices"

	"hactl/agent/node"
)

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
