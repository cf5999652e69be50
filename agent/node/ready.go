package node

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// reviewAll starts the routers that have what they need, and stops those that
// no longer have it. An interface that is missing or down is a state that is
// waited for. The families of one vip are elected alone: what only one of them
// lacks takes nothing from the other.
func (s *step) reviewAll() {
	all := s.node.all()
	seen := make([]prospect, len(all))
	faults := map[string]string{} // of units, by name
	for i, r := range all {
		seen[i] = s.look(r)
		if seen[i].common && r.plan.Unit != "" && faults[r.plan.Unit] == "" {
			faults[r.plan.Unit] = fmt.Sprintf("%s, which moves with it, waits: %s", r.plan.ID, seen[i].lack)
		}
	}
	for i, r := range all {
		s.review(r, seen[i], faults[r.plan.Unit])
	}
}

// prospect is what a router needs to run.
type prospect struct {
	primary netip.Addr // its primary address
	lack    string     // what it lacks, in words; empty when it has all
	common  bool       // the routers that move with it cannot run without
}

// look finds out whether a router can run. One that runs and needs another socket
// than before goes on: the shell opens it after this step, and says so.
func (s *step) look(r *router) prospect {
	n := s.node
	running := r.machine.State() != vrrp.Initialize
	r.deaf = !n.hears(r) && (r.deaf || s.sockets)
	primary, lack := n.lack(r)
	switch {
	case lack != "":
		return prospect{lack: lack, common: !n.isRetired(r)}
	case n.byKey[r.key()] != r || n.hasRetired(r):
		return prospect{lack: "the router of the previous plan has not left yet"}
	case !n.hears(r) && (!running || s.sockets):
		return prospect{lack: fmt.Sprintf("no socket on interface %s", r.plan.Interface), common: r.deaf && !n.isRetired(r)}
	}
	return prospect{primary: primary}
}

// review starts, stops or changes one router, given the fault of the unit that it
// belongs to.
func (s *step) review(r *router, p prospect, common string) {
	n := s.node
	running := r.machine.State() != vrrp.Initialize
	r.waiting = p.lack
	switch {
	case p.lack != "" && running:
		s.step(r, vrrp.Shutdown{Cause: p.lack, Mute: n.mute(r)})
	case running && p.primary != r.machine.Primary():
		s.step(r, vrrp.Primary{Address: p.primary})
	}
	s.weigh(r)
	switch fault := cmp.Or(n.fault(r), common); {
	case p.lack != "", n.isRetired(r), n.leaving:
	case running:
		s.judge(r, fault)
	default:
		r.fault = fault
		s.start(r, p.primary)
	}
}

// start starts a router that has all it needs, unless it is at fault or waits for
// the first result of a check. One whose addresses are there from before a
// restart does not let them go to wait.
func (s *step) start(r *router, primary netip.Addr) {
	held := s.node.holds(r)
	if r.waiting = r.fault; r.waiting == "" && !held {
		r.waiting = s.node.unknown(r)
	}
	if r.waiting == "" {
		s.hush(r)
		s.step(r, vrrp.Startup{Primary: primary, Held: held})
	}
}

// waiting says what a router waits for; empty when it runs as it should.
func (n *Node) waiting(r *router) string {
	switch r.machine.State() {
	case vrrp.Initialize:
		return cmp.Or(r.waiting, r.fault)
	case vrrp.Backup:
		return cmp.Or(n.held(r), listens(r))
	}
	return ""
}

// holds reports whether the addresses of a router, or of one that moves with it,
// are on their link from before a restart of the agent. Later ones that are there
// are about to go.
func (n *Node) holds(r *router) bool {
	return n.left(r) || slices.ContainsFunc(n.units[r.plan.Unit], n.left)
}

