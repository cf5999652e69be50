package agent_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"hactl/agent/netlab"
	"hactl/schemas/plan"
)

// ipv6 makes a router that of 2001:db8::100.
func ipv6(r *plan.Router) {
	r.ID, r.Family, r.Group = "web/public/ipv6", plan.IPv6, "ff02::12"
	r.Addresses = []plan.Address{{Prefix: "fe80::200:5eff:fe00:232/128"}, {Prefix: "2001:db8::100/64"}}
}

// unicast makes a router speak to the other host of a pair alone.
func unicast(r *plan.Router) {
	prefix := map[plan.Family]string{plan.IPv4: "10.0.0.", plan.IPv6: "2001:db8::"}[r.Family]
	mine, other := prefix+"5", prefix+"6"
	if r.Priority < 254 {
		mine, other = other, mine
	}
	r.Group, r.Source, r.Peers = "", mine, []string{other}
}

// passVersion2 is version 2 with a password, which counts in whole seconds.
func passVersion2(r *plan.Router) {
	r.Version, r.AdvertInterval = 2, 1000
	r.Auth = &plan.Auth{Type: "pass", Secret: "s3cret"}
}

// routerState waits until one router of a host is in a state.
func (c *cluster) routerState(host, id, state string) {
	c.t.Helper()
	c.await(host+" to be "+state+" for "+id, func() bool { return c.state(host, id) == state })
}

// holders waits until these hosts, and no others, have an address on a link.
func (c *cluster) holders(link, address string, want ...string) {
	c.t.Helper()
	a := netip.MustParseAddr(address)
	c.await(address+" to be on exactly these hosts", func() bool {
		for name, h := range c.hosts {
			prefixes, err := h.Addresses(link)
			c.must(err)
			has := slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Addr() == a })
			if has != contains(want, name) {
				return false
			}
		}
		return true
	})
}

// However the two routers speak, the Backup hears the Active one, takes over when
// its host dies, and gives the address back.
func TestKernelTransports(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][]func(*plan.Router){
		"version 2 with PASS": {passVersion2},
		"unicast IPv4":        {fast, unicast},
		"unicast IPv6":        {fast, ipv6, unicast},
		"multicast IPv6":      {fast, ipv6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			best, second := router(254, change...), router(244, change...)
			c := newCluster(t, 2)
			c.publish("lb01", best)
			c.publish("lb02", second)
			c.start("lb01")
			c.routerState("lb01", best.ID, "active")
			c.start("lb02")
			c.routerState("lb02", best.ID, "backup")
			vip := netip.MustParsePrefix(best.Addresses[len(best.Addresses)-1].Prefix).Addr().String()
			p := c.probe(vip, "lb01")
			c.await("lb02 to have heard three adverts", func() bool { return c.received("lb02") >= 3 })
			c.holders("eth0", vip, "lb01")

			c.must(c.hosts["lb01"].Unplug("eth0"))
			c.kill("lb01")
			c.answeredBy(p, "lb02")
			c.start("lb01")
			c.routerState("lb01", best.ID, "initialize")
			c.must(c.hosts["lb01"].Plug("eth0"))
			c.answeredBy(p, "lb01")
			c.holders("eth0", vip, "lb01")
			bounded(t, "death and return", p.Stop(), activeDown(second))
		})
	}
}

// One process has routers on two interfaces: a link that dies moves the router
// of that link, and nothing else.
func TestKernelTwoInterfaces(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2)
	lan, err := c.lab.Bridge("lan")
	c.must(err)
	for i, h := range []*netlab.Host{c.hosts["lb01"], c.hosts["lb02"], c.client} {
		c.must(h.Connect(lan, "eth1", []string{"10.0.1.5/24", "10.0.1.6/24", "10.0.1.200/24"}[i]))
	}
	inner := func(r *plan.Router) {
		r.ID, r.Vip, r.Interface = "web/inner/ipv4", "web/inner", "eth1" // the VRID is the same: another segment
		r.Addresses = []plan.Address{{Prefix: "10.0.1.100/24"}}
	}
	for host, priority := range map[string]int{"lb01": 254, "lb02": 244} {
		c.publish(host, router(priority, fast, inner), router(priority, fast))
		c.start(host)
	}
	c.routerState("lb01", "web/inner/ipv4", "active")
	c.awaitState("lb01", "active")
	c.routerState("lb02", "web/inner/ipv4", "backup")
	c.awaitState("lb02", "backup")
	public, private := c.probe("10.0.0.100", "lb01"), c.probe("10.0.1.100", "lb01")

	c.must(c.hosts["lb01"].Unplug("eth1"))
	c.answeredBy(private, "lb02")
	c.routerState("lb01", "web/inner/ipv4", "initialize")
	c.holders("eth1", "10.0.1.100", "lb02")
	c.must(c.hosts["lb01"].Plug("eth1"))
	c.answeredBy(private, "lb01")
	c.holders("eth1", "10.0.1.100", "lb01")
	bounded(t, "the link that died", private.Stop(), activeDown(router(244, fast)))
	unnoticed(t, public.Stop()) // on the other link
}

// An owner that dies is stood in for; when its host returns it has its address
// again at once, without an Active_Down_Interval. The owner has an address
// beside the one that it owns: its neighbour's kernel would drop adverts that
// come from an address which it holds itself.
func TestKernelOwnerReturns(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2)
	c.must(c.hosts["lb01"].DelAddress("eth0", "10.0.0.5/24"))
	c.must(c.hosts["lb01"].AddAddress("eth0", "10.0.0.100/24")) // the kernel's primary one
	c.must(c.hosts["lb01"].AddAddress("eth0", "10.0.0.5/24"))
	second := router(244, func(r *plan.Router) { r.Neighbours[0].Priority = plan.Owner })
	c.publish("lb01", router(plan.Owner))
	c.publish("lb02", second)
	c.start("lb01")
	c.awaitState("lb01", "active")
	c.start("lb02")
	c.awaitState("lb02", "backup")
	p := c.probe("10.0.0.100", "lb01")
	c.await("lb02 to have heard two adverts", func() bool { return c.received("lb02") >= 2 })
	c.oneOwner("lb01")

	c.must(c.hosts["lb01"].Unplug("eth0"))
	c.kill("lb01")
	c.answeredBy(p, "lb02")
	c.start("lb01")
	c.awaitState("lb01", "initialize")
	began := time.Now()
	c.must(c.hosts["lb01"].Plug("eth0"))
	c.awaitState("lb02", "backup")
	c.answeredBy(p, "lb01")
	took := time.Since(began).Round(time.Millisecond)
	t.Logf("the owner returned within %v", took)
	if took > leeway {
		t.Errorf("the owner returned after %v, not at once", took)
	}
	c.oneOwner("lb01")
	bounded(t, "the owner's death and return", p.Stop(), activeDown(second))
}
