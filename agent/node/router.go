package node

import (
	"net/netip"

	"hactl/agent/packet"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// router is one virtual router: its part of the plan, its machine, and what it
// waits for.
type router struct {
	plan    *plan.Router
	machine *vrrp.Router
	waiting string       // what it lacks to run; empty when it has all
	departs bool         // it is on its way out, and stops as soon as it is not Active
	alone   bool         // it is on its way out, and the routers that moved with it stay
	fault   string       // why it is not eligible; empty when it is
	deaf    bool         // the shell could not open its socket
	tracks  []track      // those of its plan
	aside   string       // why it stood aside when it was last reviewed; empty: it did not
	party   *party       // with whom it runs hooks; nil before it is assembled
	falls   string       // why its priority is to fall as soon as its hooks have ended; empty: it is not
	wants   string       // why it is to leave as soon as its hooks have ended; empty: it is not
	listed  []netip.Addr // what its adverts list
	former  former       // what they listed before
	peers   []netip.Addr // unicast
	group   netip.Addr   // multicast; zero in unicast
	to      []netip.Addr // where its adverts go: the group, or each peer

	credentials credentials
	others      []terms // by which neighbours may send, too
	replay      packet.Replay

	kept     // while it is Active
	lifetime lifetime

	deadline vrrp.Instant
	place    int // in the queue, or waitsForNothing

	transitions, sent uint64
	heard             heard
	differs           netip.Addr // a neighbour that lists other addresses; zero: none

	conflicts    []*conflict       // that have been seen lately
	contradicted map[string]uint64 // packets that contradict it, by kind; nil before the first
}

// newRouter returns a router in Initialize.
func newRouter(p *plan.Router, own credentials, c vrrp.Config) *router {
	r := &router{place: waitsForNothing, waiting: "start"}
	r.adopt(p, own)
	r.machine = vrrp.New(c)
	return r
}

// adopt takes over another plan for the same router.
func (r *router) adopt(p *plan.Router, own credentials) {
	r.plan, r.credentials = p, own
	r.kept = keeps(p)
	r.listed, r.peers, r.group, r.tracks = nil, nil, netip.Addr{}, nil
	for _, t := range p.Tracks {
		r.tracks = append(r.tracks, track{Track: t})
	}
	for _, a := range p.Addresses {
		if !a.Hidden {
			r.listed = append(r.listed, netip.MustParsePrefix(a.Prefix).Addr())
		}
	}
	r.listed = once(r.listed)
	for _, peer := range p.Peers {
		r.peers = append(r.peers, netip.MustParseAddr(peer))
	}
	if p.Group != "" {
		r.group = netip.MustParseAddr(p.Group)
	}
	r.to = r.peers
	if r.group.IsValid() {
		r.to = []netip.Addr{r.group}
	}
	r.replay.Window, r.replay.Senders = packet.Window(millis(p.AdvertInterval)), max(packet.MulticastSenders, len(p.Peers))
}

// config is what the machine needs to know of a plan's router.
func config(p plan.Router) vrrp.Config {
	c := vrrp.Config{
		Version:       p.Version,
		Priority:      uint8(p.Priority),
		Interval:      millis(p.AdvertInterval),
		Awaits:        millis(p.BackupInterval()),
		Preempt:       map[plan.Mode]vrrp.Preempt{plan.Delayed: vrrp.PreemptDelayed, plan.Never: vrrp.PreemptNever}[p.Preemption.Mode],
		PreemptDelay:  millis(p.Preemption.Delay),
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
	c.Addresses = once(c.Addresses) // one may be put on several interfaces
	return c
}

// key is where its packets come in.
func (r *router) key() key {
	return key{r.plan.Interface, r.plan.Family, uint8(r.plan.VRID)}
}

// advert is what it sends.
func (r *router) advert(priority uint8) packet.Advert {
	return packet.Advert{
		Version:   uint8(r.plan.Version),
		VRID:      uint8(r.plan.VRID),
		Priority:  priority,
		Interval:  millis(r.plan.AdvertInterval),
		Auth:      r.credentials.auth(),
		Addresses: r.listed,
	}
}
