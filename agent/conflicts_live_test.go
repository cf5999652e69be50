package agent_test

import (
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"hactl/agent/netlab"
	"hactl/agent/packet"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// known gives the members' addresses, as the compiler does.
func known(r *plan.Router) {
	r.Neighbours[0].Host, r.Neighbours[0].Address = "lb02", "10.0.0.6"
	if r.Priority < 254 {
		r.Neighbours[0].Host, r.Neighbours[0].Address = "lb01", "10.0.0.5"
	}
}

// conflict returns a conflict that the first router of a host reports; nil when it
// reports none of the kind and peer.
func (c *cluster) conflict(host, kind, peer string) *status.Conflict {
	s := c.status(host)
	if s == nil || len(s.Routers) == 0 {
		return nil
	}
	for _, x := range s.Routers[0].Conflicts {
		if x.Kind == kind && x.Peer == peer {
			return &x
		}
	}
	return nil
}

// awaitConflict waits for a conflict, whose words say what to look at.
func (c *cluster) awaitConflict(host, kind, peer, words string) {
	c.t.Helper()
	c.await(host+" to report "+kind+" of "+peer+": "+words, func() bool {
		x := c.conflict(host, kind, peer)
		return x != nil && strings.Contains(x.Words, words)
	})
}

// peaceful demands that no agent has named a conflict: ordinary moves are none. A host
// that stood still for too long in one has made it a contest, or has not taken over.
func (c *cluster) peaceful() {
	c.t.Helper()
	var named []string
	for host := range c.agents {
		log, err := os.ReadFile(c.logFile(host))
		c.must(err)
		for line := range strings.Lines(string(log)) {
			if strings.Contains(line, "msg=conflict ") {
				named = append(named, host+": "+line)
			}
		}
	}
	busy := slices.ContainsFunc(named, func(line string) bool {
		return strings.Contains(line, "kind="+status.TwoActive) || strings.Contains(line, "kind="+status.Unheard)
	})
	switch {
	case busy:
		c.t.Logf("the machine was busy, and there were conflicts:\n%s", strings.Join(named, ""))
	case len(named) > 0:
		c.t.Errorf("conflicts are named:\n%s", strings.Join(named, ""))
	}
}

// A station says once that it has the address, and does not answer for it. Neighbours
// believe it, until the Active router has contradicted: at once, not when their caches
// forget.
func TestKernelClaimIsContradicted(t *testing.T) {
	t.Parallel()
	c := pair(t, fast, known)
	stranger := c.host("stranger", "10.0.0.66/24")
	p := c.probe("10.0.0.100", "lb01")
	since := c.status("lb01").Routers[0].Sent
	c.await("the moment to pass in which a claim may be right", func() bool { return c.status("lb01").Routers[0].Sent > since+20 })
	vip, station := netip.MustParseAddr("10.0.0.100"), net.HardwareAddr{2, 7, 7, 7, 7, 7}
	out := c.out(stranger)
	defer out.Close()
	c.must(out.Send(packet.AppendGratuitousARP(nil, station, vip)))
	c.awaitConflict("lb01", status.DuplicateAddress, station.String(), "10.0.0.100")
	sent := c.status("lb01").Routers[0].Sent
	c.await("two seconds to pass", func() bool { return c.status("lb01").Routers[0].Sent > sent+20 })
	bounded(t, "a false claim", p.Stop(), 0)
}

// mac returns the MAC of eth0 of a host.
func mac(c *cluster, h *netlab.Host) (address string) {
	c.t.Helper()
	c.must(h.Do(func() error {
		ifi, err := net.InterfaceByName("eth0")
		if err == nil {
			address = ifi.HardwareAddr.String()
		}
		return err
	}))
	return address
}

// A host that has the address in its configuration, and says nothing of it, is found
// by asking.
func TestKernelDuplicateAddressIsNamed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, vip string
		change    []func(*plan.Router)
	}{
		{"IPv4", "10.0.0.100/24", nil},
		{"IPv6", "2001:db8::100/64", []func(*plan.Router){ipv6}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, 1)
			r := router(254, append(test.change, fast)...)
			r.Announce.Refresh = 1000
			c.publish("lb01", r)
			c.start("lb01")
			c.routerState("lb01", r.ID, "active")
			intruder := c.host("intruder", "10.0.0.77/24", "2001:db8::77/64")
			addr := netip.MustParsePrefix(test.vip)
			c.must(intruder.AddAddress("eth0", test.vip))
			c.awaitConflict("lb01", status.DuplicateAddress, mac(c, intruder), addr.Addr().String())
			if s := c.status("lb01").Routers[0]; s.Contradicted[status.DuplicateAddress] == 0 || s.Transitions != 2 {
				t.Errorf("counted %v, after %d transitions", s.Contradicted, s.Transitions)
			}
		})
	}
}

// A split is named by the winner as soon as it heals, and by nobody in a cluster that
// moves as it should.
func TestKernelSplitIsNamed(t *testing.T) {
	t.Parallel()
	c := pair(t, fast, known)
	p := c.probe("10.0.0.100", "lb01")
	c.terminate("lb01")
	c.answeredBy(p, "lb02")
	c.start("lb01")
	c.answeredBy(p, "lb01")
	c.awaitState("lb02", "backup")
	p.Stop()
	for _, host := range []string{"lb01", "lb02"} {
		if x := c.status(host).Routers[0].Conflicts; len(x) > 0 {
			t.Fatalf("%s reports %v after moves that were in order", host, x)
		}
	}
	isolate := func(on bool) {
		for _, h := range []string{"lb01", "lb02"} {
			c.must(c.hosts[h].Isolate("eth0", on))
		}
	}
	isolate(true)
	c.awaitState("lb02", "active")
	sent := c.status("lb01").Routers[0].Sent
	c.await("lb01 to have been Active for long", func() bool { return c.status("lb01").Routers[0].Sent > sent+12 })
	isolate(false)
	c.awaitConflict("lb01", status.TwoActive, "10.0.0.6", "lb02")
	c.awaitState("lb02", "backup")
	if x := c.conflict("lb02", status.TwoActive, "10.0.0.5"); x != nil {
		t.Errorf("lb02, which gave way, reports %v", x)
	}
}
