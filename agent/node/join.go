package node

import (
	"fmt"

	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// A switch may pass no frames for a while after a link has come up: who claims
// addresses then is Active beside another one as soon as it does, and wins or loses
// against every policy of preemption. So a router listens for its plan's QuietLink
// first, unless an advert shows that frames pass. A link that is up when the agent
// starts may have come up a moment ago: hosts boot.

// cameUp notes which links have come up since before.
func (s *step) cameUp(before map[string]Link) {
	n := s.node
	for name, l := range n.links {
		switch {
		case trouble(n.links, name) != "":
			delete(n.came, name)
			delete(n.passed, name)
		case trouble(before, name) != "" || before[name].Index != l.Index:
			n.came[name] = s.now
			delete(n.passed, name)
		}
	}
}

// notBefore is the instant before which a router claims nothing; 0: it may at any
// time.
func (n *Node) notBefore(p plan.Router) vrrp.Instant {
	at := vrrp.Instant(millis(p.QuietStart))
	up, came := n.came[p.Interface]
	if !came || p.QuietLink == 0 {
		return at
	}
	quiet := up.Add(millis(p.QuietLink))
	if heard, passed := n.passed[p.Interface]; passed {
		quiet = min(quiet, heard)
	}
	return max(at, quiet)
}

// hush lets a router that is about to start, or is a Backup, listen for as long as it
// is to now.
func (s *step) hush(r *router) {
	if cfg := s.node.config(*r.plan); cfg.NotBefore != r.machine.Config().NotBefore && r.machine.State() != vrrp.Active {
		s.step(r, vrrp.Reconfigure{Config: cfg, Effective: r.machine.Priority(), Cause: "its interface came up"})
	}
}

// passes notes that an advert came through a link: what has come up is of use.
func (s *step) passes(link string) {
	n := s.node
	_, passed := n.passed[link]
	if _, came := n.came[link]; !came || passed {
		return
	}
	n.passed[link] = s.now
	for _, r := range n.all() {
		if r.plan.Interface == link && !n.isRetired(r) {
			s.hush(r)
		}
	}
}

// listens says that a Backup claims nothing yet, since it has only just come;
// empty when it may.
func listens(r *router) string {
	m := r.machine
	if at := m.QuietEnd(); at == 0 || m.Deadline() != at || m.ActivePeer().IsValid() {
		return ""
	}
	if r.plan.QuietLink > 0 {
		return fmt.Sprintf("it listens first, for %v after the agent's start, and for %v after its interface came up unless it hears an advert",
			max(millis(r.plan.QuietStart), millis(r.plan.QuietLink)), millis(r.plan.QuietLink))
	}
	return fmt.Sprintf("it listens first, for %v after the agent's start", millis(r.plan.QuietStart))
}
