package node

import (
	"net"
	"net/netip"
	"slices"
	"testing"

	"hactl/agent/packet"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

var mac = net.HardwareAddr{2, 0, 0, 0, 0, 1}

// stage is a node with one router on eth0.
type stage struct {
	t        *testing.T
	node     *Node
	plan     *plan.Plan
	links    []Link
	now      vrrp.Instant
	deadline vrrp.Instant
	last     []Effect // of the last step
}

// stageOf returns one that has not begun.
func stageOf(t *testing.T, r plan.Router) *stage {
	t.Helper()
	s := &stage{t: t, node: New(), plan: &plan.Plan{Host: "lb01", Routers: []plan.Router{r}}}
	if err := s.plan.Validate(); err != nil {
		t.Fatal(err)
	}
	s.links = []Link{
		{Index: 2, Name: "eth0", MAC: mac, MTU: 1500, Up: true, Running: true, Addresses: []Assigned{
			{Prefix: netip.MustParsePrefix("10.0.0.4/24"), Secondary: true},
			{Prefix: netip.MustParsePrefix("10.0.0.5/24")},
			{Prefix: netip.MustParsePrefix("2001:db8::5/64")},
			{Prefix: netip.MustParsePrefix("fe80::1:5/64"), Ours: true},
			{Prefix: netip.MustParsePrefix("fe80::5/64")},
		}},
		{Index: 3, Name: "eth1", MAC: mac, MTU: 1500, Up: true, Running: true},
	}
	return s
}

// start gives the node all that the router needs.
func (s *stage) start() {
	s.step(Links{Links: s.links})
	s.step(Plan{Plan: s.plan})
	s.step(Sockets{Open: s.node.Sockets()})
}

// backup returns a stage whose router is Backup.
func backup(t *testing.T, r plan.Router) *stage {
	t.Helper()
	s := stageOf(t, r)
	s.start()
	if s.state() != vrrp.Backup {
		t.Fatalf("the router is %v", s.state())
	}
	return s
}

// active returns a stage whose router has just become Active.
func active(t *testing.T, r plan.Router) *stage {
	t.Helper()
	s := stageOf(t, r)
	s.start()
	if r.Priority != plan.Owner {
		s.timeout()
	}
	if s.state() != vrrp.Active {
		t.Fatalf("the router is %v", s.state())
	}
	return s
}

// step tells the node one input.
func (s *stage) step(in Input) []Effect {
	res := s.node.Step(s.now, in)
	s.last, s.deadline = res.Effects, res.Deadline
	return res.Effects
}

// timeout lets the next timer fire.
func (s *stage) timeout() {
	s.now = s.deadline
	s.step(Timeout{})
}

// hears lets a packet arrive on an interface.
func (s *stage) hears(link string, in Received) []Effect {
	for _, l := range s.links {
		if l.Name == link {
			in.Socket.Interface, in.Socket.Index = l.Name, l.Index
		}
	}
	return s.step(in)
}

// state is the router's.
func (s *stage) state() vrrp.State { return s.node.all()[0].machine.State() }

// sent returns the one advert of the last step.
func (s *stage) sent() (packet.Advert, *Send) {
	s.t.Helper()
	sends := only[*Send](s.last)
	if len(sends) != 1 {
		s.t.Fatalf("sent %v, want one advert", sends)
	}
	e := sends[0]
	a, err := packet.Parse(e.Payload, packet.Header{Source: e.Source, Destination: e.Destination, TTL: 255})
	if err != nil {
		s.t.Fatal(err)
	}
	return a, e
}

// only returns the effects of one kind.
func only[E Effect](effects []Effect) []E {
	var all []E
	for _, e := range effects {
		if e, ok := e.(E); ok {
			all = append(all, e)
		}
	}
	return all
}

// same compares two adverts.
func same(a, b packet.Advert) bool {
	equal := slices.Equal(a.Addresses, b.Addresses)
	return equal && a.Version == b.Version && a.VRID == b.VRID && a.Priority == b.Priority && a.Interval == b.Interval && a.Auth == b.Auth
}

// router4 is a router of 10.0.0.100.
func router4(change ...func(*plan.Router)) plan.Router {
	r := plan.Router{
		ID: "web/public/ipv4", Vip: "web/public", Family: plan.IPv4, VRID: 50, Version: 3, Priority: 150,
		AdvertInterval: 1000, Interface: "eth0", Group: "224.0.0.18", Checksum: plan.PseudoHeader,
		Preemption: plan.Preemption{Mode: plan.Always}, Announce: plan.Announce{Burst: 5, Repeat: 5000},
		Addresses: []plan.Address{{Prefix: "10.0.0.100/24"}}, OnAgentLoss: plan.Keep,
	}
	for _, f := range change {
		f(&r)
	}
	return r
}

// router6 is a router of 2001:db8::100.
func router6(change ...func(*plan.Router)) plan.Router {
	return router4(append([]func(*plan.Router){func(r *plan.Router) {
		r.ID, r.Family, r.Group = "web/public/ipv6", plan.IPv6, "ff02::12"
		r.Addresses = []plan.Address{{Prefix: "fe80::200:5eff:fe00:232/128"}, {Prefix: "2001:db8::100/64"}}
	}}, change...)...)
}

func version2(r *plan.Router) { r.Version = 2 }

// advertOf is a multicast advert of a neighbour of r, 10.0.0.6 or fe80::6.
func advertOf(r plan.Router, priority uint8) Received {
	from, group := addr("10.0.0.6"), addr("224.0.0.18")
	if r.Family == plan.IPv6 {
		from, group = addr("fe80::6"), addr("ff02::12")
	}
	a := newRouter(&r, credentials{}, config(r)).advert(priority)
	payload, err := a.Append(nil, from, group, packet.PseudoHeader)
	if err != nil {
		panic(err)
	}
	return Received{
		Socket:  Socket{Family: r.Family, Group: group},
		Header:  packet.Header{Source: from, Destination: group, TTL: 255},
		Payload: payload,
	}
}

func addr(text string) netip.Addr { return netip.MustParseAddr(text) }

// check is a check of a file.
func check(name string, initial plan.Initial) plan.Check {
	return plan.Check{
		Name: name, Interval: 1000, Timeout: 1000, Fall: 1, Rise: 1, Initial: initial,
		File: &plan.FileProbe{Path: "/run/" + name, Expect: plan.Exists},
	}
}
