package keepalived

import (
	"fmt"
	"slices"

	"hactl/lang/rule"
)

// preference returns the instances of a router, the one that is master while all
// are healthy first, and reports where the files leave that open.
func (m *importer) preference(r router) []*Instance {
	order := r.byStanding()
	for n, i := range order[1:] {
		before := order[n]
		if standing(i) == standing(before) && i.Priority.Known && before.Priority.Known {
			m.report(rule.ImportDisagree, priorityAt(i), fmt.Sprintf("%s and %s have the priority %g while all is well, so neither is preferred: who comes first keeps the address. The configuration prefers %s; change the order of hosts if that is wrong.",
				before.Node.Name, i.Node.Name, standing(i), before.Node.Name), see(priorityAt(before), "The same priority"))
		}
	}
	m.expected(order)
	m.guessed(order)
	return order
}

// byStanding returns the instances of a router, the one that is master while all
// are healthy first.
func (r router) byStanding() []*Instance {
	order := slices.Clone(r)
	slices.SortStableFunc(order, func(a, b *Instance) int {
		x, y := standing(a), standing(b)
		switch {
		case x > y || x == y && a.Master && !b.Master:
			return -1
		case x < y || b.Master && !a.Master:
			return 1
		}
		return 0
	})
	return order
}

// standing returns the priority that an instance has while all is well, as far as
// it is known.
func standing(i *Instance) float64 {
	if p, ok := healthy(i); ok {
		return p
	}
	if i.Priority.Known {
		return i.Priority.Value
	}
	if i.Master {
		return 255
	}
	return 0
}

// expected reports a node that is called MASTER and is not preferred.
func (m *importer) expected(order []*Instance) {
	if order[0].Master || !order[0].Priority.Known {
		return
	}
	for _, i := range order[1:] {
		if i.Master && standing(i) < standing(order[0]) {
			m.report(rule.ImportChanged, i.State.Range, fmt.Sprintf("The state is MASTER here, but %s has the higher priority and keeps the address. The configuration prefers %s; change the order of hosts if %s was meant.",
				order[0].Node.Name, order[0].Node.Name, i.Node.Name), see(priorityAt(order[0]), "The higher priority"))
			return
		}
	}
}

// guessed reports priorities from which no order follows, or another one than they
// seem to say.
func (m *importer) guessed(order []*Instance) {
	for _, i := range order {
		switch {
		case i.Priority.Given && !i.Priority.Known && len(order) > 1:
			m.reportf(rule.ImportOther, i.Priority.Range, "The priority is not known, so the configuration prefers %s, as far as the states tell. Put the hosts into the right order.", order[0].Node.Name)
			return
		case i.owner():
			m.reportf(rule.ImportOther, priorityAt(i), "Priority 255 says that the address is the host's own. No file says that it is, so the configuration only prefers %s. If it is, declare it in the host's interface, and write owner = true in a member block of the vip.", order[0].Node.Name)
			return
		}
	}
}

// mostTracks is how many weighted tracks every combination is tried of: 64 by 64
// for each pair of hosts.
const mostTracks = 6

// demotes tells whether weights mean no more than that the host with fewer failures
// wins, and the order of preference decides between equals: then numbers need not
// be written.
func demotes(order []*Instance) bool {
	for n, a := range order {
		if len(weighted(a)) > mostTracks {
			return false
		}
		for _, b := range order[n+1:] {
			if a.Priority.Known && b.Priority.Known && !agree(a, b) {
				return false
			}
		}
	}
	return true
}

// writable tells whether priorities and weights can stand in a configuration: the
// priorities are known, different from each other and none is an owner's, and all
// nodes track the same with the same weights.
func writable(order []*Instance) bool {
	used := map[float64]bool{}
	first := weighted(order[0])
	for _, i := range order {
		p, own := i.Priority, weighted(i)
		if !p.Known || p.Value < 1 || p.Value > 254 || used[p.Value] || len(own) != len(first) {
			return false
		}
		used[p.Value] = true
		for _, t := range own {
			if !slices.ContainsFunc(first, func(f *Track) bool { return tracked([]*Track{f}, t) && f.Weight.Value == t.Weight.Value }) {
				return false
			}
		}
	}
	return len(order) > 1
}

// agree tells whether keepalived and a plain track have the same winner, a preferred,
// whatever fails on both. A tie leaves the address where it is, which is right
// unless one of them lacks all that the other does, and more.
func agree(a, b *Instance) bool {
	for _, onA := range combinations(weighted(a)) {
		for _, onB := range combinations(weighted(b)) {
			x, y := failed(a, onA...), failed(b, onB...)
			switch {
			case len(onA) > len(onB) && (x > y || x == y && within(onB, onA)):
				return false
			case len(onA) <= len(onB) && y > x:
				return false
			}
		}
	}
	return true
}

// weighted returns the tracks of i whose weights count.
func weighted(i *Instance) []*Track {
	var all []*Track
	for _, t := range i.Tracks {
		if counts(i, t) && t.Weight.Known {
			all = append(all, t)
		}
	}
	return all
}

// combinations returns all sets of tracks.
func combinations(all []*Track) [][]*Track {
	sets := [][]*Track{nil}
	for _, t := range all {
		for _, s := range slices.Clone(sets) {
			sets = append(sets, append(slices.Clone(s), t))
		}
	}
	return sets
}

// within tells whether a is a part of b, and not the whole, by name.
func within(a, b []*Track) bool {
	return len(a) < len(b) && !slices.ContainsFunc(a, func(t *Track) bool { return !tracked(b, t) })
}

// tracked tells whether one of all tracks the same as t.
func tracked(all []*Track, t *Track) bool {
	return slices.ContainsFunc(all, func(o *Track) bool { return o.Kind == t.Kind && o.Name.Text == t.Name.Text })
}
