package compiler

import (
	"cmp"
	"slices"

	"hactl/schemas/plan"
)

// The numbers that priorities are made of. High ones mean a short Skew_Time
// (RFC 9568 section 6.1) and so a fast takeover; neighbours ten apart differ by
// more than the jitter of a busy machine.
const (
	highest     = plan.Owner - 1 // of a router that does not own its addresses
	lowest      = 1
	widest      = 10 // distance between neighbours where there is room
	closeEnough = 4  // below this distance order hangs on milliseconds: 4/256 of 1 s is 16 ms
)

// step returns the distance between two neighbours in the order of n hosts of
// which each can lose c checks, so that all n·(c+1) values fit: 0 when they
// cannot, otherwise 1 to 10. n is at least 1, c at least 0.
func step(n, c int) int {
	gaps := n*(c+1) - 1
	if gaps == 0 {
		return widest
	}
	return min(widest, (highest-lowest)/gaps)
}

// fromOrder returns the priority of host i of n (from 0) with f checks failed:
// fewer failures always win, and order breaks ties. s is step(n, c), f at most c.
func fromOrder(s, n, i, f int) int {
	return highest - s*(f*n+i)
}

// written reports whether v's priorities are written, not made from order: one
// is, an owner's apart, or a neighbour for which no plan is made needs one.
func (v *vip) written() bool {
	return slices.ContainsFunc(v.members, func(m *member) bool { return m.priority.Set && !m.owner.V || m.host.kind != plan.Hactl })
}

// rank gives every member of v its place in the election, from members in order
// of preference, and sorts them by it. An owner comes first whatever the order.
func rank(v *vip) {
	owners, others := []*member{}, []*member{}
	for _, m := range v.members {
		if m.owner.V {
			owners = append(owners, m)
		} else {
			others = append(others, m)
		}
	}
	v.members = append(owners, others...)
	n := len(v.members)
	written, s := v.written(), step(max(1, n), v.demotes())
	v.price = s * n
	for i, m := range v.members {
		switch {
		case m.owner.V:
			m.rank = plan.Owner
		case written:
			m.rank = m.priority.V
		default:
			m.rank = fromOrder(s, n, i, 0)
		}
	}
	slices.SortStableFunc(v.members, func(a, b *member) int { return cmp.Compare(b.rank, a.rank) })
	if high, low := v.spread(); written && high != nil {
		v.price = high.rank - low.rank + 1
	}
}

// spread returns the members with the highest and the lowest priority, owners
// apart; nil where none has one.
func (v *vip) spread() (high, low *member) {
	for _, m := range v.members {
		if m.owner.V || m.rank == 0 {
			continue
		}
		if high == nil {
			high = m
		}
		low = m
	}
	return high, low
}
