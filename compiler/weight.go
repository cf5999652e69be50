package compiler

import (
	"slices"

	"hactl/schemas/plan"
)

// How weights work out, as keepalived counts them (plan.Track): a host that is
// healthy has its base priority and every positive weight, and each failure takes
// something of it, whatever the weight's sign. So a vip's hosts differ in where
// they begin, and share the losses that failures can add up to.

// sums returns which losses failures can add up to, where each of them takes what
// is given: sums[n] says that n can be. All from most on count as most.
func sums(each []int, most int) []bool {
	reached := make([]bool, most+1)
	reached[0] = true
	for _, loss := range each {
		more := slices.Clone(reached)
		for n, is := range reached {
			if is {
				more[min(n+loss, most)] = true
			}
		}
		reached = more
	}
	return reached
}

// losing returns v's tracks that can change the priority of m, and what each can
// take.
func (v *vip) losing(m *member) (tracks []*track, each []int) {
	if m.host.kind != plan.Hactl || m.owner.V {
		return nil, nil
	}
	for _, t := range v.tracks {
		if t.effect != plan.Fault && v.watches(t, m) {
			tracks = append(tracks, t)
			each = append(each, t.loss(v.price))
		}
	}
	return tracks, each
}

// healthy returns what the priority of m and the weights of what is up add up
// to, before it is held within what VRRP has.
func (v *vip) healthy(m *member) int {
	sum := m.rank
	tracks, _ := v.losing(m)
	for _, t := range tracks {
		if t.effect == plan.Weigh {
			sum += max(0, t.weight.V)
		}
	}
	return sum
}

// held returns a sum as the priority that follows from it.
func held(sum int) int { return min(max(sum, lowest), highest) }

// effective returns the priority of m while failures take that much.
func (v *vip) effective(m *member, loss int) int {
	if m.owner.V {
		return plan.Owner
	}
	return held(v.healthy(m) - loss)
}

// weighs reports whether some track of v has a weight.
func (v *vip) weighs() bool {
	return slices.ContainsFunc(v.tracks, func(t *track) bool { return t.effect == plan.Weigh && t.weight.V != 0 })
}

// attainable returns the priorities that some of members can have: attainable[p]
// says that p can be.
func (v *vip) attainable(members ...*member) []bool {
	can := make([]bool, plan.Owner+1)
	for _, m := range members {
		_, each := v.losing(m)
		for loss, is := range sums(each, max(0, v.healthy(m)-lowest)) {
			if is {
				can[v.effective(m, loss)] = true
			}
		}
	}
	return can
}
