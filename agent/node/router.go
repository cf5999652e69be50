package node

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"hactl/agent/packet"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// router is one virtual router: its part of the plan, its machine, and what it
// waits for.
type router struct {
	plan     plan.Router
	machine  *vrrp.Router
	secret   string                      // of the authentication; meaningless without
	waiting  string                      // what it lacks to run; empty when it has all
	departs  bool                        // it is on its way out, and stops as soon as it is not Active
	fault    string                      // why it is not eligible; empty when it is
	deaf     bool                        // the shell could not open its socket
	tracks   []track                     // those of its plan
	aside    string                      // why it stood aside when it was last reviewed; empty: it did not
	prefixes map[netip.Addr]netip.Prefix // of its addresses, as written
	listed   []netip.Addr                // what its adverts list
	peers    []netip.Addr                // unicast
	group    netip.Addr                  // multicast; zero in unicast

	deadline vrrp.Instant
	place    int // in the queue, or waitsForNothing

	transitions, sent, received uint64
	differs                     netip.Addr // a neighbour that lists other addresses; zero: none
}

// newRouter returns a router in Initialize.
func newRouter(p plan.Router, secret string, c vrrp.Config) *router {
	r := &router{place: waitsForNothing, waiting: "start"}
	r.adopt(p, secret)
	r.machine = vrrp.New(c)
	return r
}

// adopt takes over another plan for the same router.
func (r *router) adopt(p plan.Router, secret string) {
	r.plan, r.secret = p, secret
	r.prefixes = map[netip.Addr]netip.Prefix{}
	r.listed, r.peers, r.group, r.tracks = nil, nil, netip.Addr{}, nil
	for _, t := range p.Tracks {
		r.tracks = append(r.tracks, track{Track: t})
	}
	for _, a := range p.Addresses {
		prefix := netip.MustParsePrefix(a.Prefix)
		r.prefixes[prefix.Addr()] = prefix
		if !a.Hidden {
			r.listed = append(r.listed, prefix.Addr())
		}
	}
	for _, peer := range p.Peers {
		r.peers = append(r.peers, netip.MustParseAddr(peer))
	}
	if p.Group != "" {
		r.group = netip.MustParseAddr(p.Group)
	}
}

// config is what the machine needs to know of a plan's router.
func config(p plan.Router) vrrp.Config {
	c := vrrp.Config{
		Version:       p.Version,
		Priority:      uint8(p.Priority),
		Interval:      millis(p.AdvertInterval),
		Preempt:       map[plan.Mode]vrrp.Preempt{plan.Delayed: vrrp.PreemptDelayed, plan.Never: vrrp.PreemptNever}[p.Preemption.Mode],
		PreemptDelay:  millis(p.Preemption.Delay),
		NotBefore:     vrrp.Instant(millis(p.QuietStart)),
		Announcements: vrrp.Announcements{Repeat: millis(p.Announce.Repeat), Refresh: millis(p.Announce.Refresh)},
	}
	for _, n := range p.Neighbours {
		c.HighestRival = max(c.HighestRival, uint8(n.Priority))
	}
	for _, listed := range []bool{true, false} {
		for _, a := range p.Addresses {
			if a.Hidden != listed {
				c.Addresses = append(c.Addresses, netip.MustParsePrefix(a.Prefix).Addr())
			}
		}
	}
	return c
}

// key is where its packets come in.
func (r *router) key() key {
	return key{r.plan.Interface, r.plan.Family, uint8(r.plan.VRID)}
}

// destinations are where its adverts go.
func (r *router) destinations() []netip.Addr {
	if r.group.IsValid() {
		return []netip.Addr{r.group}
	}
	return r.peers
}

// advert is what it sends.
func (r *router) advert(priority uint8) packet.Advert {
	return packet.Advert{
		Version:   uint8(r.plan.Version),
		VRID:      uint8(r.plan.VRID),
		Priority:  priority,
		Interval:  millis(r.plan.AdvertInterval),
		Auth:      r.auth(),
		Addresses: r.listed,
	}
}

// report is the router's line in a status.
func (r *router) report(epoch time.Time, held map[Wish]Holding, n *Node) status.Router {
	m := r.machine
	line := status.Router{
		ID: r.plan.ID, Vip: r.plan.Vip, VRID: r.plan.VRID, Interface: r.plan.Interface,
		State:    map[vrrp.State]string{vrrp.Initialize: status.Initialize, vrrp.Backup: status.Backup, vrrp.Active: status.Active}[m.State()],
		Yielding: m.Yielding(), Since: epoch.Add(time.Duration(m.Since())), Cause: m.Cause(),
		Waiting: n.waiting(r), Tracks: n.trackReports(r), Priority: r.plan.Priority, Effective: int(m.Priority()),
		Aside: n.aside(r.plan), Rank: int(n.tracked(r.plan)),
		Transitions: r.transitions, Sent: r.sent, Received: r.received,
	}
	if a := m.Primary(); a.IsValid() && m.State() != vrrp.Initialize {
		line.Source = a.String()
	}
	if a := m.ActivePeer(); a.IsValid() {
		line.ActivePeer = a.String()
	}
	if r.differs.IsValid() {
		line.Differs = r.differs.String()
	}
	owned := m.Owned()
	for _, a := range r.plan.Addresses {
		prefix := netip.MustParsePrefix(a.Prefix)
		line.Addresses = append(line.Addresses, n.addressReport(r, prefix, slices.Contains(owned, prefix.Addr()), held))
	}
	return line
}

// addressReport says how one of r's addresses is.
func (n *Node) addressReport(r *router, prefix netip.Prefix, owned bool, held map[Wish]Holding) status.Address {
	line := status.Address{Prefix: prefix.String()}
	switch {
	case r.plan.Priority == plan.Owner:
		line.Present = n.hasAddress(r.plan.Interface, prefix.Addr())
		if !line.Present {
			line.Problem = fmt.Sprintf("not configured on %s: the owner's addresses are the host's own", r.plan.Interface)
		}
	case owned:
		h, ok := held[n.wish(r, prefix)]
		line.Present, line.Problem = h.Present, h.Problem
		if !ok {
			line.Problem = "not installed yet"
		}
	}
	return line
}
