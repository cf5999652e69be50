package node

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"time"

	"hactl/agent/packet"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// contradiction is what a conflict is about, and who causes it. The senders of
// all but the kind are zero when there are too many to be told apart.
type contradiction struct {
	kind    string     // of status.Conflict
	peer    netip.Addr // the source of adverts
	station [6]byte    // the MAC of who has address
	address netip.Addr
}

// who is the peer of a status.Conflict.
func (c contradiction) who() string {
	switch {
	case c.peer.IsValid():
		return c.peer.String()
	case c.address.IsValid():
		return net.HardwareAddr(c.station[:]).String()
	}
	return ""
}

// evidence is what a packet says that contradicts a router.
type evidence struct {
	reason   packet.Reason // why it was dropped; 0: it was not
	version  uint8
	priority uint8
	ttl      uint8
	interval time.Duration // 0: not known
}

// kindOf is what a dropped packet contradicts.
func kindOf(reason packet.Reason) string {
	switch reason {
	case packet.BadTTL:
		return status.WrongTTL
	case packet.BadVersion:
		return status.OtherVersion
	case packet.BadChecksum:
		return status.WrongChecksum
	case packet.OwnSource:
		return status.OwnSource
	case packet.BadAuth, packet.Unsigned, packet.Stale, packet.UnknownKey, packet.BadSignature, packet.Replayed:
		return status.OtherAuth
	case packet.BadInterval, packet.ZeroInterval:
		return status.OtherInterval
	case packet.BadDestination:
		return status.OtherTransport
	case packet.UnknownPeer:
		return status.ForeignSender
	}
	return status.Malformed
}

// refused notes that a packet was dropped: what it says may not be true, and its
// source may be forged, but somebody sends it.
func (s *step) refused(in Received, a packet.Advert, err error) {
	var reason packet.Reason
	if !errors.As(err, &reason) {
		panic("node: an advert is dropped without a reason: " + err.Error())
	}
	s.node.dropped[reason.String()]++
	r := s.node.meant(in)
	if r == nil || r.machine.State() == vrrp.Initialize {
		return
	}
	s.notice(r, contradiction{kind: kindOf(reason), peer: in.Header.Source}, evidence{
		reason: reason, version: in.Payload[0] >> 4, priority: a.Priority, ttl: in.Header.TTL, interval: min(a.Interval, longest),
	})
}

// longest is the longest interval that an advert can carry.
const longest = 255 * time.Second

// meant finds the router that a packet, damaged as it may be, is for; nil when
// there is none, or another socket hears it too.
func (n *Node) meant(in Received) *router {
	if len(in.Payload) < 2 {
		return nil
	}
	r := n.byKey[key{in.Socket.Interface, in.Socket.Family, in.Payload[1]}]
	if r == nil {
		return nil
	}
	if s, _ := n.socket(r); s != in.Socket {
		return nil
	}
	return r
}

// compare notes what an advert that counts contradicts all the same, after its
// router has acted on it.
func (s *step) compare(r *router, a packet.Advert, source netip.Addr) {
	e := evidence{version: a.Version, priority: a.Priority, interval: a.Interval}
	note := func(kind string) { s.notice(r, contradiction{kind: kind, peer: source}, e) }
	if r.isForeign(source) {
		note(status.ForeignSender)
	}
	if !r.knows(a.Interval) {
		note(status.OtherInterval)
	}
	if !r.lists(&a, s.now) {
		note(status.OtherAddresses)
	}
	if a.Priority > 0 && s.reigns(r, a.Interval) {
		note(status.TwoActive)
	}
	s.settleConflicts(r, func(c *conflict) bool { return c.kind == status.Unheard || s.agrees(r, c, source) })
}

// agrees reports whether an advert of a sender that counts ends a conflict with it: it
// has another configuration now, and all the contradictions are some time ago.
func (s *step) agrees(r *router, c *conflict, source netip.Addr) bool {
	switch c.kind {
	case status.TwoActive, status.ForeignSender, status.DuplicateAddress:
		return false
	}
	return c.peer == source && s.now.Sub(c.last) >= max(agreement, 3*millis(r.plan.AdvertInterval))
}

