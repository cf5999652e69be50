package node

import (
	"fmt"
	"time"

	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// steady is how long a tracked interface has to be up, after it was not, before it
// counts as up: one that comes and goes moves addresses once. That it is down counts
// at once.
const steady = time.Second

// steady notes which tracked interfaces have come up since before, and forgets
// those that have not stayed. One that is up when the agent starts has nothing to
// prove.
func (s *step) steady(before map[string]Link) {
	n := s.node
	for _, r := range n.routers {
		for _, t := range r.plan.Tracks {
			switch name := t.Interface; {
			case name == "":
			case trouble(n.links, name) != "":
				delete(n.rising, name)
			case n.awake && trouble(before, name) != "":
				n.rising[name] = s.now.Add(steady)
			}
		}
	}
}

// risen lets the interfaces count as up that have been up for long enough.
func (s *step) risen() {
	changed := false
	for name, at := range s.node.rising {
		if at <= s.now {
			delete(s.node.rising, name)
			changed = true
		}
	}
	if changed {
		s.reviewAll()
	}
}

// deadline returns when the first timer fires, of a router, of an interface or of a
// conflict.
func (n *Node) deadline() vrrp.Instant {
	first := n.lull
	if n.beat != vrrp.Never && (first == vrrp.Never || n.beat < first) {
		first = n.beat
	}
	if len(n.queue) > 0 && (first == vrrp.Never || n.queue[0].deadline < first) {
		first = n.queue[0].deadline
	}
	for _, at := range n.rising {
		if first == vrrp.Never || at < first {
			first = at
		}
	}
	return first
}

// unfit says why the interface of a track is down; empty when it is up.
func (n *Node) unfit(t plan.Track) string {
	if _, rising := n.rising[t.Interface]; rising {
		return fmt.Sprintf("interface %s has not been up for %v yet", t.Interface, steady)
	}
	return n.broken(t.Interface)
}
