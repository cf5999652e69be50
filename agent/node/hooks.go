package node

import (
	"slices"

	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// party is the routers that run their hooks together: those of a vip, or of all
// vips of a unit.
type party struct {
	routers   []*router   // retired ones included
	preparing few[uint64] // runs of before_release that have not ended
	told      few[string] // vips that have prepared to leave, and neither left nor begun anew
	acquired  few[string] // vips that have come
}

// few is a set of little: thousands of parties have one.
type few[T comparable] []T

func (f few[T]) has(x T) bool { return slices.Contains(f, x) }

func (f *few[T]) add(x T) {
	if !f.has(x) {
		*f = append(*f, x)
	}
}

func (f *few[T]) drop(x T) {
	*f = slices.DeleteFunc(*f, func(y T) bool { return y == x })
}

// hooked returns those of a router's hooks that belong to one moment.
func hooked(p plan.Router, when plan.When) []plan.Hook {
	return slices.DeleteFunc(slices.Clone(p.Hooks), func(h plan.Hook) bool { return h.When != when })
}

// assemble puts each router of the plan into its party. A retired one stays in
// the one that it was in.
func (n *Node) assemble() {
	was := n.parties
	n.parties = map[string]*party{}
	for _, r := range n.all() {
		if n.isRetired(r) {
			continue
		}
		name := "vip " + r.plan.Vip
		if r.plan.Unit != "" {
			name = "unit " + r.plan.Unit
		}
		p := n.parties[name]
		if p == nil {
			if p = was[name]; p == nil {
				p = &party{}
			}
			p.routers = nil
			n.parties[name] = p
		}
		r.party = p
		p.routers = append(p.routers, r)
	}
	for _, r := range n.retired {
		if !slices.Contains(r.party.routers, r) {
			r.party.routers = append(r.party.routers, r)
		}
	}
}

// serves reports whether a router is Active, and not on its way out.
func (r *router) serves() bool { return r.machine.State() == vrrp.Active && !r.machine.Yielding() }

// prepared reports whether a router may begin to leave, as this host has decided:
// its before_release hooks have ended, and those of all that move with it. The
// first to ask lets them begin. Meanwhile the routers are Active as before.
func (s *step) prepared(r *router, cause string) bool {
	p := r.party
	if len(p.preparing) > 0 {
		return false
	}
	for _, m := range p.routers {
		if hooks := hooked(*m.plan, plan.BeforeRelease); len(hooks) > 0 && m.serves() && !p.told.has(m.plan.Vip) {
			p.told.add(m.plan.Vip)
			p.preparing.add(s.run(m, plan.BeforeRelease, hooks, cause))
		}
	}
	if len(p.preparing) > 0 {
		s.node.moving = append(s.node.moving, p)
	}
	return len(p.preparing) == 0
}

// granted is the priority that a router takes over from a new plan. One that is
// to fall while it is Active waits for the hooks, as any other does (weigh).
func (s *step) granted(r *router) uint8 {
	e, is := s.node.effective(*r.plan), r.machine.Priority()
	if is < plan.Owner && e < is && r.serves() && len(hooked(*r.plan, plan.BeforeRelease)) > 0 {
		return is
	}
	return e
}

// run lets hooks of a vip run, and returns the number of the run.
func (s *step) run(r *router, when plan.When, hooks []plan.Hook, cause string) uint64 {
	s.node.runs++
	s.effects = append(s.effects, Run{Number: s.node.runs, Vip: r.plan.Vip, When: when, Hooks: hooks, Cause: cause})
	return s.node.runs
}

// ran takes note of the end of a run. After the last one whoever waits may go.
func (s *step) ran(in Ran) {
	for _, p := range s.node.moving {
		if !p.preparing.has(in.Number) {
			continue
		}
		p.preparing.drop(in.Number)
		if len(p.preparing) > 0 {
			return
		}
		for _, r := range p.routers {
			if cause := r.wants; cause != "" {
				r.wants = ""
				s.dismiss(r, cause)
			}
		}
		s.reviewAll()
		return
	}
}

// acquired lets the after_acquire hooks of a vip run when the first of its
// routers has become Active.
func (s *step) acquired(r *router, cause string) {
	if p := r.party; !p.acquired.has(r.plan.Vip) {
		p.acquired.add(r.plan.Vip)
		if hooks := hooked(*r.plan, plan.AfterAcquire); len(hooks) > 0 {
			s.run(r, plan.AfterAcquire, hooks, cause)
		}
	}
}

// moved follows a transition. Whoever has lost an election waits for no hook.
func (s *step) moved(r *router, t vrrp.Transitioned) {
	switch {
	case t.To == vrrp.Active && !t.Yielding:
		s.acquired(r, t.Cause)
	case t.To != vrrp.Active:
		r.wants, r.falls = "", ""
		s.lost = s.lost || len(r.party.preparing) > 0
		if !slices.ContainsFunc(r.party.routers, func(m *router) bool {
			return m.plan.Vip == r.plan.Vip && m.machine.State() == vrrp.Active
		}) {
			r.party.acquired.drop(r.plan.Vip)
		}
	}
}

// settle ends the moves of parties that have prepared, and of which nobody is on
// the way out any more. A vip that is here still, since nobody took over or the
// reason has gone, has come anew.
func (s *step) settle() {
	if s.lost {
		s.reviewAll() // a priority that was kept up for the hooks may fall now
	}
	still := s.node.moving[:0]
	for _, p := range s.node.moving {
		if len(p.preparing) > 0 || slices.ContainsFunc(p.routers, func(r *router) bool { return r.machine.Yielding() }) {
			still = append(still, p)
			continue
		}
		told := p.told
		p.told = nil
		for _, r := range p.routers {
			if told.has(r.plan.Vip) && r.serves() {
				told.drop(r.plan.Vip)
				p.acquired.drop(r.plan.Vip)
				s.acquired(r, "stays after all")
			}
		}
	}
	clear(s.node.moving[len(still):])
	s.node.moving = still
}
