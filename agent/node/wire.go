package node

import (
	"bytes"
	"net/netip"
	"slices"

	"hactl/agent/packet"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// receive lets the router that a packet is for act on it, when it passes every
// check of RFC 9568 section 7.1. What does not is counted and noted as a conflict,
// and nothing else.
func (s *step) receive(in Received) {
	r, advert, err := s.node.accept(in, s.clock())
	if err != nil {
		s.refused(in, advert, err)
		return
	}
	if r == nil || r.machine.State() == vrrp.Initialize { // section 6.4.1: nothing but Startup counts
		return
	}
	r.heard.add(in.Header.Source)
	switch {
	case !r.lists(&advert, s.now):
		r.differs = in.Header.Source
	case r.differs == in.Header.Source:
		r.differs = netip.Addr{}
	}
	s.passes(in.Socket.Interface)
	s.hear(r, vrrp.Advert{Source: in.Header.Source, Priority: advert.Priority, Interval: advert.Interval, Arrived: in.Arrived})
	s.compare(r, advert, in.Header.Source)
}

// hear tells a router of an advert, and the routers that move with it what
// follows for them.
func (s *step) hear(r *router, in vrrp.Advert) {
	leaves := in.Priority == 0 && in.Source == r.machine.ActivePeer()
	s.step(r, in)
	if r.plan.Unit == "" {
		return
	}
	switch r.machine.State() {
	case vrrp.Backup:
		if leaves {
			s.vacated(r, in)
		}
		if in.Priority > r.machine.Priority() {
			s.part(r)
		}
	case vrrp.Active:
		if r.machine.Yielding() && r.machine.ActivePeer().IsValid() {
			s.part(r)
		}
	}
}

// accept finds the router that a packet is for, and checks it: nil when the
// packet is to be passed over, since another socket hears it too. The error is a
// packet.Reason. Clock is the wall clock's sequence number.
func (n *Node) accept(in Received, clock packet.Sequence) (*router, packet.Advert, error) {
	advert, err := packet.ParseInto(n.addresses, in.Payload, in.Header)
	if err != nil {
		return nil, advert, err
	}
	n.addresses = advert.Addresses
	r := n.byKey[key{in.Socket.Interface, in.Socket.Family, advert.VRID}]
	if r == nil {
		return nil, advert, packet.UnknownVRID
	}
	if s, _ := n.socket(r); s != in.Socket {
		return nil, advert, nil
	}
	return r, advert, r.takes(&advert, in, clock)
}

// announced tells yielding routers that another station announced one of their
// addresses.
func (s *step) announced(in Announced) {
	if bytes.Equal(in.MAC, s.node.links[in.Interface].MAC) {
		return
	}
	for _, r := range s.node.all() {
		if r.machine.Yielding() && slices.ContainsFunc(r.at(in.Address.WithZone("")), func(x spot) bool { return x.link == in.Interface }) {
			s.step(r, vrrp.Announced{Address: in.Address})
		}
	}
}

// relink takes over the links as they are now. Addresses that stay with their
// router, but come under another MAC or on a link that was made again, are
// announced anew.
func (s *step) relink(links []Link) {
	n := s.node
	before := n.links
	n.links = make(map[string]Link, len(links))
	for _, l := range links {
		n.links[l.Name] = l
	}
	s.steady(before)
	s.cameUp(before)
	s.reviewAll()
	s.converge = true
	moved := func(x spot) bool {
		was, is := before[x.link], n.links[x.link]
		return was.Index != is.Index || !bytes.Equal(was.MAC, is.MAC)
	}
	for _, r := range n.all() {
		if !r.machine.Yielding() {
			s.announceWhere(r, r.machine.Owned(), r.plan.Announce.Burst, moved)
		}
	}
}

// regained announces an address that was not there when its router became
// Active.
func (s *step) regained(in Regained) {
	for _, r := range s.node.all() {
		if len(r.at(in.Address)) > 0 && !r.machine.Yielding() && slices.Contains(r.machine.Owned(), in.Address) {
			s.announceWhere(r, []netip.Addr{in.Address}, r.plan.Announce.Burst, func(x spot) bool { return x.link == in.Interface })
		}
	}
}

// effect turns what one machine wants into what the node wants.
func (s *step) effect(r *router, e vrrp.Effect) {
	switch e := e.(type) {
	case vrrp.SendAdvert:
		s.send(r, e.Priority)
	case vrrp.Own:
		s.converge = true
		s.enliven(r, r.machine.Unsure(s.now))
	case vrrp.Disown:
		s.converge = true
	case vrrp.Announce:
		count := r.plan.Announce.Burst
		if e.Once {
			count = 1
		}
		s.announceWhere(r, e.Addresses, count, func(spot) bool { return true })
		if s.reigns(r, 0) {
			s.probe(r, e.Addresses)
		}
	case vrrp.Transitioned:
		r.transitions++
		s.node.transitions[e.Reason.String()]++
		if e.From == vrrp.Active && e.To != vrrp.Active {
			s.part(r)
		}
		s.moved(r, e)
		s.effects = append(s.effects, Transitioned{
			Router: r.plan.ID, Priority: r.machine.Priority(), Peer: r.machine.ActivePeer(), Transitioned: e,
		})
		s.conclude(r, e)
	}
}

// send sends one advert to the group, or to each peer.
func (s *step) send(r *router, priority uint8) {
	source := r.machine.Primary()
	socket, _ := s.node.socket(r)
	sign := r.credentials.active != packet.Key{}
	if sign {
		s.node.sequence = s.node.sequence.Next(s.clock())
	}
	n := s.node
	for _, to := range r.to {
		start := len(n.payloads)
		var err error
		if a, form := r.advert(priority), checksum(r.plan.Checksum); sign {
			n.payloads, err = a.AppendSigned(n.payloads, source, to, form, r.credentials.active, n.sequence)
		} else {
			n.payloads, err = a.Append(n.payloads, source, to, form)
		}
		if err != nil {
			panic("node: router of a valid plan makes no valid advert: " + err.Error())
		}
		n.outbox = append(n.outbox, Send{
			Router: r.plan.ID, Socket: socket, Source: source, Destination: to, Payload: n.payloads[start:len(n.payloads):len(n.payloads)],
		})
		s.effects = append(s.effects, &n.outbox[len(n.outbox)-1])
	}
	r.sent++
}

// announceWhere announces addresses of a router, so often, on those interfaces
// where they are put that are chosen.
func (s *step) announceWhere(r *router, addresses []netip.Addr, count int, chosen func(spot) bool) {
	for _, a := range addresses {
		for _, x := range r.at(a) {
			if chosen(x) {
				s.announce(r, x.link, a, count)
			}
		}
	}
}

// announce makes the frame that tells a segment who has an address now: a
// gratuitous ARP (RFC 9568 section 6.4.3 (150)), or an unsolicited neighbour
// advertisement.
func (s *step) announce(r *router, link string, a netip.Addr, count int) {
	l := s.node.links[link]
	if len(l.MAC) != 6 {
		return // no link-layer address to announce
	}
	var frame []byte
	if a.Is4() {
		frame = packet.AppendGratuitousARP(nil, l.MAC, a)
	} else {
		frame = packet.AppendUnsolicitedNA(nil, l.MAC, a, l.Forwards6)
	}
	s.effects = append(s.effects, Announce{
		Router: r.plan.ID, Interface: l.Name, Address: a, Frame: frame, Count: count, Own: r.plan.Priority == plan.Owner,
	})
}

// checksum is the packet's word for the plan's.
func checksum(c plan.Checksum) packet.Checksum {
	if c == plan.RFC9568 {
		return packet.RFC9568
	}
	return packet.PseudoHeader
}
