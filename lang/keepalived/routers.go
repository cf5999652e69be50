package keepalived

import (
	"net/netip"
	"slices"
)

// router is the same virtual router on several nodes, in the nodes' order, at
// most one instance of each.
type router []*Instance

// routers matches the instances of all nodes: by VRID and family, and where
// that leaves a choice, by addresses and interface. Names and order do not
// count.
func routers(nodes []*Node) []router {
	var all []router
	for _, n := range nodes {
		for _, i := range n.Instances {
			at := bestMatch(all, i)
			if at < 0 {
				all = append(all, router{i})
				continue
			}
			all[at] = append(all[at], i)
		}
	}
	return all
}

// bestMatch returns the router that i belongs to, -1 for none.
func bestMatch(all []router, i *Instance) int {
	best, score := -1, 0
	for at, r := range all {
		if slices.ContainsFunc(r, func(j *Instance) bool { return j.Node == i.Node }) {
			continue
		}
		if s := likeness(r[0], i); s > score {
			best, score = at, s
		}
	}
	return best
}

// likeness tells how sure it is that two instances of two nodes are the same
// router; 0 for not at all.
func likeness(a, b *Instance) int {
	points := 0
	switch {
	case same(a.VRID, b.VRID) && (a.family() == b.family() || len(a.VIPs) == 0 || len(b.VIPs) == 0):
		points = 1
	case !a.VRID.Known || !b.VRID.Known:
		if len(a.Node.Instances) > 1 || len(b.Node.Instances) > 1 {
			if a.Name.Text != b.Name.Text || a.Name.Unknown || b.Name.Unknown {
				return 0
			}
		}
		points = 1
	default:
		return 0
	}
	if shared(a, b) > 0 {
		points += 4
	}
	if a.Interface.Text == b.Interface.Text {
		points += 2
	}
	return points
}

// shared returns the number of virtual addresses that both have.
func shared(a, b *Instance) int {
	n := 0
	for _, v := range a.VIPs {
		if b.has(v.Address) {
			n++
		}
	}
	return n
}

// has tells whether the address is one of the instance's.
func (i *Instance) has(a netip.Addr) bool {
	return i.set[a]
}
