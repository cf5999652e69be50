package node

import (
	"cmp"
	"fmt"
	"slices"

	"hactl/agent/vrrp"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// checked is what is known of one check.
type checked struct {
	health Health
	cause  string // why it is so, in words; empty when there is nothing to say
}

// String says it for a transition's cause.
func (c checked) String() string {
	if c.cause == "" {
		return c.health.String()
	}
	return c.health.String() + ": " + c.cause
}

// track is a router's track, and what it was when the router was last reviewed.
type track struct {
	plan.Track
	health Health
}

// recheck takes over the checks of a new plan. One that the plan before had too
// keeps what is known of it until it has another result.
func (s *step) recheck(checks []plan.Check) {
	n := s.node
	before := n.checks
	n.checks = make(map[string]checked, len(checks))
	for _, c := range checks {
		known := before[c.Name]
		if known.health == Unknown {
			known.health = map[plan.Initial]Health{plan.Up: Up, plan.Down: Down}[c.Initial]
		}
		n.checks[c.Name] = known
		if known.health == Down && before[c.Name].health == Unknown {
			s.down = append(s.down, c.Name)
		}
	}
}

// trust keeps checks that begin as down from taking anything from a router that
// runs, or whose addresses are there from before a restart: it was healthy. For
// those the first result decides.
func (s *step) trust(r *router) {
	if r.machine.State() == vrrp.Initialize && !s.node.left(r) {
		return
	}
	for _, t := range r.plan.Tracks {
		if slices.Contains(s.down, t.Check) {
			s.node.checks[t.Check] = checked{}
		}
	}
}

// checked takes note of a check's result.
func (s *step) checked(in Checked) {
	if _, ok := s.node.checks[in.Name]; ok {
		s.node.checks[in.Name] = checked{in.Health, in.Cause}
		s.reviewAll()
	}
}

// Health returns what is known of a check; Unknown when the plan has none of
// that name.
func (n *Node) Health(check string) Health { return n.checks[check].health }

// health returns what a track is now.
func (n *Node) health(t plan.Track) Health {
	switch {
	case t.Check != "":
		return n.Health(t.Check)
	case n.unfit(t) != "":
		return Down
	}
	return Up
}

// words says what a track is now, and why.
func (n *Node) words(t plan.Track) string {
	if t.Check != "" {
		return fmt.Sprintf("check %s is %v", t.Check, n.checks[t.Check])
	}
	if trouble := n.unfit(t); trouble != "" {
		return trouble
	}
	return fmt.Sprintf("interface %s is up", t.Interface)
}

// broken says why an interface is not up; empty when it is.
func (n *Node) broken(name string) string { return trouble(n.links, name) }

// trouble says why an interface of these is not up; empty when it is.
func trouble(links map[string]Link, name string) string {
	l, ok := links[name]
	switch {
	case !ok:
		return fmt.Sprintf("interface %s does not exist", name)
	case !l.Up:
		return fmt.Sprintf("interface %s is down", name)
	case !l.Running:
		return fmt.Sprintf("interface %s has no carrier", name)
	}
	return ""
}

// tracked is the priority that the tracks leave of the base priority, as
// plan.Track says. What is not known yet counts as up: nobody gives an address
// away before there is a failure.
func (n *Node) tracked(p plan.Router) uint8 {
	if p.Priority == plan.Owner {
		return plan.Owner
	}
	sum := p.Priority
	for _, t := range p.Tracks {
		if (t.Weight < 0) == (n.health(t) == Down) {
			sum += t.Weight
		}
	}
	return uint8(min(max(sum, 1), plan.Owner-1))
}

// weigh tells a router its effective priority.
func (s *step) weigh(r *router) {
	cause := ""
	for i, t := range r.tracks {
		if h := s.node.health(t.Track); h != t.health {
			r.tracks[i].health = h
			cause = s.node.words(t.Track)
		}
	}
	if aside := s.node.aside(*r.plan); aside != r.aside {
		cause = cmp.Or(aside, "no longer "+r.aside)
		r.aside = aside
	}
	cause = cmp.Or(cause, r.falls, "plan changed")
	r.falls = ""
	switch e, is := s.node.effective(*r.plan), r.machine.Priority(); {
	case e == is:
	case e < is && e < r.machine.Config().HighestRival && r.serves() && !s.prepared(r, cause):
		r.falls = cause // when the hooks have ended
	default:
		s.step(r, vrrp.Priority{Effective: e, Cause: cause})
	}
}

// acknowledge takes what the tracks of a router are for known: they are no news.
func (n *Node) acknowledge(r *router) {
	for i, t := range r.tracks {
		r.tracks[i].health = n.health(t.Track)
	}
}

// fault says which track makes a router not eligible; empty when it is. An
// owner always is: its addresses stay on the host anyway.
func (n *Node) fault(r *router) string {
	if r.plan.Priority == plan.Owner {
		return ""
	}
	for _, t := range r.plan.Tracks {
		if t.Effect == plan.Fault && n.health(t) == Down {
			return n.words(t)
		}
	}
	return ""
}

// unknown says which check a router that has not started yet waits for; empty
// when there is none.
func (n *Node) unknown(r *router) string {
	for _, t := range r.plan.Tracks {
		if n.health(t) == Unknown {
			return fmt.Sprintf("check %s has no result yet", t.Check)
		}
	}
	return ""
}

// judge lets a router that runs go when a fault begins, as in a planned move,
// and keeps it when the fault ends before it has gone.
func (s *step) judge(r *router, fault string) {
	before := r.fault
	r.fault = fault
	switch {
	case before == "" && fault != "":
		s.dismiss(r, fault)
	case before != "" && fault == "":
		r.wants = ""
		s.step(r, vrrp.Stay{Cause: "no longer: " + before})
	}
}

// trackReports says what a router depends on.
func (n *Node) trackReports(r *router) []status.Track {
	var lines []status.Track
	for _, t := range r.plan.Tracks {
		lines = append(lines, status.Track{
			Check: t.Check, Interface: t.Interface, Effect: string(t.Effect), Weight: t.Weight, State: n.health(t).String(),
		})
	}
	return lines
}
