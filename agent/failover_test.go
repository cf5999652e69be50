package agent_test

import (
	"testing"
	"time"

	"hactl/agent/netlab"
	"hactl/schemas/plan"
)

// pair starts two agents, lb01 preferred, and waits until lb01 is Active and
// lb02 Backup.
func pair(t *testing.T, change ...func(*plan.Router)) *cluster {
	t.Helper()
	c := newCluster(t, 2)
	c.publish("lb01", router(254, change...))
	c.publish("lb02", router(244, change...))
	c.start("lb01")
	c.awaitState("lb01", "active")
	c.start("lb02")
	c.awaitState("lb02", "backup")
	return c
}

// activeDown is the Active_Down_Interval of a router, RFC 9568 section 6.1.
func activeDown(r plan.Router) time.Duration {
	interval := time.Duration(r.AdvertInterval) * time.Millisecond
	return 3*interval + time.Duration(256-r.Priority)*interval/256
}

// answeredBy waits until the client is answered by host, and returns what it saw
// so far.
func (c *cluster) answeredBy(p *netlab.Probe, host string) netlab.Report {
	c.t.Helper()
	c.await("an answer of "+host, func() bool { return p.Report().Responder() == host })
	return p.Report()
}

// oneOwner fails unless host alone, of those that still have their cable,
// holds the address.
func (c *cluster) oneOwner(host string, dead ...string) {
	c.t.Helper()
	c.await(host+" to hold the address alone", func() bool {
		for name := range c.hosts {
			if c.holds(name, "10.0.0.100") != (name == host) && !contains(dead, name) {
				return false
			}
		}
		return true
	})
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// A leaving Active router lets its successor take over first: no reply is lost.
func TestKernelSIGTERM(t *testing.T) {
	t.Parallel()
	c := pair(t)
	p := c.probe("10.0.0.100", "lb01")
	c.terminate("lb01")
	c.answeredBy(p, "lb02")
	lossless(t, p.Stop(), 1)
	c.oneOwner("lb02")
	c.peaceful()
}

// A host that dies is missed for one Active_Down_Interval, and the address comes
// back to the preferred host when that does.
func TestKernelHostDies(t *testing.T) {
	t.Parallel()
	c := pair(t, fast)
	p := c.probe("10.0.0.100", "lb01")
	c.must(c.hosts["lb01"].Unplug("eth0"))
	c.kill("lb01")
	c.answeredBy(p, "lb02")
	c.oneOwner("lb02", "lb01")

	c.start("lb01")
	c.awaitState("lb01", "initialize")
	c.must(c.hosts["lb01"].Plug("eth0"))
	c.answeredBy(p, "lb01")
	c.oneOwner("lb01")
	r := p.Stop()
	t.Logf("host dies and returns:\n%v", r)
	bounded(t, "death and return", r, activeDown(router(244, fast)))
}

// An agent that is killed leaves the address behind; the one that follows it
// recognises it as its own, and holds it only when it is Active.
func TestKernelAgentKilled(t *testing.T) {
	t.Parallel()
	c := pair(t, fast)
	c.kill("lb01")
	c.awaitState("lb02", "active")
	c.start("lb01")
	c.awaitState("lb01", "active")
	c.awaitState("lb02", "backup")
	c.oneOwner("lb01")
}

// A link that goes down is given up at once.
func TestKernelLinkDown(t *testing.T) {
	t.Parallel()
	c := pair(t, fast)
	p := c.probe("10.0.0.100", "lb01")
	c.must(c.hosts["lb01"].LinkDown("eth0"))
	c.awaitState("lb01", "initialize")
	c.answeredBy(p, "lb02")
	c.oneOwner("lb02")
	c.must(c.hosts["lb01"].LinkUp("eth0"))
	c.answeredBy(p, "lb01")
	c.oneOwner("lb01")
	bounded(t, "link down and up", p.Stop(), activeDown(router(244, fast)))
	c.peaceful()
}

// An interface that is deleted and made again is taken up again.
func TestKernelInterfaceReturns(t *testing.T) {
	t.Parallel()
	c := pair(t, fast)
	c.must(c.hosts["lb01"].DeleteLink("eth0"))
	c.awaitState("lb01", "initialize")
	c.awaitState("lb02", "active")
	c.must(c.hosts["lb01"].Connect(c.bridge, "eth0", "10.0.0.5/24"))
	c.awaitState("lb01", "active")
	c.oneOwner("lb01")
}

// Under "never" the address stays where it is when the preferred host returns.
func TestKernelPreemptionNever(t *testing.T) {
	t.Parallel()
	never := func(r *plan.Router) { r.Preemption.Mode = plan.Never }
	c := pair(t, fast, never)
	c.terminate("lb01")
	c.awaitState("lb02", "active")
	p := c.probe("10.0.0.100", "lb02")
	c.start("lb01")
	c.awaitState("lb01", "backup")
	c.await("lb01 to have heard 20 adverts", func() bool { return c.received("lb01") >= 20 })
	if s := c.state("lb01", "web/public/ipv4"); s != "backup" {
		t.Errorf("lb01 is %s, though it may not preempt", s)
	}
	unnoticed(t, p.Stop())
	c.oneOwner("lb02")
	c.peaceful()
}

// Under "delayed" it returns after the delay, not before.
func TestKernelPreemptionDelayed(t *testing.T) {
	t.Parallel()
	delay := 1500 * time.Millisecond
	c := pair(t, fast, func(r *plan.Router) {
		r.Preemption = plan.Preemption{Mode: plan.Delayed, Delay: int(delay / time.Millisecond)}
	})
	c.terminate("lb01")
	c.awaitState("lb02", "active")
	p := c.probe("10.0.0.100", "lb02")
	c.start("lb01")
	c.awaitState("lb01", "backup")
	began := c.status("lb01").Routers[0].Since
	c.awaitState("lb01", "active")
	if took := c.status("lb01").Routers[0].Since.Sub(began); took < delay {
		t.Errorf("lb01 took the address back after %v, before the delay of %v", took, delay)
	}
	c.answeredBy(p, "lb01")
	lossless(t, p.Stop(), 1)
	c.oneOwner("lb01")
	c.peaceful()
}

// Of three hosts the better one of the two that are left takes over.
func TestKernelThreeHosts(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3)
	for host, priority := range map[string]int{"lb01": 254, "lb02": 244, "lb03": 234} {
		c.publish(host, router(priority, fast))
		c.start(host)
	}
	c.awaitState("lb01", "active")
	p := c.probe("10.0.0.100", "lb01")
	c.must(c.hosts["lb01"].Unplug("eth0"))
	c.answeredBy(p, "lb02")
	c.terminate("lb02")
	r := c.answeredBy(p, "lb03")
	c.oneOwner("lb03", "lb01")
	for _, turn := range r.Turns {
		if turn.Host == "lb03" && turn.First < r.Turns[len(r.Turns)-1].First {
			t.Errorf("lb03 answered out of turn:\n%v", r)
		}
	}
	c.peaceful()
}

