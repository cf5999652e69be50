package node

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"hactl/agent/vrrp"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// outcome is Holdings by what was wished.
type outcome struct {
	addresses map[Wish]*Holding
	routes    map[Route]*Held[Route]
	rules     map[Rule]*Held[Rule]
}

// byWish returns held by what was wished.
func byWish[T comparable](held []Held[T]) map[T]*Held[T] {
	m := make(map[T]*Held[T], len(held))
	for i := range held {
		m[held[i].Wish] = &held[i]
	}
	return m
}

// Report returns the state of every router of the plan, sorted by ID. Epoch is
// the wall-clock time of instant 0, held what the kernel was last made to hold.
func (n *Node) Report(epoch time.Time, held Holdings) []status.Router {
	by := outcome{byWish(held.Addresses), byWish(held.Routes), byWish(held.Rules)}
	lines := make([]status.Router, 0, len(n.routers))
	for _, r := range n.all() {
		if !n.isRetired(r) {
			lines = append(lines, r.report(epoch, by, n))
		}
	}
	return lines
}

// report is the router's line in a status.
func (r *router) report(epoch time.Time, held outcome, n *Node) status.Router {
	m := r.machine
	line := status.Router{
		ID: r.plan.ID, Vip: r.plan.Vip, VRID: r.plan.VRID, Interface: r.plan.Interface,
		State:    map[vrrp.State]string{vrrp.Initialize: status.Initialize, vrrp.Backup: status.Backup, vrrp.Active: status.Active}[m.State()],
		Yielding: m.Yielding(), Since: epoch.Add(time.Duration(m.Since())), Reason: m.Reason().String(), Cause: m.Cause(),
		Waiting: n.waiting(r), Tracks: n.trackReports(r), Priority: r.plan.Priority, Effective: int(m.Priority()),
		Aside: n.aside(*r.plan), Prepares: r.wants+r.falls != "", Rank: int(n.tracked(*r.plan)),
		Transitions: r.transitions, Sent: r.sent, Received: r.heard.total, Heard: r.heard.report(r.peers),
	}
	if a := m.Primary(); a.IsValid() && m.State() != vrrp.Initialize {
		line.Source = a.String()
	}
	if a := m.ActivePeer(); a.IsValid() {
		line.ActivePeer = a.String()
	}
	line.Conflicts = n.conflictReports(r, epoch)
	if len(r.contradicted) > 0 {
		line.Contradicted = maps.Clone(r.contradicted)
	}
	line.Lifetime, line.LifetimeReason = int(r.lifetime.valid/time.Second), r.lifetime.why
	if r.differs.IsValid() {
		line.Differs = r.differs.String()
	}
	owned := m.Owned()
	for _, a := range r.plan.Addresses {
		x := spotOf(a, r.plan.Interface)
		line.Addresses = append(line.Addresses, n.addressReport(r, a, x, slices.Contains(owned, x.prefix.Addr()), held))
	}
	active := m.State() == vrrp.Active
	for i, x := range r.plan.Routes {
		line.Routes = append(line.Routes, companion(x.String(), r.routes[i], active, held.routes))
	}
	for i, x := range r.plan.Rules {
		line.Rules = append(line.Rules, companion(x.String(), r.rules[i], active, held.rules))
	}
	return line
}

// addressReport says how one of r's addresses is.
func (n *Node) addressReport(r *router, a plan.Address, x spot, owned bool, held outcome) status.Address {
	line := status.Address{Prefix: a.Prefix, Interface: a.Interface}
	switch {
	case r.plan.Priority == plan.Owner:
		line.Present = n.hasAddress(x.link, x.prefix.Addr())
		if !line.Present {
			line.Problem = fmt.Sprintf("not configured on %s: the owner's addresses are the host's own", x.link)
		}
	case owned:
		line.Present, line.Problem = told(held.addresses, n.wish(r, x))
	}
	return line
}

// companion says how a route or a rule is that a router has while it is Active.
func companion[T comparable](words string, wish T, active bool, held map[T]*Held[T]) status.Companion {
	line := status.Companion{Words: words}
	if active {
		line.Present, line.Problem = told(held, wish)
	}
	return line
}

// told returns what is known of a wish.
func told[T comparable](held map[T]*Held[T], wish T) (present bool, problem string) {
	h, ok := held[wish]
	if !ok {
		return false, "not installed yet"
	}
	return h.Present, h.Problem
}
