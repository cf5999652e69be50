package node

import (
	"fmt"

	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// The routers of one unit move together: they are eligible together (review),
// become Active in one step, and when one of them leaves the others do.

// config is what the machine of a router needs to know.
func (n *Node) config(p plan.Router) vrrp.Config {
	c := config(p)
	c.NotBefore = n.notBefore(p)
	if p.Unit == "" {
		return c
	}
	for _, other := range n.plan.Routers {
		if other.Unit == p.Unit {
			c.Slowest = max(c.Slowest, millis(other.AdvertInterval))
		}
	}
	return c
}

// expire lets the timers of a router fire. A Backup of a unit takes over when
// all the others are ready to, and holds until then: an Active router that is
// heard on one segment keeps the addresses of all.
func (s *step) expire(r *router) {
	timeout := vrrp.Timeout{Late: max(0, s.now.Sub(r.deadline)), Slot: s.slot(r)}
	if r.plan.Unit == "" || r.machine.State() != vrrp.Backup || s.node.isRetired(r) {
		s.step(r, timeout)
		return
	}
	members := s.node.units[r.plan.Unit]
	for _, m := range members {
		if m.machine.State() == vrrp.Backup && m.machine.Deadline() > s.now {
			s.node.queue.set(r, vrrp.Never) // m lets it fire
			return
		}
	}
	for _, m := range members {
		if m.machine.State() == vrrp.Backup {
			s.step(m, timeout)
		}
	}
}

// held says what a Backup waits for whose Active_Down_Timer has fired; empty
// when it has not.
func (n *Node) held(r *router) string {
	if r.place != waitsForNothing {
		return ""
	}
	for _, m := range n.units[r.plan.Unit] {
		if m != r && m.place != waitsForNothing {
			return fmt.Sprintf("it hears no Active router, and holds until %s, which moves with it, hears none either", m.plan.ID)
		}
	}
	return ""
}

// vacated passes on that the Active router of r, a Backup, leaves: it does so in
// the whole unit, but where a link is dead nobody can hear it.
func (s *step) vacated(r *router, leaver vrrp.Advert) {
	for _, m := range s.node.units[r.plan.Unit] {
		if m != r && m.machine.State() == vrrp.Backup && m.machine.ActivePeer().IsValid() {
			s.step(m, vrrp.Advert{Source: m.machine.ActivePeer(), Interval: leaver.Interval})
		}
	}
}

// part notes that a router of a unit has left, or is about to.
func (s *step) part(r *router) {
	if r.plan.Unit != "" && !s.node.isRetired(r) {
		s.parted = append(s.parted, r)
	}
}

// together lets the other routers of a unit follow one that has left. Each goes
// on answering until its own successor is heard.
func (s *step) together() {
	for len(s.parted) > 0 {
		r := s.parted[0]
		s.parted = s.parted[1:]
		cause := fmt.Sprintf("%s, which moves with it, has left: %s", r.plan.ID, r.machine.Cause())
		if peer := r.machine.ActivePeer(); peer.IsValid() {
			cause = fmt.Sprintf("%s, which moves with it, follows %v", r.plan.ID, peer)
		}
		for _, m := range s.node.units[r.plan.Unit] {
			if m != r && m.machine.State() == vrrp.Active {
				s.step(m, vrrp.Yield{Cause: cause})
			}
		}
	}
}
