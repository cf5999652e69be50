package node

import (
	"fmt"
	"net/netip"

	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// reviewAll starts the routers that have what they need, and stops those that
// no longer have it. An interface that is missing or down is a state that is
// waited for. The routers of one vip start and release together: a host that
// cannot serve one family leaves the other to its neighbours, too.
func (s *step) reviewAll() {
	all := s.node.all()
	lacks := map[string]need{} // by vip
	for _, r := range all {
		if lack := s.lack(r); lack != "" && !s.node.isRetired(r) {
			lacks[r.plan.Vip] = need{r, lack}
		}
	}
	for _, r := range all {
		s.review(r, lacks[r.plan.Vip])
	}
}

// need is what a router lacks to run; the zero need is nothing.
type need struct {
	router *router
	lack   string
}

// review starts or stops one router, which may have a sibling that cannot run.
func (s *step) review(r *router, sibling need) {
	lack := s.lack(r)
	running := r.machine.State() != vrrp.Initialize
	r.waiting = lack
	switch {
	case lack != "" && running:
		s.step(r, vrrp.Shutdown{Cause: lack, Mute: s.node.mute(r)})
	case lack != "" || s.node.isRetired(r) || s.node.leaving:
	case sibling.lack != "":
		r.waiting = sibling.router.plan.ID + " waits: " + sibling.lack
		if running {
			s.yield(r, r.waiting)
		}
	case running:
		r.departs = false
		if primary, _ := s.node.primary(r); primary != r.machine.Primary() {
			s.step(r, vrrp.Primary{Address: primary})
		}
	default:
		r.departs = false
		primary, _ := s.node.primary(r)
		s.step(r, vrrp.Startup{Primary: primary})
	}
}

// lack returns what a router lacks to run, in words. One that runs and needs
// another socket than before lacks nothing: the shell opens it after this step,
// and says so.
func (s *step) lack(r *router) string {
	lack := s.node.lack(r)
	running := r.machine.State() != vrrp.Initialize
	if lack == "" && !s.node.hears(r) && (!running || s.sockets) {
		return fmt.Sprintf("no socket on interface %s", r.plan.Interface)
	}
	return lack
}

// lack returns what of the host's state keeps a router from running.
func (n *Node) lack(r *router) string {
	name := r.plan.Interface
	l, ok := n.links[name]
	switch {
	case !ok:
		return fmt.Sprintf("interface %s does not exist", name)
	case !l.Up:
		return fmt.Sprintf("interface %s is down", name)
	case !l.Running:
		return fmt.Sprintf("interface %s has no carrier", name)
	case r.plan.Auth != nil && r.secret == "":
		return fmt.Sprintf("secret file %s cannot be read", r.plan.Auth.SecretFile)
	case len(r.secret) > maxSecret:
		return fmt.Sprintf("the secret in %s is longer than %d bytes", r.plan.Auth.SecretFile, maxSecret)
	case !n.isRetired(r) && n.hasRetired(r.plan.ID):
		return "the router of the previous plan has not left yet"
	}
	_, lack := n.primary(r)
	return lack
}

// maxSecret is how many bytes a version 2 password has (RFC 2338 section
// 5.3.10).
const maxSecret = 8

// hears reports whether the socket that the router needs is open.
func (n *Node) hears(r *router) bool {
	s, ok := n.socket(r)
	return ok && n.open[s]
}

// primary returns the address that the router's adverts come from: the plan's
// source, or the link's first own address (IPv6: link-local). Virtual
// addresses are never taken, except by their owner.
func (n *Node) primary(r *router) (netip.Addr, string) {
	l := n.links[r.plan.Interface]
	source, _ := netip.ParseAddr(r.plan.Source)
	for _, a := range l.Addresses {
		addr := a.Prefix.Addr()
		switch {
		case plan.Of(addr) != r.plan.Family, a.Ours, a.Tentative, a.Failed:
		case source.IsValid():
			if addr == source {
				return addr, ""
			}
		case a.Secondary, n.virtual[addr] && r.plan.Priority != plan.Owner:
		case r.plan.Family == plan.IPv6 && !addr.IsLinkLocalUnicast():
		default:
			return addr, ""
		}
	}
	if source.IsValid() {
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

// wishes appends what r wants on its link.
func (n *Node) wishes(to []Wish, r *router) []Wish {
	if r.plan.Priority == plan.Owner {
		return to
	}
	for _, a := range r.machine.Owned() {
		to = append(to, n.wish(r, r.prefixes[a]))
	}
	return to
}

// wish says how an address is installed. One in a subnet of an own address of
// the interface gets no subnet of its own: the kernel would make it that
// address's secondary or the reverse, and delete both together. One outside
// every own subnet keeps its prefix, and gets the route to it.
func (n *Node) wish(r *router, p netip.Prefix) Wish {
	w := Wish{Interface: r.plan.Interface, Prefix: netip.PrefixFrom(p.Addr(), p.Addr().BitLen())}
	if p.IsSingleIP() || p.Addr().IsLinkLocalUnicast() || n.inOwnSubnet(r.plan.Interface, p.Addr()) {
		return w
	}
	w.Prefix, w.Route = p, true
	return w
}

// inOwnSubnet reports whether a lies in the subnet of an own address of the
// link.
func (n *Node) inOwnSubnet(link string, a netip.Addr) bool {
	for _, own := range n.links[link].Addresses {
		if !own.Ours && own.Prefix.Contains(a) {
			return true
		}
	}
	return false
}

// hasAddress reports whether a is on the link.
func (n *Node) hasAddress(link string, a netip.Addr) bool {
	for _, on := range n.links[link].Addresses {
		if on.Prefix.Addr() == a {
			return true
		}
	}
	return false
}

// isRetired reports whether r belongs to a previous plan.
func (n *Node) isRetired(r *router) bool {
	return n.routers[r.plan.ID] != r
}

// hasRetired reports whether a router of a previous plan with this ID is still
// there.
func (n *Node) hasRetired(id string) bool {
	for _, r := range n.retired {
		if r.plan.ID == id {
			return true
		}
	}
	return false
}
