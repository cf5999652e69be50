package compiler

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
)

// A segment is a set of interfaces that hear each other: those that one vip
// uses, those with one explicit name, and those with addresses in one subnet.
// It is kept as a forest of ports, one tree a segment.
type class struct {
	up    *port  // towards the root; nil at the root
	label string // at the root: the explicit name, empty when there is none
	known bool   // at the root: a name or a subnet says which segment it is
}

// root returns the port that stands for p's segment: two ports are on one
// segment exactly when their roots are the same.
func (p *port) root() *port {
	if p.up == nil {
		return p
	}
	p.up = p.up.root()
	return p.up
}

// join makes the segments of p and q one, unless both are named, differently:
// an explicit name wins over everything else.
func (p *port) join(q *port) {
	a, b := p.root(), q.root()
	if a == b || a.label != "" && b.label != "" && a.label != b.label {
		return
	}
	if a.label == "" {
		a.label = b.label
	}
	a.known = a.known || b.known
	b.up = a
}

// findSegments sorts all ports of m into segments. Names come first and subnets
// last, so that a subnet that exists in two places joins only what nothing else
// tells apart. Where several joins exclude each other the first one counts, so
// each step has an order of its own: that of the source says nothing.
func findSegments(m *model) {
	joinNamed(m)
	byName := slices.SortedFunc(slices.Values(m.vips), func(a, b *vip) int { return cmp.Compare(a.id(), b.id()) })
	for _, v := range byName {
		var first *port
		for _, b := range v.members {
			if b.port == nil {
				continue
			}
			if first == nil {
				first = b.port
			}
			first.join(b.port)
		}
	}
	joinSubnets(m)
}

// joinNamed joins the ports whose segments have one name.
func joinNamed(m *model) {
	named := map[string]*port{}
	for p := range m.ports() {
		p.label = p.segment.V
		p.known = p.label != ""
		if p.label == "" {
			continue
		}
		if q := named[p.label]; q != nil {
			q.join(p)
		}
		named[p.label] = p
	}
}

// joinSubnets joins the ports of which each has an address in the other's
// subnet. Prefix lengths may differ: hosts of one wire may disagree on them. The
// smallest subnet in which others are counts first.
func joinSubnets(m *model) {
	inSubnet := map[netip.Prefix]*port{}
	lengths := map[int]bool{}
	for p := range m.ports() {
		for _, a := range p.addresses {
			if !tellsSegment(a.V) {
				continue
			}
			p.root().known = true
			lengths[a.V.Bits()] = true
			if q := inSubnet[a.V.Masked()]; q != nil {
				q.join(p)
			} else {
				inSubnet[a.V.Masked()] = p
			}
		}
	}
	longestFirst := slices.SortedFunc(maps.Keys(lengths), func(a, b int) int { return cmp.Compare(b, a) })
	for p := range m.ports() {
		for _, a := range p.addresses {
			for _, bits := range longestFirst {
				longer, err := a.V.Addr().Prefix(bits)
				if err != nil || bits <= a.V.Bits() || !tellsSegment(a.V) {
					continue
				}
				if q := inSubnet[longer]; q != nil {
					q.join(p)
				}
			}
		}
	}
}

// tellsSegment reports whether two hosts with addresses in the subnet of a are
// neighbours: link-local subnets are everywhere, and single addresses nowhere.
func tellsSegment(a netip.Prefix) bool {
	return !a.IsSingleIP() && a.Bits() > 0 && !a.Addr().IsLinkLocalUnicast() && !a.Addr().IsLoopback()
}
