package compiler

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
	"hactl/schemas/plan"
)

// checkRoom refuses more hosts, with what can demote them, than there are
// priorities, and notes where little is left between them.
func checkRoom(v *vip, report report) {
	n, c := len(v.members), v.demotes()
	if v.vague || v.untold || n == 0 {
		return
	}
	if v.written() {
		checkWrittenRoom(v, c, report)
		return
	}
	who, what := fmt.Sprintf("%d hosts", n), "Split the cluster"
	if c > 0 {
		who += fmt.Sprintf(", of which each can lose %d tracks with effect \"demote\",", c)
		what = "Write effect = \"fault\" where a failure rules a host out anyway, or split the cluster"
	}
	switch s := step(n, c); {
	case s < 1:
		report(rule.NoRoom.At(v.hostsAt, fmt.Sprintf(
			"%s need %d different priorities, and VRRP has %d. %s.", who, n*(c+1), highest-lowest+1, what)))
	case s < closeEnough:
		report(rule.LittleRoom.At(v.hostsAt, fmt.Sprintf(
			"The priorities of %s are %d apart, so their order hangs on milliseconds when several take over at once. %s if order matters.", who, s, what)))
	}
}

// checkWrittenRoom refuses written priorities that leave no room for what
// failures cost: each more than lies between the highest and the lowest.
func checkWrittenRoom(v *vip, c int, report report) {
	high, low := v.spread()
	if c == 0 || high == nil {
		return
	}
	last := low
	for _, m := range v.members { // neighbours of another kind lose nothing
		if m.host.kind == plan.Hactl && !m.owner.V && m.rank > 0 {
			last = m
		}
	}
	var places []rule.Related
	if high != last {
		places = append(places, related("The highest priority", high.priority.Range))
	}
	if rest := last.rank - c*v.price; last.host.kind == plan.Hactl && rest < 1 {
		report(rule.NoRoom.At(last.priority.Range, fmt.Sprintf(
			"So that a host with fewer failures always wins, a failure costs %d, one more than lies between the priorities %d and %d. With %s host %q would have %d - %d = %d, and 1 is the least. Write priorities that are closer together or higher, or leave them out.",
			v.price, low.rank, high.rank, count(c, "failure"), last.host.name, last.rank, c*v.price, rest), places...))
	}
}

// checkWritten refuses vips of which some members have a written priority and
// others have none.
func checkWritten(v *vip, report report) {
	if !v.written() || v.vague {
		return
	}
	example := related("This host's priority is written", hcl.Range{})
	for _, m := range v.members {
		if m.priority.Set {
			example.Range = m.priority.Range
		}
	}
	for _, m := range v.members {
		switch {
		case m.rank != 0:
		case m.host.kind != plan.Hactl:
			report(rule.ForeignPriority.At(m.at, fmt.Sprintf(
				"Host %q is a neighbour for which no plan is made, so only you know its priority. Write it as it is configured there: member %q { priority = … }.",
				m.host.name, m.host.name), related("The host is declared here", m.host.at)))
		case example.Range.Filename == "":
			report(rule.SomePriorities.At(m.at, fmt.Sprintf(
				"Host %q needs a priority, since a neighbour for which no plan is made has one. Write it for every host: member %q { priority = … }.",
				m.host.name, m.host.name)))
		default:
			report(rule.SomePriorities.At(m.at, fmt.Sprintf(
				"Host %q has no priority, but another host of %s has one. Write a priority for every host or for none.", m.host.name, v), example))
		}
	}
}

// checkEqual refuses two members with one written priority.
func checkEqual(v *vip, report report) {
	first := map[int]*member{}
	for _, m := range v.members {
		if !m.priority.Set || m.owner.V {
			continue
		}
		if other := first[m.priority.V]; other != nil {
			m, other := later(m, other)
			report(rule.EqualPriorities.At(m.priority.Range, fmt.Sprintf(
				"Hosts %q and %q both have priority %d, so chance decides which of them is Active. Give them different ones.",
				other.host.name, m.host.name, m.priority.V), related("The same priority", other.priority.Range)))
			continue
		}
		first[m.priority.V] = m
	}
}

// later returns the member whose priority is written behind the other's first.
func later(a, b *member) (*member, *member) {
	if rule.ComparePlaces(a.priority.Range, b.priority.Range) < 0 {
		return b, a
	}
	return a, b
}

// checkOwner refuses owners that contradict another one, a priority, or the
// preemption: an owner always preempts (RFC 9568 section 6.1).
func checkOwner(v *vip, report report) {
	first := v.owner()
	for _, m := range v.members {
		if !m.owner.V {
			continue
		}
		if m.priority.Set {
			report(rule.OwnerAndPriority.At(m.priority.Range,
				"An owner's priority is 255. Remove the priority, or owner = true.", related("The owner", m.owner.Range)))
		}
		if m != first {
			report(rule.SeveralOwners.At(m.owner.Range, fmt.Sprintf(
				"Hosts %q and %q cannot both own the addresses of %s. Keep owner = true for the one that has them.", first.host.name, m.host.name, v),
				related("The other owner", first.owner.Range)))
		}
	}
	if first != nil && v.preemption.mode.V != string(plan.Always) {
		report(rule.OwnerPreempts.At(v.preemption.mode.Range, fmt.Sprintf(
			"Host %q owns the addresses of %s and has them whenever it is up, so it cannot hold back as mode %q wants. Use mode \"always\" here, or let priorities decide instead of owner = true.",
			first.host.name, v, v.preemption.mode.V), related("The owner", first.owner.Range)))
	}
}

// checkPreference refuses a prefer that puts a host before one with a higher
// rank, unless the vip's own members overrule the cluster's prefer.
func checkPreference(v *vip, report report) {
	ranks := map[*host]*member{}
	for _, m := range v.members {
		if v.inherits && m.own {
			return
		}
		ranks[m.host] = m
	}
	if v.vague {
		return
	}
	for i, s := range v.prefer {
		a := ranks[s.host]
		for _, b := range v.members {
			if j := seatOf(v.prefer, b.host); j >= 0 && j <= i || a.rank == 0 || b.rank <= a.rank {
				continue
			}
			at := b.priority.Range
			if b.owner.V {
				at = b.owner.Range
			}
			report(rule.OrderContradicts.At(s.at, fmt.Sprintf(
				"Host %q is preferred to %q here, but its priority of %d is lower than %d, and the highest one wins. Leave out prefer, or correct the priorities.",
				a.host.name, b.host.name, a.rank, b.rank), related("The higher priority", at)))
			return
		}
	}
}
