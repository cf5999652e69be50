package compiler

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
	"hactl/schemas/plan"
)

// provable is how many tracks of one vip the arithmetic of weights is carried
// out for. Nobody has as many.
const provable = 16

// checkWeights judges weights by the priorities that hosts can have. Each weight
// is reported for one vip, though several may share it.
func checkWeights(m *model, report report) {
	said := map[hcl.Range]bool{}
	once := func(d *hcl.Diagnostic) {
		if !said[*d.Subject] {
			said[*d.Subject] = true
			report(d)
		}
	}
	for _, v := range m.vips {
		if !v.weighs() || v.vague || v.untold || len(v.members) < 2 || len(v.tracks) > provable ||
			slices.ContainsFunc(v.members, func(m *member) bool { return m.rank == 0 }) {
			continue
		}
		if !checkHeld(v, once) {
			checkIdle(v, said, once)
			checkOverruled(v, once)
		}
	}
}

// byHealth returns v's members, the one that is Active while all are healthy
// first.
func (v *vip) byHealth() []*member {
	return slices.SortedStableFunc(slices.Values(v.members), func(a, b *member) int {
		return cmp.Compare(v.sum(b), v.sum(a))
	})
}

// sum returns the priority of a member while it is healthy, before it is held.
func (v *vip) sum(m *member) int {
	if m.owner.V {
		return plan.Owner
	}
	return v.healthy(m)
}

// checkHeld warns where two hosts that differ count as one, since no priority is
// above 254 or below 1.
func checkHeld(v *vip, report report) bool {
	all := slices.DeleteFunc(v.byHealth(), func(m *member) bool { return m.owner.V || m.host.kind != plan.Hactl })
	if len(all) < 2 {
		return false
	}
	first, second := all[0], all[1]
	if v.healthy(second) >= highest {
		t := v.firstWeight(func(w int) bool { return w > 0 })
		report(rule.NoRoomForWeight.At(t.weight.Range, fmt.Sprintf(
			"While all is well hosts %q and %q of %s have %d and %d, and both count as %d, the most there is: none is preferred, and a failure may change nothing. Write priorities that leave room for the weights, such as 150 and 100: member %q { priority = 150 }.",
			first.host.name, second.host.name, v, v.healthy(first), v.healthy(second), highest, first.host.name)))
		return true
	}
	return checkHeldLow(v, all, report)
}

// checkHeldLow warns where a host on which more has failed is no worse than
// another, since both are at 1. all are in order of health.
func checkHeldLow(v *vip, all []*member, report report) bool {
	last, other := all[len(all)-1], all[len(all)-2]
	_, each := v.losing(last)
	total := 0
	for _, loss := range each {
		total += loss
	}
	enough := v.healthy(last) - lowest // to bring it to 1
	few := enough
	for reached := sums(each, max(total, enough)); few < len(reached) && !reached[few]; {
		few++
	}
	if few >= total || v.healthy(other)-total >= lowest {
		return false
	}
	t := v.firstWeight(func(w int) bool { return w < 0 })
	if t == nil {
		t = v.firstWeight(func(int) bool { return true })
	}
	report(rule.NoRoomForWeight.At(t.weight.Range, fmt.Sprintf(
		"Failures can take %d points together from host %q, which has %d, and %d from host %q, which has %d. Both then count as %d, the least there is, though more has failed on one of them, and the addresses stay where they are. Use smaller weights or higher priorities.",
		total, other.host.name, v.healthy(other), few, last.host.name, v.healthy(last), lowest)))
	return true
}

// firstWeight returns the first track with such a weight, or nil.
func (v *vip) firstWeight(such func(int) bool) *track {
	for _, t := range v.tracks {
		if t.effect == plan.Weigh && t.weight.V != 0 && such(t.weight.V) {
			return t
		}
	}
	return nil
}

