package node

import (
	"slices"
	"time"

	"hactl/agent/vrrp"
	"hactl/schemas/status"
)

// Conflict is a status.Conflict at the instants of a node.
type Conflict struct {
	Kind, Peer, Host, Address, Words string
	First, Last                      vrrp.Instant
	Count                            uint64
}

// conflict is a contradiction that has been seen lately.
type conflict struct {
	contradiction
	first, last vrrp.Instant
	until       vrrp.Instant // when it is over, unless it is seen again
	count       uint64
	told        bool     // it has been seen often enough
	seen        evidence // of the last packet
}

// Senders can be forged, so that what is remembered of them is bounded: apart of
// each kind and router, and all further ones as one, of at most mostConflicts in
// all. So a flood makes at most 2 * (apart + 1) events of a kind and router in the
// time quiet, however many packets it has, or in the time agreement when it pretends
// to agree in between.
const (
	apart         = 4
	mostConflicts = 1024
)

// A conflict is over when it has not been seen for quiet, or four intervals where
// that is longer; one that nobody can be heard to end, after stale.
const (
	quiet = 30 * time.Second
	stale = time.Hour
)

// notice takes in one packet that contradicts a router, or a move.
func (s *step) notice(r *router, about contradiction, e evidence) {
	if r.contradicted == nil {
		r.contradicted = map[string]uint64{}
	}
	r.contradicted[about.kind]++
	c := s.conflict(r, about)
	if c == nil {
		return
	}
	c.last, c.seen = s.now, e
	c.count++
	c.until = s.now.Add(max(quiet, 4*millis(r.plan.AdvertInterval), 4*e.interval))
	if c.kind == status.Unheard {
		c.until = s.now.Add(stale)
	}
	s.node.await(c)
	if !c.told && c.lasts() {
		c.told = true
		s.tell(r, c, false)
	}
}

// lasts reports whether a conflict is no accident. One that is known by its first
// packet has no harmless moment. Adverts that count all the same have a long one: hosts
// differ while a plan is rolled out.
func (c *conflict) lasts() bool {
	switch c.kind {
	case status.TwoActive, status.Unheard, status.DuplicateAddress:
		return true
	case status.OtherAddresses, status.OtherInterval:
		return c.count >= 3 && c.last.Sub(c.first) >= agreement
	}
	return c.count >= 3
}

// conflict returns the conflict that a contradiction belongs to, made when there is
// none; nil when there is no room for another.
func (s *step) conflict(r *router, about contradiction) *conflict {
	alike := 0
	for _, c := range r.conflicts {
		if c.contradiction == about {
			return c
		}
		if c.kind == about.kind {
			alike++
		}
	}
	several := contradiction{kind: about.kind}
	switch {
	case alike >= apart && about != several:
		return s.conflict(r, several)
	case s.node.conflicts == mostConflicts:
		return nil
	}
	c := &conflict{contradiction: about, first: s.now}
	r.conflicts = append(r.conflicts, c)
	s.node.conflicts++
	return c
}

// await lets the conflicts be looked through when c may be over, in whole seconds.
func (n *Node) await(c *conflict) {
	at := (c.until + vrrp.Instant(time.Second) - 1) / vrrp.Instant(time.Second) * vrrp.Instant(time.Second)
	if n.lull == vrrp.Never || at < n.lull {
		n.lull = at
	}
}

// calm ends the conflicts that have not been seen for long enough.
func (s *step) calm() {
	n := s.node
	if n.lull == vrrp.Never || s.now < n.lull {
		return
	}
	n.lull = vrrp.Never
	for _, r := range n.all() {
		s.settleConflicts(r, func(c *conflict) bool { return c.until <= s.now })
		for _, c := range r.conflicts {
			n.await(c)
		}
	}
}

// settleConflicts ends those conflicts of a router that are over.
func (s *step) settleConflicts(r *router, over func(*conflict) bool) {
	r.conflicts = slices.DeleteFunc(r.conflicts, func(c *conflict) bool {
		if !over(c) {
			return false
		}
		s.node.conflicts--
		if c.told {
			s.tell(r, c, true)
		}
		return true
	})
}

// tell lets the outside know of a conflict.
func (s *step) tell(r *router, c *conflict, ended bool) {
	s.effects = append(s.effects, Noticed{
		Router: r.plan.ID, Priority: r.machine.Priority(), State: r.machine.State(), Conflict: s.node.describe(r, c), Ended: ended,
	})
}

// describe puts a conflict into words.
func (n *Node) describe(r *router, c *conflict) Conflict {
	d := Conflict{
		Kind: c.kind, Peer: c.who(), Host: r.member(c.peer), Words: n.explain(r, c),
		First: c.first, Last: c.last, Count: c.count,
	}
	if c.address.IsValid() {
		d.Address = c.address.String()
	}
	return d
}

// conflictReports are the conflicts of a router that go on, in the order of their
// kinds.
func (n *Node) conflictReports(r *router, epoch time.Time) []status.Conflict {
	var lines []status.Conflict
	for _, kind := range status.Conflicts() {
		for _, c := range r.conflicts {
			if c.kind != kind || !c.told {
				continue
			}
			d := n.describe(r, c)
			lines = append(lines, status.Conflict{
				Kind: d.Kind, Peer: d.Peer, Host: d.Host, Address: d.Address, Words: d.Words, Count: d.Count,
				Since: epoch.Add(d.First.Sub(0)), Last: epoch.Add(d.Last.Sub(0)),
			})
		}
	}
	return lines
}