// Both families move, each with its own election.
func TestKernelDualStack(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2)
	for host, priority := range map[string]int{"lb01": 254, "lb02": 244} {
		c.publish(host, router(priority, fast), router(priority, fast, ipv6))
		c.start(host)
	}
	c.await("lb01 to be Active for IPv6", func() bool { return c.state("lb01", "web/public/ipv6") == "active" })
	c.awaitState("lb01", "active")
	p4, p6 := c.probe("10.0.0.100", "lb01"), c.probe("2001:db8::100", "lb01")
	c.terminate("lb01")
	c.answeredBy(p4, "lb02")
	c.answeredBy(p6, "lb02")
	lossless(t, p4.Stop(), 1)
	lossless(t, p6.Stop(), 1)
}

// received returns how many adverts the router of a host has accepted.
func (c *cluster) received(host string) uint64 {
	s := c.status(host)
	if s == nil || len(s.Routers) == 0 {
		return 0
	}
	return s.Routers[0].Received
}

// Two hosts that cannot hear each other are both Active. When they can again,
// one gives way, and clients find the other at once, whoever they believed.
func TestKernelSplitHeals(t *testing.T) {
	t.Parallel()
	c := pair(t, fast)
	isolate := func(on bool) {
		for _, h := range []string{"lb01", "lb02"} {
			c.must(c.hosts[h].Isolate("eth0", on))
		}
	}
	p := c.probe("10.0.0.100", "lb01")
	isolate(true)
	c.awaitState("lb02", "active")
	c.answeredBy(p, "lb02") // who announced last
	isolate(false)
	c.awaitState("lb02", "backup")
	c.answeredBy(p, "lb01")
	c.oneOwner("lb01")
	r := p.Stop()
	bounded(t, "a split that heals", r, activeDown(router(254, fast)))
	t.Logf("a split that heals:\n%v", r)
}
