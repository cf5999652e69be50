package analysis

import (
	"slices"
	"time"
)

// Pairs of failures are worked out up to these sizes: beyond them nobody would
// read the table.
const (
	MaxHosts  = 5
	MaxTracks = 8
)

// row is what comes of events, one after the other, each after all had settled.
type row struct {
	events  []event
	ordered bool // in another order something else comes of them
	last    outcome
	back    outcome // when the last event is repaired; of single events
}

// outcome is a verdict, and how long the hosts need to notice what happened.
type outcome struct {
	verdict
	detect time.Duration
	sick   []event // what is down on those that are Active
	before []int   // who was Active before
}

// calm returns the situation in which all is well, and who is Active then: the
// one that wins when all start at once.
func (s *shape) calm() (*situation, outcome) {
	x := s.newSituation()
	var all []int
	at := s.stand(x)
	for i := range at {
		all = append(all, i)
	}
	e := election{change: change{shape: s, after: at}}
	b, equals := e.best(all)
	return x, outcome{verdict: verdict{active: []int{b}, chance: equals}}
}

// next returns what comes of e in x, where active are Active, and changes x.
func (s *shape) next(x *situation, active []int, e event, down bool) outcome {
	before := s.stand(x)
	s.set(x, e, down)
	c := change{shape: s, before: before, after: s.stand(x), active: active}
	o := outcome{verdict: c.settle(), detect: s.detect(e, down), before: active}
	o.sick = s.sick(x, o.active)
	if len(active) == 0 { // nobody answers until the hosts have noticed, either
		o.outage += o.detect
	}
	return o
}

// sick returns which tracks of these members are down in x.
func (s *shape) sick(x *situation, members []int) []event {
	var all []event
	for _, i := range members {
		m := &s.members[i]
		for j, down := range x.tracks[i] {
			switch {
			case down && m.tracks[j].check >= 0:
				all = append(all, event{Check, i, m.tracks[j].check})
			case down:
				all = append(all, event{Link, i, m.links + j - m.port(0)})
			}
		}
	}
	return all
}

// detect returns how long hosts need at most to notice e, beside the timers of the
// protocol.
func (s *shape) detect(e event, down bool) time.Duration {
	var most time.Duration
	for i := range s.members {
		if e.member >= 0 && e.member != i {
			continue
		}
		m := &s.members[i]
		for j, t := range m.tracks {
			if e.kind == Check && t.check == e.thing || e.kind == Link && t.check < 0 && j == m.port(e.thing-m.links) {
				if down {
					most = max(most, t.down)
				} else {
					most = max(most, t.up)
				}
			}
		}
	}
	return most
}

// events returns everything that can fail: hosts, then interfaces, then what cuts
// hosts off, then checks, those that fail everywhere after those on one host.
func (s *shape) events() []event {
	var all []event
	for i := range s.members {
		all = append(all, event{Host, i, 0})
	}
	for i := range s.members {
		m := &s.members[i]
		for l := range m.links + len(m.tracks) - m.port(0) {
			all = append(all, event{Link, i, l})
		}
	}
	for i := range s.members {
		if len(s.members) > 1 {
			all = append(all, event{Cut, i, 0})
		}
	}
	for c := range s.checks {
		all = append(all, s.failuresOf(c)...)
	}
	return all
}

// failuresOf returns the ways in which check c can fail.
func (s *shape) failuresOf(c int) []event {
	var all []event
	for i := range s.members {
		if slices.ContainsFunc(s.members[i].tracks, func(t track) bool { return t.check == c }) {
			all = append(all, event{Check, i, c})
		}
	}
	if len(all) > 1 {
		all = append(all, event{Check, -1, c})
	}
	return all
}

// covers reports whether e makes f no failure of its own.
func (e event) covers(f event) bool {
	switch {
	case e.kind == Host:
		return f.member == e.member
	case e.kind == Check:
		return f.kind == Check && f.thing == e.thing && e.member < 0
	}
	return false
}

// singles returns what comes of each single event, and of its repair.
func (s *shape) singles() []row {
	if s.one == nil {
		for _, e := range s.events() {
			x, calm := s.calm()
			r := row{events: []event{e}}
			r.last = s.next(x, calm.active, e, true)
			r.back = s.next(x, r.last.active, e, false)
			s.one = append(s.one, r)
		}
	}
	return s.one
}

// pairs returns what comes of each two events. Where both orders have the same
// result it is there once, with the longer times.
func (s *shape) pairs() []row {
	if s.two != nil || len(s.members) > MaxHosts || s.width() > MaxTracks {
		return s.two
	}
	events := s.events()
	for i, e := range events {
		for _, f := range events[i+1:] {
			if e.covers(f) || f.covers(e) {
				continue
			}
			a, b := s.pair(e, f), s.pair(f, e)
			switch {
			case !slices.Equal(a.last.active, b.last.active) || len(a.last.chance)+len(b.last.chance) > 0:
				a.ordered, b.ordered = true, true
				s.two = append(s.two, a, b)
			case a.last.longer(b.last):
				s.two = append(s.two, a)
			default:
				s.two = append(s.two, b)
			}
		}
	}
	return s.two
}

// longer reports whether o disturbs clients longer than p, or takes longer.
func (o outcome) longer(p outcome) bool {
	if o.outage != p.outage {
		return o.outage > p.outage
	}
	if moves := !slices.Equal(o.before, o.active); moves == slices.Equal(p.before, p.active) {
		return moves
	}
	return o.detect+o.settle >= p.detect+p.settle
}

// pair returns what comes of e and then f.
func (s *shape) pair(e, f event) row {
	x, calm := s.calm()
	first := s.next(x, calm.active, e, true)
	return row{events: []event{e, f}, last: s.next(x, first.active, f, true)}
}

// width returns how many tracks the member has that has most of them.
func (s *shape) width() int {
	most := 0
	for i := range s.members {
		most = max(most, len(s.members[i].tracks))
	}
	return most
}
