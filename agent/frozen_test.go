package agent_test

import (
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"hactl/agent/packet"
	"hactl/agent/socket"
)

// freeze stops the agent of a host, and returns what lets it go on.
func (c *cluster) freeze(host string) (thaw func()) {
	c.t.Helper()
	c.must(c.agents[host].Signal(syscall.SIGSTOP))
	return func() { c.must(c.agents[host].Signal(syscall.SIGCONT)) }
}

// An Active agent is frozen until its neighbour has taken over. When it goes on it
// finds the neighbour's adverts in its socket: it claims nothing, and the neighbour
// notices nothing.
func TestKernelFrozenWhileReplaced(t *testing.T) {
	t.Parallel()
	c := pair(t, fast, never)
	p := c.probe("10.0.0.100", "lb01")
	thaw := c.freeze("lb01")
	c.awaitState("lb02", "active")
	replaced := c.transitions("lb02")
	c.await("adverts to gather in the frozen socket", func() bool { return c.status("lb02").Routers[0].Sent >= 5 })

	heard := c.listens("10.0.0.5")
	thaw()
	c.awaitState("lb01", "backup")
	c.holders("eth0", "10.0.0.100", "lb02")
	if reason := c.status("lb01").Routers[0].Reason; reason != "slept" {
		t.Errorf("lb01 is Backup since it has %q, want slept", reason)
	}
	for _, a := range heard() {
		if a.Priority > 0 {
			t.Errorf("lb01 sent an advert of priority %d after it was replaced", a.Priority)
		}
	}
	if n := c.transitions("lb02"); n != replaced {
		t.Errorf("lb02 changed its state %d times more", n-replaced)
	}
	c.answeredBy(p, "lb02")
	bounded(t, "freeze and takeover", p.Stop(), activeDown(router(244, fast)))
}

// The only router that is there is frozen, for longer than another one would wait. It
// listens, and goes on with the addresses.
func TestKernelFrozenAlone(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	r := router(254, fast)
	c.publish("lb01", r)
	c.start("lb01")
	c.awaitState("lb01", "active")
	p := c.probe("10.0.0.100", "lb01")
	thaw := c.freeze("lb01")
	<-time.After(2 * activeDown(r))
	thaw()
	c.await("lb01 to be Active again", func() bool {
		s := c.status("lb01")
		return s != nil && s.Routers[0].State == "active" && !s.Routers[0].Yielding && s.Routers[0].Transitions >= 4
	})
	lossless(t, p.Stop(), 1)
}

// A freeze that is shorter than the neighbour waits is no event.
func TestKernelFrozenShortly(t *testing.T) {
	t.Parallel()
	c := pair(t)
	p := c.probe("10.0.0.100", "lb01")
	before := c.transitions("lb01") + c.transitions("lb02")
	thaw := c.freeze("lb01")
	<-time.After(activeDown(router(244)) / 3)
	thaw()
	sent := c.status("lb01").Routers[0].Sent
	c.await("two adverts more of lb01", func() bool { return c.status("lb01").Routers[0].Sent >= sent+2 })
	if after := c.transitions("lb01") + c.transitions("lb02"); after != before {
		t.Errorf("%d transitions", after-before)
	}
	lossless(t, p.Stop(), 1)
}

// transitions counts the changes of state of a host's first router.
func (c *cluster) transitions(host string) uint64 { return c.status(host).Routers[0].Transitions }

// listens begins to listen on the client for adverts from a source. What it returns
// ends that, and returns them.
func (c *cluster) listens(source string) func() []packet.Advert {
	c.t.Helper()
	var conn *socket.Conn
	c.must(c.client.Do(func() error {
		link, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		conn, err = socket.Listen(socket.Interface{Name: link.Name, Index: link.Index}, 4, []netip.Addr{vrrpGroup})
		return err
	}))
	return func() (heard []packet.Advert) {
		c.must(conn.Drain(func(r socket.Received) {
			a, err := packet.Parse(r.Payload, packet.Header{Source: r.Source, Destination: r.Destination, TTL: r.TTL})
			c.must(err)
			if r.Source == netip.MustParseAddr(source) {
				heard = append(heard, a)
			}
		}))
		c.must(conn.Close())
		return heard
	}
}
