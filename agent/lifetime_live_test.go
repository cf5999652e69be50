package agent_test

import (
	"syscall"
	"testing"
	"time"

	"hactl/schemas/plan"
)

// kernelLate is by how much the kernel is late to remove an address, at most.
const kernelLate = 700 * time.Millisecond

// dual gives both hosts routers of both families, and returns when lb01 has the
// addresses.
func dual(t *testing.T, change ...func(*plan.Router)) *cluster {
	t.Helper()
	c := newCluster(t, 2)
	for host, priority := range map[string]int{"lb01": 254, "lb02": 244} {
		six := func(r *plan.Router) {
			r.ID, r.Family, r.Group = "web/public/ipv6", plan.IPv6, "ff02::12"
			r.Addresses = []plan.Address{{Prefix: "fe80::200:5eff:fe00:232/128"}, {Prefix: "2001:db8::100/64"}}
		}
		c.publish(host, router(priority, change...), router(priority, append(change, six)...))
	}
	c.start("lb01")
	c.await("lb01 to have both", func() bool { return c.holds("lb01", "10.0.0.100") && c.holds("lb01", "2001:db8::100") })
	c.start("lb02")
	c.awaitState("lb02", "backup")
	return c
}

// gone waits until a host has none of the addresses of dual, and fails when that
// takes longer than addresses live.
func (c *cluster) gone(host string, lifetime time.Duration) {
	c.t.Helper()
	since := time.Now()
	c.await("the addresses of "+host+" to go", func() bool { return !c.holds(host, "10.0.0.100") && !c.holds(host, "2001:db8::100") })
	if took := time.Since(since); took > lifetime+kernelLate+leeway {
		c.t.Errorf("the addresses of %s are gone after %v, want %v at most", host, took, lifetime+kernelLate)
	}
}

// An agent that is killed takes its addresses with it, and nobody else's.
func TestLifetimeAfterKill(t *testing.T) {
	t.Parallel()
	c := dual(t, fast)
	c.must(c.hosts["lb01"].AddAddress("eth0", "10.0.0.99/32"))
	c.kill("lb01")
	c.gone("lb01", 2*time.Second)
	if !c.holds("lb01", "10.0.0.99") || !c.holds("lb01", "10.0.0.5") {
		t.Error("an address of the host has gone, too")
	}
	if !c.holds("lb02", "10.0.0.100") || !c.holds("lb02", "2001:db8::100") {
		t.Error("lb02 has not taken over")
	}
}

// At 1 s adverts they last for 3 s.
func TestLifetimeAfterKillAtOneSecond(t *testing.T) {
	t.Parallel()
	c := dual(t)
	c.kill("lb01")
	c.gone("lb01", 3*time.Second)
}

// An agent that is stopped does, too, and puts nothing back when it goes on
// while another one is Active.
func TestLifetimeAfterStop(t *testing.T) {
	t.Parallel()
	c := dual(t, fast, func(r *plan.Router) { r.Preemption.Mode = plan.Never })
	c.must(c.agents["lb01"].Signal(syscall.SIGSTOP))
	c.gone("lb01", 2*time.Second)
	c.must(c.agents["lb01"].Signal(syscall.SIGCONT))
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); <-time.After(time.Millisecond) {
		if c.holds("lb01", "10.0.0.100") || c.holds("lb01", "2001:db8::100") {
			t.Fatal("lb01 has an address again, that lb02 has")
		}
	}
	c.awaitState("lb01", "backup")
	c.awaitState("lb02", "active")
}

// A plan can keep the addresses when the agent is gone, as it does where there is
// no other host; and a new plan changes that in place.
func TestLifetimeByPlan(t *testing.T) {
	t.Parallel()
	keep := func(r *plan.Router) { r.OnAgentLoss = plan.Keep }
	c := newCluster(t, 1)
	c.publish("lb01", router(254, fast))
	c.start("lb01")
	c.await("lb01 to be Active", func() bool { return c.holds("lb01", "10.0.0.100") })
	p := c.probe("10.0.0.100", "lb01")
	if got := c.status("lb01").Routers[0]; got.Lifetime != 2 || got.LifetimeReason != "" {
		t.Errorf("the report says %d s: %s", got.Lifetime, got.LifetimeReason)
	}
	hash := c.publish("lb01", router(254, fast, keep)).Hash
	c.await("lb01 to follow", func() bool { return c.status("lb01").Plan.Hash == hash })
	if got := c.status("lb01").Routers[0]; got.Lifetime != 0 || got.LifetimeReason == "" {
		t.Errorf("the report says %d s: %s", got.Lifetime, got.LifetimeReason)
	}
	c.kill("lb01")
	for end := time.Now().Add(3500 * time.Millisecond); time.Now().Before(end); <-time.After(50 * time.Millisecond) {
		if !c.holds("lb01", "10.0.0.100") {
			t.Fatal("the address has gone with the agent")
		}
	}
	unnoticed(t, p.Report())
}

// An owner's address is its host's, whatever becomes of the agent.
func TestLifetimeOfAnOwner(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	c.must(c.hosts["lb01"].AddAddress("eth0", "10.0.0.100/24"))
	c.publish("lb01", router(plan.Owner, fast))
	c.start("lb01")
	c.awaitState("lb01", "active")
	c.kill("lb01")
	for end := time.Now().Add(3500 * time.Millisecond); time.Now().Before(end); <-time.After(50 * time.Millisecond) {
		if !c.holds("lb01", "10.0.0.100") {
			t.Fatal("the host has lost its own address")
		}
	}
}
