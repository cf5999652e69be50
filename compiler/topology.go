package compiler

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
	"hactl/schemas/plan"
)

// Segment is a set of interfaces that hear each other, as far as the
// configuration tells.
type Segment struct {
	// Name is the one that is written, else the subnets on it ("10.0.0.0/24"),
	// else its first interface.
	Name  string
	Ports []Port // at least one, by host and name
}

// Port is one interface of one host.
type Port struct {
	Host, Interface string
	Addresses       []netip.Prefix // the host's own, as written
}

// Segments returns the segments of c, each port in one of them, in the order of
// their first ports. Of a c with errors it tells what can be told.
func Segments(c *lang.Config) []Segment {
	m := resolve(c, func(*hcl.Diagnostic) {})
	byRoot := map[*port][]*port{}
	var roots []*port
	for p := range m.ports() {
		root := p.root()
		if byRoot[root] == nil {
			roots = append(roots, root)
		}
		byRoot[root] = append(byRoot[root], p)
	}
	segments := make([]Segment, len(roots))
	for i, root := range roots {
		segments[i] = segmentOf(root.label, byRoot[root])
	}
	return segments
}

// segmentOf describes the segment of that label, which these ports are on.
func segmentOf(label string, ports []*port) Segment {
	var s Segment
	var subnets []netip.Prefix
	for _, p := range ports {
		out := Port{Host: p.host.name, Interface: p.name}
		for _, a := range p.addresses {
			out.Addresses = append(out.Addresses, a.V)
		}
		s.Ports = append(s.Ports, out)
		subnets = slices.Concat(subnets, p.subnets(plan.IPv4), p.subnets(plan.IPv6))
	}
	slices.SortFunc(subnets, netip.Prefix.Compare)
	var names []string
	for _, n := range slices.Compact(subnets) {
		names = append(names, n.String())
	}
	s.Name = cmp.Or(label, strings.Join(names, ", "), ports[0].host.name+" "+ports[0].name)
	return s
}
