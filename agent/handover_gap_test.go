package agent_test

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"hactl/agent/socket"
	"hactl/schemas/plan"
)

// ear hears the adverts of one host on the segment.
type ear struct {
	mu      sync.Mutex
	last    time.Time
	longest time.Duration // between two adverts since it was last asked
}

// listen lets the client hear the adverts of a station.
func (c *cluster) listen(station string) *ear {
	c.t.Helper()
	e, from := &ear{}, netip.MustParseAddr(station)
	var conn *socket.Conn
	c.must(c.client.Do(func() error {
		ifi, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		conn, err = socket.Listen(socket.Interface{Name: ifi.Name, Index: ifi.Index}, 4, []netip.Addr{netip.MustParseAddr("224.0.0.18")})
		return err
	}))
	c.t.Cleanup(func() { conn.Close() })
	go func() {
		_ = conn.Receive(func(r socket.Received) {
			if r.Source == from {
				e.heard(time.Now().Add(-r.Age))
			}
		})
	}()
	return e
}

func (e *ear) heard(at time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.last.IsZero() {
		e.longest = max(e.longest, at.Sub(e.last))
	}
	e.last = at
}

// gap returns the longest time between two adverts since the last call.
func (e *ear) gap() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer func() { e.longest = 0 }()
	return e.longest
}

// Across a hand-over the adverts on the wire are never so far apart that a Backup
// takes over, from 100 ms on. Adverts every 10 ms are too close for any promise; what
// becomes of them is told, and in the end one host has the address.
func TestKernelHandOverGap(t *testing.T) {
	for _, interval := range []int{100, 10} {
		c := replaceable(t, func(r *plan.Router) { r.AdvertInterval = interval })
		e, p := c.listen("10.0.0.5"), c.probe("10.0.0.100", "lb01")
		before := c.status("lb02").Routers[0].Transitions
		var gaps []time.Duration
		for range 5 {
			sent := c.status("lb01").Routers[0].Sent
			c.await("two adverts", func() bool { return c.status("lb01").Routers[0].Sent >= sent+2 })
			e.gap()
			now := c.handOver("lb01", next(c.status("lb01").Version)).Routers[0].Sent
			c.await("two more", func() bool { s := c.status("lb01"); return s != nil && s.Routers[0].Sent >= now+2 })
			gaps = append(gaps, e.gap().Round(100*time.Microsecond))
		}
		slices.Sort(gaps)
		c.await("lb01 to have the address", func() bool { return c.state("lb01", "web/public/ipv4") == "active" })
		c.oneOwner("lb01")
		moves, r := c.status("lb02").Routers[0].Transitions-before, p.Stop()
		t.Logf("adverts every %d ms: over 5 hand-overs at most %v apart (median), %v (longest); %d transitions of the neighbour, %d replies lost",
			interval, gaps[2], gaps[4], moves, r.Lost)
		if interval >= 100 && (moves > 0 && !stood(t, r) || r.Lost > 0 && !heldUp(t, r, 0)) {
			t.Errorf("somebody noticed:\n%v", r)
		}
	}
}