// left reports whether one of a router's own addresses is.
func (n *Node) left(r *router) bool {
	if n.awake {
		return false
	}
	for _, name := range r.on() {
		for _, a := range n.links[name].Addresses {
			if a.Ours && slices.ContainsFunc(r.at(a.Prefix.Addr()), func(x spot) bool { return x.link == name }) {
				return true
			}
		}
	}
	return false
}

// lack returns a router's primary address, or what keeps it from running, in
// words.
func (n *Node) lack(r *router) (primary netip.Addr, lack string) {
	lack = n.broken(r.plan.Interface)
	switch {
	case lack != "":
	case r.credentials.lack != "":
		lack = r.credentials.lack
	default:
		if lack = n.unowned(r); lack == "" {
			return n.primary(r)
		}
	}
	return netip.Addr{}, lack
}

// unowned says which address an owner does not have: it would announce what
// nobody holds.
func (n *Node) unowned(r *router) string {
	if r.plan.Priority != plan.Owner {
		return ""
	}
	for _, a := range r.plan.Addresses {
		addr, link := netip.MustParsePrefix(a.Prefix).Addr(), cmp.Or(a.Interface, r.plan.Interface)
		if !n.hasAddress(link, addr) {
			return fmt.Sprintf("address %s is not on interface %s, which owns it", addr, link)
		}
	}
	return ""
}

// hears reports whether the socket that the router needs is open.
func (n *Node) hears(r *router) bool {
	s, ok := n.socket(r)
	return ok && n.open[s]
}

// primary returns the address that the router's adverts come from: the plan's
// source, or the link's first own address (IPv6: link-local). Virtual
// addresses are never taken, except by an owner that has no other: a Backup that
// has stood in for it holds that address, and Linux drops packets that come from
// an address of its own.
func (n *Node) primary(r *router) (netip.Addr, string) {
	l := n.links[r.plan.Interface]
	source, _ := netip.ParseAddr(r.plan.Source)
	owner := r.plan.Priority == plan.Owner
	var owned netip.Addr // what an owner takes when there is no other
	for _, a := range l.Addresses {
		addr := a.Prefix.Addr()
		switch {
		case plan.Of(addr) != r.plan.Family, a.Ours, a.Tentative, a.Failed:
		case source.IsValid():
			if addr == source {
				return addr, ""
			}
		case r.plan.Family == plan.IPv6 && !addr.IsLinkLocalUnicast():
		case n.virtual[addr]:
			if owner && !owned.IsValid() {
				owned = addr
			}
		case a.Secondary && !owner: // beside an owned address, another one is secondary
		default:
			return addr, ""
		}
	}
	switch {
	case owned.IsValid():
		return owned, ""
	case source.IsValid():
		return netip.Addr{}, fmt.Sprintf("address %s is not on interface %s", source, l.Name)
	}
	kind := map[plan.Family]string{plan.IPv4: "IPv4", plan.IPv6: "IPv6 link-local"}[r.plan.Family]
	return netip.Addr{}, fmt.Sprintf("interface %s has no %s address of its own", l.Name, kind)
}

// mute reports whether nothing can be sent for the router any more.
func (n *Node) mute(r *router) bool {
	l := n.links[r.plan.Interface]
	return !l.Up || !l.Running || !n.hears(r)
}

// socket returns the socket that the router needs; false while its interface is
// missing.
func (n *Node) socket(r *router) (Socket, bool) {
	l, ok := n.links[r.plan.Interface]
	return Socket{Interface: l.Name, Index: l.Index, Family: r.plan.Family, Group: r.group}, ok
}

// isRetired reports whether r belongs to a previous plan.
func (n *Node) isRetired(r *router) bool {
	return n.routers[r.plan.ID] != r
}

// hasRetired reports whether a router of a previous plan is still there in r's
// place.
func (n *Node) hasRetired(r *router) bool {
	return !n.isRetired(r) && slices.ContainsFunc(n.retired, func(old *router) bool { return old.plan.ID == r.plan.ID })
}
