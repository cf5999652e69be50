package node

import (
	"fmt"

	"hactl/schemas/plan"
)

// lastRank is the priority of a router that stands aside. It is above 0, so such
// a router does hold the addresses when there is nobody else.
const lastRank = 1

// effective is the priority that the router's adverts are to carry.
func (n *Node) effective(p plan.Router) uint8 {
	if n.aside(p) != "" {
		return lastRank
	}
	return n.tracked(p)
}

// aside says why a router stands aside; empty when it does not. An owner's
// addresses stay on its host: it cannot.
func (n *Node) aside(p plan.Router) string {
	if p.Priority == plan.Owner {
		return ""
	}
	return n.asides[p.Vip]
}

// setAside finds out which vips of the plan stand aside: all of a drained host,
// those that are held elsewhere, and those that move with them.
func (n *Node) setAside() {
	n.asides = map[string]string{}
	if n.plan == nil {
		return
	}
	units := map[string]string{} // why units stand aside, by name
	for _, r := range n.plan.Routers {
		if held := n.intents.Held[r.Vip]; held != "" && r.Unit != "" {
			units[r.Unit] = fmt.Sprintf("%s, which moves with it, is %s", r.Vip, held)
		}
	}
	for _, r := range n.plan.Routers {
		switch held := n.intents.Held[r.Vip]; {
		case n.intents.Drained != "":
			n.asides[r.Vip] = n.intents.Drained
		case held != "":
			n.asides[r.Vip] = held
		case units[r.Unit] != "":
			n.asides[r.Vip] = units[r.Unit]
		}
	}
}
