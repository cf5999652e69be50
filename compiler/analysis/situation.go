package analysis

import "hactl/schemas/plan"

// situation is what is down, in a shape.
type situation struct {
	dead, cut []bool   // by member
	links     [][]bool // by member and interface
	tracks    [][]bool // by member and track
}

// newSituation returns the one in which everything is well.
func (s *shape) newSituation() *situation {
	n := len(s.members)
	x := &situation{dead: make([]bool, n), cut: make([]bool, n), links: make([][]bool, n), tracks: make([][]bool, n)}
	for i, m := range s.members {
		x.links[i], x.tracks[i] = make([]bool, m.links), make([]bool, len(m.tracks))
	}
	return x
}

// event is a Failure without names: what of a shape fails.
type event struct {
	kind   Kind
	member int // -1: a check that fails everywhere
	thing  int // of Link: its number, the tracked ones after those used; of Check: its number in the shape
}

// set lets e happen to x, or repairs it.
func (s *shape) set(x *situation, e event, down bool) {
	switch e.kind {
	case Host:
		x.dead[e.member] = down
	case Cut:
		x.cut[e.member] = down
	case Link:
		if used := s.members[e.member].links; e.thing < used {
			x.links[e.member][e.thing] = down
		} else {
			x.tracks[e.member][s.members[e.member].port(e.thing-used)] = down
		}
	case Check:
		for i := range s.members {
			for j, t := range s.members[i].tracks {
				if t.check == e.thing && (e.member < 0 || e.member == i) {
					x.tracks[i][j] = down
				}
			}
		}
	}
}

// standing is what a situation makes of one member.
type standing struct {
	dead     bool
	alone    bool // it hears nobody
	linked   bool // all interfaces that it uses are up
	speaks   bool // one of them is, and it is not dead
	eligible bool // it may be Active
	priority int  // effective
}

// stand returns what x makes of every member.
func (s *shape) stand(x *situation) []standing {
	all := make([]standing, len(s.members))
	for i := range s.members {
		m := &s.members[i]
		up := 0
		for _, down := range x.links[i] {
			if !down {
				up++
			}
		}
		at := standing{dead: x.dead[i], alone: x.cut[i], linked: up == m.links, speaks: !x.dead[i] && (up > 0 || m.links == 0)}
		priority, fault := m.effective(x.tracks[i])
		at.priority, at.eligible = priority, !at.dead && at.linked && !fault
		all[i] = at
	}
	return all
}

// effective returns the effective priority of m while these of its tracks are
// down, as plan.Track says, and whether it is at fault. An owner's is 255.
func (m *member) effective(down []bool) (priority int, fault bool) {
	if m.owner() {
		return plan.Owner, false
	}
	sum := m.priority
	for j, t := range m.tracks {
		if (t.weight < 0) == down[j] {
			sum += t.weight
		}
		fault = fault || down[j] && t.effect == plan.Fault
	}
	return min(max(sum, 1), plan.Owner-1), fault
}

// port returns the place among m's tracks of the tracked interface number n; they
// are the last.
func (m *member) port(n int) int {
	first := len(m.tracks)
	for first > 0 && m.tracks[first-1].check < 0 {
		first--
	}
	return first + n
}
