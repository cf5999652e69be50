package node

import (
	"fmt"
	"time"

	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// The addresses of a router end with its agent: the kernel takes them away when
// their lifetime is over, and they are refreshed while the router is Active and
// sure that no other one is. An agent that is dead, or stopped, refreshes nothing.

// lifetime is how long the addresses of a router last without a refresh.
type lifetime struct {
	valid time.Duration // whole seconds; 0: for ever
	every time.Duration // from one refresh to the next
	why   string        // why valid is not what the neighbours wait; empty when it is
	share int           // when in a round, 0..shares-1: not all routers at once
	due   vrrp.Instant  // of the next refresh
}

// shortest is the least lifetime: the kernel counts whole seconds, and is up to
// 0.7 s late.
const shortest = 2 * time.Second

// shares is into how many parts a round of refreshes is spread.
const shares = 8

// Where a host may have to refresh more addresses than these at once, they last
// longer and are refreshed less often, or not at all: the kernel walks a list for
// each IPv6 address.
const (
	manyIPv4    = 2048
	manyIPv6    = 256
	tooManyIPv6 = 1024

	longer      = 30 * time.Second
	longerEvery = 10 * time.Second
)

// allot finds out how long the addresses of the plan's routers last. What counts is
// what the host may have to hold, since it has most when its neighbours are dead.
func (s *step) allot() {
	n := s.node
	count := map[plan.Family]int{}
	for _, p := range n.plan.Routers {
		if lasting(p) == "" {
			count[p.Family] += len(p.Addresses)
		}
	}
	n.tick = 0
	for i, p := range n.plan.Routers {
		r := n.routers[p.ID]
		due := r.lifetime.due
		r.lifetime = lifetimeOf(p, count[p.Family])
		r.lifetime.share = i % shares
		r.lifetime.due = min(due, s.now.Add(r.lifetime.first())) // neighbours count on a shorter one at once
		if tick := r.lifetime.every / shares; tick > 0 && (n.tick == 0 || tick < n.tick) {
			n.tick = tick
		}
		s.quicken(r, s.now.Add(n.tick))
	}
}

// lasting says why a plan's addresses stay when the agent is gone; empty when they
// do not.
func lasting(p plan.Router) string {
	switch {
	case p.Priority == plan.Owner:
		return "they are the host's own"
	case p.OnAgentLoss == plan.Keep:
		return "the plan keeps them when the agent is gone"
	}
	return ""
}

// lifetimeOf returns the lifetime of a plan's router, on a host that may have so
// many addresses of its family.
func lifetimeOf(p plan.Router, count int) lifetime {
	if why := lasting(p); why != "" {
		return lifetime{why: why}
	}
	l := lifetime{valid: max(shortest, activeDownInterval(p).Truncate(time.Second))}
	l.every = l.valid / 4
	kind := fmt.Sprintf("%d IPv%d addresses", count, p.Family)
	switch {
	case p.Family == plan.IPv6 && count > tooManyIPv6:
		return lifetime{why: fmt.Sprintf("%s are too many to refresh (%d at most)", kind, tooManyIPv6)}
	case l.valid >= longer:
	case p.Family == plan.IPv6 && count > manyIPv6, count > manyIPv4:
		l.valid, l.every, l.why = longer, longerEvery, kind+" are refreshed less often"
	}
	return l
}

// activeDownInterval is how long a neighbour like this router waits until it takes
// over: Active_Down_Interval of RFC 9568 and RFC 3768 section 6.1.
func activeDownInterval(p plan.Router) time.Duration {
	interval, unit := millis(p.AdvertInterval), millis(p.AdvertInterval)
	if p.Version == 2 {
		unit = time.Second
	}
	return 3*interval + time.Duration(256-p.Priority)*unit/256
}

// first is how long its share of the first round is waited for.
func (l lifetime) first() time.Duration { return l.every * time.Duration(l.share+1) / shares }

// enliven plans the refreshes of a router that has got addresses: in its share of
// the first round, or at once where they are old.
func (s *step) enliven(r *router, old bool) {
	if r.lifetime.valid == 0 {
		return
	}
	wait := r.lifetime.first()
	if old {
		wait = 0
	}
	r.lifetime.due = s.now.Add(wait)
	s.quicken(r, s.now.Add(min(wait, s.node.tick)))
}

// quicken lets the next look at what is to be refreshed be at an instant, or
// before.
func (s *step) quicken(r *router, at vrrp.Instant) {
	n := s.node
	if r.lifetime.valid > 0 && r.machine.State() == vrrp.Active && (n.beat == vrrp.Never || at < n.beat) {
		n.beat = at
	}
}

// refresh refreshes what is due. A router that is not sure of its addresses does
// not: they might be another one's by now, and a refresh puts back what has gone.
func (s *step) refresh() {
	n := s.node
	if n.beat == vrrp.Never || s.now < n.beat {
		return
	}
	n.beat = vrrp.Never
	var due []Wish
	for _, r := range n.all() {
		l := &r.lifetime
		if l.valid > 0 && l.due <= s.now && r.machine.State() == vrrp.Active && !r.machine.Unsure(s.now) {
			due = n.wishes(due, r)
			l.due = s.now.Add(l.every)
		}
		s.quicken(r, s.now.Add(n.tick))
	}
	if len(due) > 0 && n.awake {
		s.effects = append(s.effects, Refresh{Wishes: due})
	}
}