// checkIdle warns of weights that never take the addresses from the host that
// has them while all are healthy, whatever else has failed. Those in said are
// known already.
func checkIdle(v *vip, said map[hcl.Range]bool, report report) {
	all := v.byHealth()
	top, second := all[0], all[1]
	if top.host.kind != plan.Hactl || top.owner.V {
		return // what fails on a neighbour only its own configuration says
	}
	tracks, each := v.losing(top)
	var rivals []bool
	for i, t := range tracks {
		before, after, best := v.effective(top, 0), v.effective(top, each[i]), v.effective(second, 0)
		if t.effect != plan.Weigh || said[t.weight.Range] || after < best && best < before {
			continue
		}
		if rivals == nil {
			rivals = v.attainable(all[1:]...)
		}
		if v.moves(top, rivals, slices.Delete(slices.Clone(each), i, i+1), each[i]) {
			continue
		}
		gap := fmt.Sprintf("which is not below the %d", best)
		if after == best {
			gap = "which equals the priority"
		}
		report(rule.IdleWeight.At(t.weight.Range, fmt.Sprintf(
			"When %s fails on host %q, its priority falls from %d to %d, %s of host %q, and a host takes over only from a lower one: this weight never moves the addresses of %s. Use a weight of more than %s, or effect = \"demote\".",
			t, top.host.name, before, after, gap, second.host.name, v, count(before-best, "point"))))
	}
}

// moves reports whether a loss can take the addresses from top, beside any others:
// whether a rival can have a priority that is above the one that is left, and not
// above the one before. A rival that is as high as top does not let it have the
// addresses, unless top was higher and fell.
func (v *vip) moves(top *member, rivals []bool, others []int, loss int) bool {
	for lost, is := range sums(others, max(0, v.healthy(top)-lowest)) {
		if !is {
			continue
		}
		before, after := v.effective(top, lost), v.effective(top, lost+loss)
		if lost == 0 {
			before--
		}
		if after < before && slices.Contains(rivals[after+1:before+1], true) {
			return true
		}
	}
	return false
}

// checkOverruled warns of weights that can outweigh the failure of a demoting
// track, so that a host with more failures wins.
func checkOverruled(v *vip, report report) {
	if v.demotes() == 0 {
		return
	}
	for _, sick := range v.members {
		if sick.host.kind != plan.Hactl || sick.owner.V {
			continue
		}
		for _, well := range v.members {
			total := v.weightsOf(well)
			a, b := v.effective(sick, v.price), v.effective(well, total)
			if well == sick || total == 0 || a < b {
				continue
			}
			report(rule.OverruledDemote.At(v.firstWeight(func(int) bool { return true }).weight.Range, fmt.Sprintf(
				"Weights can take %s from host %q, which leaves it %d, and a failure of a track with effect \"demote\" costs %d, which leaves host %q %d: the host on which it failed would win. Use smaller weights, or effects only.",
				count(total, "point"), well.host.name, b, v.price, sick.host.name, a)))
			return
		}
	}
}

// weightsOf returns what all weights together can take from m.
func (v *vip) weightsOf(m *member) int {
	total := 0
	tracks, each := v.losing(m)
	for i, t := range tracks {
		if t.effect == plan.Weigh {
			total += each[i]
		}
	}
	return total
}

// checkHeldBack warns where a failure on a neighbour for which no plan is made
// could move nothing.
func checkHeldBack(v *vip, report report) {
	if v.preemption.mode.V != string(plan.Never) || !v.weighs() && v.demotes() == 0 {
		return
	}
	for _, m := range v.members {
		if m.host.kind == plan.Hactl {
			continue
		}
		report(rule.HeldBack.At(v.preemption.mode.Range, fmt.Sprintf(
			"Host %q does not run hactl: a check that fails there lowers its priority, and in mode \"never\" the others take over only from a host that gives up. The addresses then never move on a failed check. Use mode \"delayed\" with a short delay, and give checks no weight on the neighbour.",
			m.host.name), related("The host", m.host.at)))
	}
}
