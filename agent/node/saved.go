package node

import (
	"maps"
	"net/netip"

	"hactl/agent/packet"
	"hactl/agent/vrrp"
)

// Saved is all that a settled node knows beside its plan, the links and what
// people want: with it another process goes on as if nothing had happened.
// Instants mean the same to both.
type Saved struct {
	Routers     map[string]SavedRouter  // by ID: those of the plan
	Checks      map[string]SavedCheck   `json:",omitempty"` // by name
	Rising      map[string]vrrp.Instant `json:",omitempty"` // when tracked interfaces count as up, by name
	Came        map[string]vrrp.Instant `json:",omitempty"` // when links have come up, by name
	Passed      map[string]vrrp.Instant `json:",omitempty"` // when the first advert since came through them, by name
	Sequence    packet.Sequence         `json:",omitempty"` // the last one that was spent
	Dropped     map[string]uint64       `json:",omitempty"`
	Transitions map[string]uint64       `json:",omitempty"`
}

// SavedRouter is one router of a Saved.
type SavedRouter struct {
	Machine *vrrp.Saved   `json:",omitempty"` // nil: it does not run
	Replay  []packet.Mark `json:",omitempty"`
	Differs netip.Addr    `json:",omitzero"`

	Transitions, Sent, Received uint64
	Heard                       []SavedSender     `json:",omitempty"`
	Contradicted                map[string]uint64 `json:",omitempty"`
}

// SavedSender is who was heard, and how often.
type SavedSender struct {
	Address netip.Addr
	Adverts uint64
}

// SavedCheck is what is known of a check.
type SavedCheck struct {
	Health Health
	Cause  string `json:",omitempty"`
}

// Unsettled says in words what is under way that Save would lose: a router that
// waits for its successor, or for hooks. Empty: nothing.
func (n *Node) Unsettled() string {
	for _, r := range n.all() {
		switch {
		case r.machine.Yielding():
			return r.plan.ID + " yields"
		case r.wants+r.falls != "" || r.party != nil && len(r.party.preparing) > 0:
			return r.plan.ID + " waits for its hooks"
		}
	}
	return ""
}

// Save returns what another process needs to go on with a settled node.
func (n *Node) Save() *Saved {
	s := &Saved{
		Routers: map[string]SavedRouter{}, Checks: map[string]SavedCheck{}, Rising: maps.Clone(n.rising), Came: maps.Clone(n.came), Passed: maps.Clone(n.passed),
		Sequence: n.sequence, Dropped: maps.Clone(n.dropped), Transitions: maps.Clone(n.transitions),
	}
	for id, r := range n.routers {
		was := SavedRouter{
			Machine: r.machine.Save(), Replay: r.replay.Marks(), Differs: r.differs,
			Transitions: r.transitions, Sent: r.sent, Received: r.heard.total, Contradicted: maps.Clone(r.contradicted),
		}
		for _, h := range r.heard.senders {
			was.Heard = append(was.Heard, SavedSender{h.address, h.adverts})
		}
		s.Routers[id] = was
	}
	for name, c := range n.checks {
		s.Checks[name] = SavedCheck{c.health, c.cause}
	}
	return s
}

// resume goes on where another process has stopped.
func (s *step) resume(saved *Saved) {
	n := s.node
	if n.awake {
		return
	}
	maps.Copy(n.dropped, saved.Dropped)
	maps.Copy(n.transitions, saved.Transitions)
	for name, at := range saved.Rising {
		if at > 0 && at <= s.now.Add(steady) {
			n.rising[name] = at
		}
	}
	clear(n.came)
	clear(n.passed)
	for name, at := range saved.Passed {
		n.passed[name] = min(at, s.now)
	}
	for name, at := range saved.Came {
		n.came[name] = min(at, s.now)
	}
	if saved.Sequence.After(n.sequence) || n.sequence == 0 {
		n.sequence = saved.Sequence
	}
	for name, c := range saved.Checks {
		if _, known := n.checks[name]; known && c.Health <= Down {
			n.checks[name] = checked{c.Health, c.Cause}
		}
	}
	for id, was := range saved.Routers {
		if r := n.routers[id]; r != nil {
			s.takeUp(r, was)
			s.hush(r)
		}
	}
}

// takeUp goes on with one router. One that cannot go on is started like any other
// whose addresses are there.
func (s *step) takeUp(r *router, was SavedRouter) {
	r.transitions, r.sent, r.differs = was.Transitions, was.Sent, was.Differs
	r.heard = heard{total: was.Received}
	r.contradicted = maps.Clone(was.Contradicted)
	for _, h := range was.Heard[:min(len(was.Heard), heardOf)] {
		r.heard.senders = append(r.heard.senders, sender{h.Address, h.Adverts})
	}
	r.replay.Remember(was.Replay)
	if was.Machine == nil || !r.machine.Resume(s.now, was.Machine) {
		return
	}
	s.node.acknowledge(r)
	r.aside, r.waiting = s.node.aside(*r.plan), ""
	s.node.queue.set(r, r.machine.Deadline())
	if r.serves() {
		r.party.acquired.add(r.plan.Vip) // its hooks have run
	}
}
