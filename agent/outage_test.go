package agent_test

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"hactl/agent/packet"
	"hactl/agent/socket"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// An agent that is killed alone leaves the address where it is when the plan says
// so: the client is answered until the other host has taken over, and after it.
func TestKernelAgentKilledIsNotMissed(t *testing.T) {
	t.Parallel()
	c := pair(t, func(r *plan.Router) { r.OnAgentLoss = plan.Keep })
	p := c.probe("10.0.0.100", "lb01")
	c.kill("lb01")
	c.answeredBy(p, "lb02")
	c.holders("eth0", "10.0.0.100", "lb01", "lb02") // until an agent returns, or the host boots
	bounded(t, "kill -9 of the agent", p.Stop(), 0)
}

// Otherwise the address goes when the other host is about to take over: what is
// missed is what a round of refreshes makes of the lifetime, and its skew.
func TestKernelAgentKilledAndItsAddress(t *testing.T) {
	t.Parallel()
	c := pair(t)
	p := c.probe("10.0.0.100", "lb01")
	c.kill("lb01")
	c.answeredBy(p, "lb02")
	c.oneOwner("lb02")
	bounded(t, "kill -9 of the agent, whose addresses expire", p.Stop(), activeDown(router(244))-3*time.Second*3/4)
}

// An agent that is killed and started again in time listens for an interval,
// answers meanwhile, and goes on: no client and no neighbour notices.
func TestKernelAgentRestartsInTime(t *testing.T) {
	t.Parallel()
	c := pair(t)
	p := c.probe("10.0.0.100", "lb01")
	before := c.status("lb02").Routers[0].Transitions
	c.kill("lb01")
	c.start("lb01")
	c.await("lb01 to be Active and to send", func() bool {
		s := c.status("lb01")
		return s != nil && len(s.Routers) == 1 && s.Routers[0].State == status.Active && !s.Routers[0].Yielding && s.Routers[0].Sent > 2
	})
	if after := c.status("lb02").Routers[0].Transitions; after != before {
		t.Errorf("the restart made %d transitions of lb02", after-before)
	}
	c.oneOwner("lb01")
	unnoticed(t, p.Stop())
}

// Addresses of IPv6 change in place like those of IPv4.
func TestKernelIPv6ChangesInPlace(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2)
	const linkLocal, id = "fe80::200:5eff:fe00:232/128", "web/public/ipv6"
	list := func(prefixes ...string) func(*plan.Router) {
		return addresses(append([]string{linkLocal}, prefixes...)...)
	}
	publish := func(change func(*plan.Router)) {
		for host, priority := range map[string]int{"lb02": 244, "lb01": 254} {
			c.awaitStarted(host, c.publish(host, router(priority, fast, ipv6, change)))
		}
	}
	publish(list("2001:db8::100/64"))
	c.routerState("lb01", id, "active")
	c.routerState("lb02", id, "backup")
	p := c.probe("2001:db8::100", "lb01")
	before := c.status("lb01").Routers[0].Transitions
	for _, second := range []string{"2001:db8::101", "2001:db8::102"} {
		publish(list("2001:db8::100/64", second+"/64"))
		c.holders("eth0", second, "lb01")
		c.probe(second, "lb01").Stop()
	}
	c.holders("eth0", "2001:db8::101")
	publish(list("2001:db8::100/64"))
	c.holders("eth0", "2001:db8::102")
	c.holders("eth0", "2001:db8::100", "lb01")
	if after := c.status("lb01").Routers[0].Transitions; after != before {
		t.Errorf("lb01 made %d transitions", after-before)
	}
	unnoticed(t, p.Stop())
}

// awaitStarted waits until the agent of a host follows a plan; it is started
// when it does not run yet.
func (c *cluster) awaitStarted(host string, doc *plan.Document) {
	c.t.Helper()
	if c.agents[host] == nil {
		c.start(host)
	}
	c.awaitPlan(host, doc)
}

// An address that could not be had, since somebody else had put it there, is
// taken when that one is gone, and announced: neighbours may have another MAC.
func TestKernelRegainedIsAnnounced(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	h := c.hosts["lb01"]
	c.must(h.AddAddress("eth0", "10.0.0.101/24"))
	once := func(r *plan.Router) { r.Announce.Repeat = 0 }
	c.publish("lb01", router(254, fast, once, addresses("10.0.0.100/24", "10.0.0.101/24")))
	c.start("lb01")
	c.awaitState("lb01", "active")
	c.await("the foreign address to be named", func() bool {
		return c.status("lb01").Routers[0].Addresses[1].Problem == "foreign address"
	})
	heard := c.announcements("10.0.0.101")
	c.must(h.DelAddress("eth0", "10.0.0.101/24"))
	select {
	case <-heard:
	case <-time.After(patience):
		t.Fatal("the address is not announced")
	}
	c.await("no problem to be left", func() bool { return c.status("lb01").Routers[0].Addresses[1].Problem == "" })
	if !c.holds("lb01", "10.0.0.101") {
		t.Error("the address is announced, and not there")
	}
}

// announcements lets the client listen for announcements of an address.
func (c *cluster) announcements(address string) <-chan net.HardwareAddr {
	c.t.Helper()
	var listener *socket.Announcements
	c.must(c.client.Do(func() error {
		ifi, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		listener, err = socket.ListenAnnouncements(socket.Interface{Name: ifi.Name, Index: ifi.Index})
		return err
	}))
	c.t.Cleanup(func() { listener.Close() })
	heard := make(chan net.HardwareAddr, 1)
	go func() {
		_ = listener.Receive(func(frame []byte) {
			mac, addr, ok := packet.ParseAnnouncement(frame)
			if ok && addr == netip.MustParseAddr(address) {
				select {
				case heard <- mac:
				default:
				}
			}
		})
	}()
	return heard
}
