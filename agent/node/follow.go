package node

import (
	"net/netip"
	"slices"

	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// follow applies a new plan: each router by the smallest class that fits, so
// that one that stays as it is keeps its state and its timers.
func (s *step) follow(in Plan) {
	n := s.node
	old := n.plan
	if old == nil {
		old = &plan.Plan{Host: in.Plan.Host}
	}
	n.plan = in.Plan
	s.recheck(in.Plan.Checks)
	n.virtual = map[netip.Addr]bool{}
	wanted := make(map[string]*plan.Router, len(in.Plan.Routers))
	for i := range in.Plan.Routers {
		r := &in.Plan.Routers[i]
		wanted[r.ID] = r
		for _, a := range r.Addresses {
			n.virtual[netip.MustParsePrefix(a.Prefix).Addr()] = true
		}
	}
	n.setAside()
	changes := plan.Diff(old, in.Plan)
	s.stays = map[string]bool{}
	for _, c := range changes {
		if c.Class == plan.Untouched || c.Class == plan.InPlace {
			s.stays[n.routers[c.ID].plan.Unit] = true
		}
	}
	for _, c := range changes {
		s.change(c, wanted[c.ID], in.Secrets)
	}
	n.index()
	s.allot()
	for _, r := range n.routers { // whom one held may not move with it any more
		n.queue.set(r, r.machine.DeadlineFrom(s.now))
	}
	s.reviewAll()
	s.converge = true
}

// change treats one router as the class of its change says.
func (s *step) change(c plan.Change, p *plan.Router, secrets map[string]string) {
	n := s.node
	if c.Class == plan.Removed {
		r := n.routers[c.ID]
		delete(n.routers, c.ID)
		s.retire(r, "no longer in the plan")
		return
	}
	own := credentialsOf(p.Auth, secrets)
	switch c.Class {
	case plan.Untouched, plan.InPlace:
		r := n.routers[c.ID]
		before, was, others, listed := r.kept, r.credentials, r.others, r.listed
		r.adopt(p, own)
		r.allow(secrets)
		r.replaced(listed, s.now)
		contested := len(c.Agreement) > 0 || r.contests(was, others)
		s.trust(r)
		n.acknowledge(r)
		cfg := n.config(*p)
		if contested || c.Class == plan.InPlace || cfg.Slowest != r.machine.Config().Slowest {
			s.step(r, vrrp.Reconfigure{Config: cfg, Effective: s.granted(r), Cause: "plan changed", Contested: contested})
		}
		s.resettle(r, before)
	case plan.Added:
		n.routers[c.ID], n.sorted = newRouter(p, own, n.config(*p)), nil
		n.routers[c.ID].allow(secrets)
		s.trust(n.routers[c.ID])
	case plan.Recreated:
		r := n.routers[c.ID]
		n.routers[c.ID] = newRouter(p, own, n.config(*p))
		n.routers[c.ID].allow(secrets)
		s.retire(r, "created anew by a new plan")
	}
}

// retire lets a router leave, without a gap where it can. Nobody succeeds one whose unit
// stays.
func (s *step) retire(r *router, cause string) {
	s.node.retired, s.node.sorted = append(s.node.retired, r), nil
	r.alone = r.plan.Unit != "" && s.stays[r.plan.Unit]
	s.yield(r, cause)
}

// yield sends a router on its way out.
func (s *step) yield(r *router, cause string) {
	r.departs = true
	s.dismiss(r, cause)
}

// dismiss lets a router go: an Active one looks for a successor first; every
// other one, and an owner, whose addresses stay anyway, stops at once (RFC 9568
// section 6.4, Shutdown). The Active one waits for its hooks, and is as before
// meanwhile.
//
// One whose unit stays does not say that it leaves: to neighbours that do not know of it
// yet, priority 0 would say that the unit does.
func (s *step) dismiss(r *router, cause string) {
	unheard := slices.ContainsFunc(s.node.units[r.plan.Unit], s.node.mute)
	switch {
	case r.alone && (r.machine.State() != vrrp.Active || s.prepared(r, cause)):
		s.step(r, vrrp.Shutdown{Cause: cause, Mute: true})
	case r.alone:
		r.wants = cause
	case r.machine.State() != vrrp.Active || r.plan.Priority == plan.Owner:
		s.step(r, vrrp.Shutdown{Cause: cause})
	case unheard || s.prepared(r, cause): // where a link is dead already, nothing is waited for
		s.step(r, vrrp.Yield{Cause: cause, Unheard: unheard})
	default:
		r.wants = cause
	}
}

// sweep forgets the retired routers that have stopped.
func (s *step) sweep() {
	n := s.node
	kept := n.retired[:0]
	for _, r := range n.retired {
		if r.machine.State() != vrrp.Initialize {
			kept = append(kept, r)
		}
	}
	if len(kept) == len(n.retired) {
		return
	}
	clear(n.retired[len(kept):])
	n.retired, n.sorted = kept, nil
	n.index()
	s.reviewAll()
	s.converge = true
}

// index rebuilds the tables of who moves together and of who gets a packet. A
// retired router keeps its place in the latter until it is done.
func (n *Node) index() {
	clear(n.byKey)
	n.assemble()
	n.units = map[string][]*router{}
	for _, r := range n.all() {
		if unit := r.plan.Unit; unit != "" && !n.isRetired(r) {
			n.units[unit] = append(n.units[unit], r)
		}
	}
	for _, r := range n.routers {
		n.byKey[r.key()] = r
	}
	for _, r := range n.retired {
		n.byKey[r.key()] = r
	}
}
