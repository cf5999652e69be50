package node

import (
	"bytes"
	"net"
	"net/netip"
	"slices"
	"testing"

	"hactl/agent/packet"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// One test for each claim of RFC 9568 sections 7 and 8 that this package has to
// keep, named by section; those of RFC 3768 where version 2 differs. The local
// host is 10.0.0.5 and fe80::5; TTL and protocol are agent/socket's.
//
// The kernel answers ARP and neighbour solicitations for the addresses that it
// has, so what the RFC says of answers is a claim about Wishes here. It answers
// with the interface's MAC, where the RFC wants the virtual router's (sections
// 7.2, 7.3, 8.1.2, 8.2.2): docs/decisions/0003. Redirects (8.1.1, 8.2.1), proxy
// ARP (8.1.3), router advertisements (8.2.3) and forwarding (8.1.4) are not ours:
// the node has no effect that sends one.

func Test_7_1_VRIDIsOfTheReceivingInterface(t *testing.T) {
	s := backup(t, router4())
	before := s.deadline
	s.hears("eth1", advertOf(s.plan.Routers[0], 200))
	if s.node.Dropped()["vrid"] != 1 || s.deadline != before {
		t.Errorf("an advert on another interface: dropped %v, the timer moved from %v to %v", s.node.Dropped(), before, s.deadline)
	}
}

func Test_7_1_FamiliesAreApart(t *testing.T) {
	s := backup(t, router4())
	s.hears("eth0", advertOf(router6(), 200))
	if s.node.Dropped()["vrid"] != 1 {
		t.Errorf("an IPv6 advert with our VRID: dropped %v", s.node.Dropped())
	}
}

// "If any one of the above checks fails, the receiver MUST discard the packet":
// each is counted by its reason, and moves neither state nor timer.
func Test_7_1_WhatFailsAnyCheckIsDiscarded(t *testing.T) {
	for reason, spoil := range map[string]func(in *Received){
		"ttl":          func(in *Received) { in.Header.TTL = 254 },
		"version":      func(in *Received) { in.Payload[0] = 0x41 },
		"type":         func(in *Received) { in.Payload[0] = 0x32 },
		"length":       func(in *Received) { in.Payload = in.Payload[:11] },
		"no-addresses": func(in *Received) { in.Payload[3] = 0 },
		"checksum":     func(in *Received) { in.Payload[2]-- },
	} {
		for _, s := range []*stage{backup(t, router4()), active(t, router4())} {
			before := s.deadline
			in := advertOf(s.plan.Routers[0], 255)
			in.Payload = slices.Clone(in.Payload)
			spoil(&in)
			effects := s.hears("eth0", in)
			if len(effects) > 0 || s.deadline != before || s.node.Dropped()[reason] != 1 {
				t.Errorf("%s: did %v, dropped %v, the timer moved from %v to %v", reason, effects, s.node.Dropped(), before, s.deadline)
			}
		}
	}
}

// We depart: section 7.1 has an owner discard whatever it hears (a SHOULD since
// erratum 8298). Two hosts that both say 255 would both stay Active, so that the
// election of section 6.4.3 decides between them, as in keepalived.
func Test_7_1_OwnersAreElectedToo(t *testing.T) {
	owner := func(r *plan.Router) { r.Priority, r.Addresses = plan.Owner, []plan.Address{{Prefix: "10.0.0.5/24"}} }
	s := active(t, router4(owner))
	s.hears("eth0", advertOf(s.plan.Routers[0], 254))
	if s.state() != vrrp.Active {
		t.Error("an owner gave way to 254")
	}
	s.hears("eth0", advertOf(s.plan.Routers[0], 255)) // of 10.0.0.6, the greater address
	if s.state() != vrrp.Backup {
		t.Error("an owner did not give way to another of a greater address")
	}
}

func Test_7_2_FieldsAreThoseOfTheRouter(t *testing.T) {
	s := active(t, router4(func(r *plan.Router) {
		r.VRID, r.Priority, r.AdvertInterval = 77, 200, 2500
		r.Addresses = []plan.Address{{Prefix: "10.0.0.101/24"}, {Prefix: "10.0.0.100/25"}, {Prefix: "10.0.0.102/24", Hidden: true}}
	}))
	got, _ := s.sent()
	want := packet.Advert{
		Version: 3, VRID: 77, Priority: 200, Interval: millis(2500),
		Addresses: []netip.Addr{addr("10.0.0.101"), addr("10.0.0.100")}, // in order, without the hidden one
	}
	if !same(got, want) {
		t.Errorf("sent %+v, want %+v", got, want)
	}
}

func Test_RFC3768_7_2_AuthenticationIsTheRouters(t *testing.T) {
	s := active(t, router4(version2, func(r *plan.Router) { r.Auth = &plan.Auth{Type: "pass", Secret: "s3cret"} }))
	if got, _ := s.sent(); got.Version != 2 || got.Auth != packet.Password("s3cret") {
		t.Errorf("sent version %d with %v", got.Version, got.Auth)
	}
	s = active(t, router4(version2))
	if got, _ := s.sent(); got.Auth != (packet.Auth{}) {
		t.Errorf("without a password, sent %v", got.Auth)
	}
}

// The form is the plan's, and by default not the RFC's: docs/decisions/0002.
func Test_7_2_Checksum(t *testing.T) {
	for said, form := range map[plan.Checksum]packet.Checksum{plan.RFC9568: packet.RFC9568, plan.PseudoHeader: packet.PseudoHeader} {
		s := active(t, router4(func(r *plan.Router) { r.Checksum = said }))
		a, e := s.sent()
		want, err := a.Append(nil, e.Source, e.Destination, form)
		if err != nil || !bytes.Equal(e.Payload, want) {
			t.Errorf("%s: sent %x, want %x, %v", said, e.Payload, want, err)
		}
	}
}

// In unicast the checksum covers the peer's own address.
func Test_7_2_ChecksumOfEachPeer(t *testing.T) {
	s := active(t, router4(func(r *plan.Router) {
		r.Group, r.Source, r.Peers = "", "10.0.0.5", []string{"10.0.0.6", "10.0.0.7"}
	}))
	sends := only[*Send](s.last)
	if len(sends) != 2 || sends[0].Destination != addr("10.0.0.6") || sends[1].Destination != addr("10.0.0.7") {
		t.Fatalf("sent %v", sends)
	}
	if bytes.Equal(sends[0].Payload, sends[1].Payload) {
		t.Error("both peers got the same checksum")
	}
	for _, e := range sends {
		if _, err := packet.Parse(e.Payload, packet.Header{Source: e.Source, Destination: e.Destination, TTL: 255}); err != nil {
			t.Errorf("to %v: %v", e.Destination, err)
		}
	}
}

func Test_7_2_SourceIsThePrimaryIPv4Address(t *testing.T) {
	s := active(t, router4())
	if _, e := s.sent(); e.Source != addr("10.0.0.5") { // not 10.0.0.4, which is secondary
		t.Errorf("sent from %v", e.Source)
	}
}

// A Backup that stands in for an owner holds the owned address, and its kernel
// drops what comes from there: the owner's adverts come from elsewhere, when the
// host has another address.
func Test_7_2_SourceOfAnOwnerIsNotWhatItOwns(t *testing.T) {
	for owned, want := range map[string]string{"10.0.0.5/24": "10.0.0.4", "10.0.0.4/24": "10.0.0.5"} {
		s := active(t, router4(func(r *plan.Router) { r.Priority, r.Addresses = plan.Owner, []plan.Address{{Prefix: owned}} }))
		if _, e := s.sent(); e.Source != addr(want) {
			t.Errorf("the owner of %s sent from %v, want %s", owned, e.Source, want)
		}
	}
}

func Test_7_2_SourceIsTheLinkLocalAddress(t *testing.T) {
	s := active(t, router6())
	if _, e := s.sent(); e.Source != addr("fe80::5") { // not the virtual one, nor a global one
		t.Errorf("sent from %v", e.Source)
	}
}

func Test_7_2_DestinationIsTheGroup(t *testing.T) {
	for _, r := range []plan.Router{router4(), router6()} {
		s := active(t, r)
		want := map[plan.Family]netip.Addr{plan.IPv4: addr("224.0.0.18"), plan.IPv6: addr("ff02::12")}[r.Family]
		if _, e := s.sent(); e.Destination != want || e.Socket.Group != want || e.Socket.Interface != "eth0" {
			t.Errorf("sent to %v on %+v, want %v", e.Destination, e.Socket, want)
		}
	}
}

func Test_8_1_2_ActiveAnswersForItsAddresses(t *testing.T) {
	s := active(t, router4())
	if wishes := s.node.Wishes().Addresses; len(wishes) != 1 || wishes[0].Prefix.Addr() != addr("10.0.0.100") || wishes[0].Interface != "eth0" {
		t.Errorf("an Active router wishes %v", wishes)
	}
}

func Test_8_1_2_BackupNeitherAnswersNorAnnounces(t *testing.T) {
	for _, r := range []plan.Router{router4(), router6()} {
		s := backup(t, r)
		for range 5 {
			effects := s.hears("eth0", advertOf(r, 200))
			if len(s.node.Wishes().Addresses) > 0 || len(only[Announce](effects)) > 0 || len(only[*Send](effects)) > 0 {
				t.Errorf("%s: a Backup wishes %v and did %v", r.ID, s.node.Wishes(), effects)
			}
		}
	}
}

// A router that was Active is a Backup like any other: it takes its addresses
// off, and says nothing more.
func Test_8_1_2_FormerActiveAnswersNoLonger(t *testing.T) {
	for _, r := range []plan.Router{router4(), router6()} {
		s := active(t, r)
		effects := s.hears("eth0", advertOf(r, 200))
		if len(only[Converge](effects)) != 1 || len(s.node.Wishes().Addresses) > 0 || len(only[Announce](effects)) > 0 {
			t.Errorf("%s: wishes %v and did %v", r.ID, s.node.Wishes(), effects)
		}
	}
}

// One for each address, those that adverts do not list included.
func Test_8_1_2_ActiveSendsGratuitousARP(t *testing.T) {
	s := active(t, router4(func(r *plan.Router) {
		r.Addresses = []plan.Address{{Prefix: "10.0.0.100/24"}, {Prefix: "10.0.0.102/24", Hidden: true}}
	}))
	announces := only[Announce](s.last)
	if len(announces) != 2 {
		t.Fatalf("announced %v", announces)
	}
	for i, a := range []string{"10.0.0.100", "10.0.0.102"} {
		want := packet.AppendGratuitousARP(nil, mac, addr(a))
		if e := announces[i]; e.Address != addr(a) || e.Interface != "eth0" || e.Count != 5 || !bytes.Equal(e.Frame, want) {
			t.Errorf("announced %+v, want %s by %x", e, a, want)
		}
	}
}

// "delay gratuitous ARP messages [...] until both the IPv4 address and the
// Virtual Router MAC address are configured". That the address is really there
// is looked at by the shell.
func Test_8_1_2_NothingIsAnnouncedBeforeItIsConfigured(t *testing.T) {
	for _, r := range []plan.Router{router4(), router6()} {
		s := active(t, r)
		configured := slices.IndexFunc(s.last, func(e Effect) bool { _, ok := e.(Converge); return ok })
		announced := slices.IndexFunc(s.last, func(e Effect) bool { _, ok := e.(Announce); return ok })
		if configured < 0 || announced < configured {
			t.Errorf("%s: addresses are effect %d, announcements %d", r.ID, configured, announced)
		}
	}
	s := backup(t, router4())
	s.step(Links{Links: []Link{{Index: 2, Name: "eth0", Up: true, Running: true, Addresses: s.links[0].Addresses}}})
	s.timeout()
	if e := only[Announce](s.last); s.state() != vrrp.Active || len(e) > 0 {
		t.Errorf("an interface without a MAC: %v, announced %v", s.state(), e)
	}
}

// Section 8.2.2 and section 6.4.2: for each address, with Override and without
// Solicited. Router tells whether the interface forwards, where the RFC sets it:
// hosts would take one that does not forward for a router.
func Test_8_2_2_ActiveSendsUnsolicitedNeighbourAdvertisements(t *testing.T) {
	for _, forwards := range []bool{false, true} {
		s := stageOf(t, router6())
		s.links[0].Forwards6 = forwards
		s.start()
		s.timeout()
		announces := only[Announce](s.last)
		if len(announces) != 2 {
			t.Fatalf("announced %v", announces)
		}
		for i, a := range []string{"fe80::200:5eff:fe00:232", "2001:db8::100"} {
			want := packet.AppendUnsolicitedNA(nil, mac, addr(a), forwards)
			if e := announces[i]; e.Address != addr(a) || !bytes.Equal(e.Frame, want) {
				t.Errorf("announced %+v, want %s by %x", e, a, want)
			}
		}
	}
}

// Who announces an address has not been elected: adverts decide (section 6.4).
// Only a router that yields listens, to its successor: docs/decisions/0006.
func Test_8_2_OthersAnnouncementsDecideNothing(t *testing.T) {
	for _, s := range []*stage{backup(t, router4()), active(t, router4())} {
		state, before := s.state(), s.deadline
		effects := s.step(Announced{Interface: "eth0", Address: addr("10.0.0.100"), MAC: net.HardwareAddr{2, 0, 0, 0, 0, 9}})
		if len(effects) > 0 || s.state() != state || s.deadline != before {
			t.Errorf("%v: did %v and is %v", state, effects, s.state())
		}
	}
}
