package agent

import (
	"fmt"
	"net/netip"

	"hactl/agent/node"
)

// station is an address on an interface.
type station struct {
	link string
	addr netip.Addr
}

// converged takes note of what became of the node's wishes. What cannot be had
// now is tried again later, and stands in the report meanwhile. When there is more
// to do, nothing is amiss yet.
func (a *Agent) converged(held node.Holdings, more bool) {
	a.held = held
	a.noteChange()
	if more {
		return
	}
	amiss := map[any]bool{}
	lament(a, "route", held.Routes, amiss)
	lament(a, "rule", held.Rules, amiss)
	a.amiss = amiss
	for _, at := range a.regained() {
		a.step(node.Regained{Interface: at.link, Address: at.addr})
	}
}

// regained notes which addresses have a problem, and returns those that are there
// again.
func (a *Agent) regained() []station {
	missing := map[station]bool{}
	var regained []station
	for _, h := range a.held.Addresses {
		at := station{h.Wish.Interface, h.Wish.Prefix.Addr()}
		if h.Present && a.missing[at] {
			regained = append(regained, at)
		}
		if h.Problem == "" {
			continue
		}
		a.retryLater()
		missing[at] = !h.Present
		if _, known := a.missing[at]; !known {
			a.cfg.Log.Warn("address is not as it should be", "address", h.Wish.Prefix, "interface", h.Wish.Interface, "problem", h.Problem)
		}
	}
	a.missing = missing
	return regained
}

// lament notes in amiss which routes or rules have a problem, and logs those that
// had none before.
func lament[T fmt.Stringer](a *Agent, kind string, held []node.Held[T], amiss map[any]bool) {
	for _, h := range held {
		if h.Problem == "" {
			continue
		}
		a.retryLater()
		amiss[h.Wish] = true
		if !a.amiss[h.Wish] {
			a.cfg.Log.Warn(kind+" is not as it should be", kind, h.Wish.String(), "problem", h.Problem)
		}
	}
}
