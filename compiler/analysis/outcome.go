package analysis

import (
	"fmt"
	"time"
)

// Outcome is what comes of failures that happen one after the other, each after
// everything that followed of the one before.
type Outcome struct {
	// Failures in the order in which they happen. Of two that have the same result in
	// any order, the one that takes longer is last.
	Failures []Failure
	Ordered  bool // in another order something else comes of them

	Before []string      // the hosts that answered before the last failure, sorted
	Active []string      // the hosts that answer then, sorted: none, or several that do not hear each other
	Chance []string      // hosts of which chance chooses one, as their priorities are the same or nearly; the first is in Active
	Via    []string      // hosts that had the addresses for a moment on the way, in order
	Sick   []Failure     // what is down on the Active hosts, of what they track
	Detect time.Duration // until the hosts have noticed the last failure, at most
	Settle time.Duration // from then until Active are, at most

	// Outage is how long nobody answers on the way, at most. 0: somebody always does.
	// When nobody is Active in the end it means nothing.
	Outage time.Duration

	Back *Outcome // what comes of the repair, for single failures; nil otherwise
}

// Calm returns what holds while all is well.
func (s *Subject) Calm() Outcome {
	_, calm := s.shape.calm()
	return s.outcome(calm)
}

// Failures returns everything that can fail.
func (s *Subject) Failures() []Failure {
	return s.failures(s.shape.events())
}

// Singles returns what comes of each single failure.
func (s *Subject) Singles() []Outcome { return s.outcomes(s.shape.singles()) }

// Pairs returns what comes of each two failures; when there are too many,
// nothing, and what was left out, in a sentence.
func (s *Subject) Pairs() (all []Outcome, leftOut string) {
	hosts, tracks := len(s.Hosts), s.shape.width()
	if hosts > MaxHosts || tracks > MaxTracks {
		return nil, fmt.Sprintf("Pairs of failures are left out: they are worked out for up to %d hosts with up to %d tracks each, and there are %d with %d.", MaxHosts, MaxTracks, hosts, tracks)
	}
	return s.outcomes(s.shape.pairs()), ""
}

// After returns what comes of these failures and repairs, one after the other,
// step by step. They are of those that Failures returns.
func (s *Subject) After(failures ...Failure) []Outcome {
	x, calm := s.shape.calm()
	active := calm.active
	var steps []Outcome
	for i, f := range failures {
		next := s.shape.next(x, active, s.event(f), !f.Up)
		active = next.active
		step := s.outcome(next)
		step.Failures, step.Ordered = failures[:i+1], true
		steps = append(steps, step)
	}
	return steps
}

// outcomes gives rows their names.
func (s *Subject) outcomes(rows []row) []Outcome {
	all := make([]Outcome, len(rows))
	for i, r := range rows {
		o := s.outcome(r.last)
		o.Ordered = r.ordered
		o.Failures = s.failures(r.events)
		if len(r.events) == 1 {
			back, repaired := s.outcome(r.back), o.Failures[0]
			repaired.Up = true
			back.Failures = []Failure{repaired}
			o.Back = &back
		}
		all[i] = o
	}
	return all
}

// outcome gives o its names.
func (s *Subject) outcome(o outcome) Outcome {
	return Outcome{
		Before: s.names(o.before), Active: s.names(o.active), Chance: s.names(o.chance), Via: s.names(o.via), Sick: s.failures(o.sick),
		Detect: o.detect, Settle: o.settle, Outage: o.outage,
	}
}

func (s *Subject) names(members []int) []string {
	names := make([]string, len(members))
	for i, m := range members {
		names[i] = s.Hosts[m]
	}
	return names
}

// failures gives events their names.
func (s *Subject) failures(events []event) []Failure {
	all := make([]Failure, len(events))
	for i, e := range events {
		all[i] = s.failure(e)
	}
	return all
}

// failure gives e its names.
func (s *Subject) failure(e event) Failure {
	f := Failure{Kind: e.kind}
	if e.member >= 0 {
		f.Host = s.Hosts[e.member]
	}
	switch e.kind {
	case Link:
		f.Name = s.links[e.member][e.thing]
	case Check:
		f.Name = s.checks[e.thing]
	}
	return f
}

// event takes the names off f, which is one of Failures, up or not.
func (s *Subject) event(f Failure) event {
	f.Up = false
	for _, e := range s.shape.events() {
		if s.failure(e) == f {
			return e
		}
	}
	panic("analysis: no such failure: " + f.String())
}