// agreement is how long nothing must have contradicted a router before an advert that
// counts is believed to be the new way: one that is forged may come among others.
const agreement = 3 * time.Second

// reigns reports whether a router has been Active for so long that everybody who
// hears it has heard it since: whoever behaves as Active now does not. A loser's
// last advert, and one that was on its way, come sooner.
func (s *step) reigns(r *router, interval time.Duration) bool {
	m := r.machine
	return m.State() == vrrp.Active && !m.Yielding() && s.now.Sub(m.Since()) > max(millis(r.plan.AdvertInterval), interval)+slack
}

// slack is how much later than at once a move may be seen.
const slack = time.Second

// isForeign reports whether a sender is none of the cluster's members, where all of
// their addresses are known.
func (r *router) isForeign(source netip.Addr) bool {
	known := !slices.ContainsFunc(r.plan.Neighbours, func(n plan.Neighbour) bool { return n.Address == "" })
	return known && r.member(source) == ""
}

// member names the member that sends from an address; empty: none that is known.
func (r *router) member(source netip.Addr) string {
	for _, n := range r.plan.Neighbours {
		if source.IsValid() && n.Address == source.String() {
			return n.Host
		}
	}
	return ""
}

// Guarded returns the addresses of Active routers, by the interface where they are
// put: nobody else is to have them. They are sorted.
func (n *Node) Guarded() map[string][]netip.Addr {
	guarded := map[string][]netip.Addr{}
	for _, r := range n.all() {
		if r.machine.Yielding() {
			continue
		}
		for _, a := range r.machine.Owned() {
			for _, x := range r.at(a) {
				guarded[x.link] = append(guarded[x.link], a)
			}
		}
	}
	for link := range guarded {
		slices.SortFunc(guarded[link], netip.Addr.Compare)
		guarded[link] = slices.Compact(guarded[link])
	}
	return guarded
}

// probe asks who else has addresses of a router that has been Active for so long that
// nobody may: a host whose agent died does not say so of itself.
func (s *step) probe(r *router, addresses []netip.Addr) {
	for _, a := range addresses {
		for _, x := range r.at(a) {
			if l := s.node.links[x.link]; len(l.MAC) == 6 {
				s.effects = append(s.effects, Announce{Router: r.plan.ID, Interface: l.Name, Address: a, Frame: packet.AppendProbe(nil, l.MAC, a), Count: 1})
			}
		}
	}
}

// claimed notes that a station has an address of an Active router, unless it may
// have had it rightly a moment ago. The router contradicts: neighbours believe whoever
// spoke last.
func (s *step) claimed(in Claimed) {
	n := s.node
	if len(in.MAC) != 6 || slices.Equal(in.MAC, n.links[in.Interface].MAC) {
		return
	}
	addr := in.Address.WithZone("")
	for _, r := range n.all() {
		has := slices.ContainsFunc(r.at(addr), func(x spot) bool { return x.link == in.Interface })
		if has && s.reigns(r, 0) && slices.Contains(r.machine.Owned(), addr) {
			s.notice(r, contradiction{kind: status.DuplicateAddress, station: [6]byte(in.MAC), address: addr}, evidence{})
			s.step(r, vrrp.Claimed{})
		}
	}
}

// conclude ends the conflicts that a transition ends, and notes that a router has
// left for nobody.
func (s *step) conclude(r *router, t vrrp.Transitioned) {
	if t.To != vrrp.Active || t.Yielding {
		s.settleConflicts(r, func(c *conflict) bool {
			return c.kind == status.TwoActive || c.kind == status.DuplicateAddress || t.To == vrrp.Initialize && c.kind != status.Unheard
		})
	}
	left := t.To == vrrp.Backup || r.machine.Priority() == lastRank // anybody would have taken over
	if t.Reason == vrrp.Unclaimed && left && !s.node.isRetired(r) {
		s.notice(r, contradiction{kind: status.Unheard}, evidence{})
	}
}
