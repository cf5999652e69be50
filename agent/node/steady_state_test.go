package node

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"hactl/agent/packet"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// many is how many routers the tests of the hot path have.
const many = 255

// crowded returns a node with many routers on one link, that has been running
// for long enough to be Active.
func crowded(t testing.TB) (*Node, vrrp.Instant) {
	return crowdedOf(t, many, 1000)
}

// crowdedOf is crowded of so many routers with an interval in milliseconds.
func crowdedOf(t testing.TB, many, interval int) (*Node, vrrp.Instant) {
	t.Helper()
	p := &plan.Plan{Host: "lb01"}
	for i := range many {
		p.Routers = append(p.Routers, router4(func(r *plan.Router) {
			r.ID, r.Vip, r.VRID = fmt.Sprintf("web/v%04d/ipv4", i+1), fmt.Sprintf("web/v%04d", i+1), i%255+1
			r.Interface = fmt.Sprintf("eth%d", i/255)
			r.AdvertInterval = interval
			r.Addresses = []plan.Address{{Prefix: fmt.Sprintf("10.%d.1.%d/16", i/255, i%255+1)}}
		}))
	}
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	n := New()
	var links []Link
	for i := range (many + 254) / 255 {
		links = append(links, Link{
			Index: 2 + i, Name: fmt.Sprintf("eth%d", i), MAC: mac, MTU: 1500, Up: true, Running: true,
			Addresses: []Assigned{{Prefix: netip.MustParsePrefix(fmt.Sprintf("10.%d.0.5/16", i))}},
		})
	}
	n.Step(1, Links{Links: links})
	n.Step(1, Plan{Plan: p})
	now := vrrp.Instant(1)
	for res := n.Step(now, Sockets{Open: n.Sockets()}); now < vrrp.Instant(10*time.Second); res = n.Step(now, Timeout{}) {
		now = res.Deadline
	}
	return n, now
}

// An advert that is sent costs no memory.
func TestSendingCostsNoMemory(t *testing.T) {
	n, now := crowded(t)
	sent := 0
	cost := testing.AllocsPerRun(20, func() {
		res := n.Step(now, Timeout{})
		sent += len(res.Effects)
		now = res.Deadline
	})
	if cost > 0 || sent < 2*many {
		t.Errorf("%d adverts sent in 21 steps, %v allocations in each", sent, cost)
	}
}

// Nor does one that is received.
func TestReceivingCostsNoMemory(t *testing.T) {
	n, now := crowded(t)
	from, group := netip.MustParseAddr("10.0.0.6"), netip.MustParseAddr("224.0.0.18")
	var ins []Input
	for i := range many {
		a := packet.Advert{
			Version: 3, VRID: uint8(i + 1), Priority: 254, Interval: time.Second,
			Addresses: []netip.Addr{netip.MustParseAddr(fmt.Sprintf("10.0.1.%d", i+1))},
		}
		payload, err := a.Append(nil, from, group, packet.PseudoHeader)
		if err != nil {
			t.Fatal(err)
		}
		ins = append(ins, &Received{Socket: n.Sockets()[0], Header: packet.Header{Source: from, Destination: group, TTL: 255}, Payload: payload})
	}
	for range 5 { // what is new in them, or conflicts with the plan, is told first
		n.Step(now, ins...)
	}
	cost := testing.AllocsPerRun(20, func() {
		now += 1000
		n.Step(now, ins...)
	})
	if cost > 0 {
		t.Errorf("%v allocations for %d adverts", cost, many)
	}
	if r := n.all()[0]; r.machine.State() != vrrp.Backup {
		t.Errorf("the first router is %v, want Backup", r.machine.State())
	}
}
