package agent_test

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"hactl/agent/netlab"
	"hactl/agent/node"
	"hactl/schemas/plan"
	"hactl/schemas/status"

	"github.com/vishvananda/netlink"
)

// accompanied gives a router an address with a label on a second interface, a
// default route from it in a table of its own, and the rule that leads there.
func accompanied(r *plan.Router) {
	r.Addresses = append(r.Addresses, plan.Address{Prefix: "192.0.2.100/24", Interface: "eth1", Label: "eth1:web", Scope: plan.ScopeSite})
	r.Routes = []plan.Route{{Destination: "0.0.0.0/0", Via: "192.0.2.1", Source: "192.0.2.100", Table: 100}}
	r.Rules = []plan.Policy{{Priority: 100, From: "192.0.2.100/32", Table: 100}}
}

// accompanying is what is ours on a host that has all of accompanied, and
// unaccompanied on one that has nothing.
const (
	accompanying = "192.0.2.100/24 label eth1:web scope site; route 0.0.0.0/0 via 192.0.2.1 src 192.0.2.100 table 100; rule 100 from 192.0.2.100/32 lookup 100"
	nothing      = ""
)

// mark is hactl's protocol number.
const mark = 112

// companions returns what of accompanied a host has, as another program sees it.
func (c *cluster) companions(host string) string {
	c.t.Helper()
	var lines []string
	c.must(c.hosts[host].Do(func() error {
		eth1, err1 := netlink.LinkByName("eth1")
		addresses, err2 := netlink.AddrList(eth1, netlink.FAMILY_V4)
		routes, err3 := netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{Protocol: mark}, netlink.RT_FILTER_PROTOCOL|netlink.RT_FILTER_TABLE)
		rules, err4 := netlink.RuleList(netlink.FAMILY_V4)
		for _, a := range addresses {
			lines = append(lines, fmt.Sprintf("%v label %s scope %v", a.IPNet, a.Label, netlink.Scope(a.Scope)))
		}
		for _, r := range routes {
			lines = append(lines, fmt.Sprintf("route %v via %v src %v table %d", r.Dst, r.Gw, r.Src, r.Table))
		}
		for _, r := range rules {
			if r.Protocol == mark {
				lines = append(lines, fmt.Sprintf("rule %d from %v lookup %d", r.Priority, r.Src, r.Table))
			}
		}
		return errors.Join(err1, err2, err3, err4)
	}))
	return strings.Join(lines, "; ")
}

// awaitCompanions waits until a host has them, or until it has nothing.
func (c *cluster) awaitCompanions(host, want string) {
	c.t.Helper()
	c.await(fmt.Sprintf("%s to have %q", host, want), func() bool { return c.companions(host) == want })
}

// inner connects eth1 of every host to a second segment, where a gateway has
// 192.0.2.1, and returns that.
func (c *cluster) inner() *netlab.Host {
	c.t.Helper()
	inner, err := c.lab.Bridge("inner")
	c.must(err)
	for _, h := range c.hosts {
		c.must(h.Connect(inner, "eth1"))
	}
	gateway, err := c.lab.Host("gateway")
	c.must(err)
	c.must(gateway.Connect(inner, "eth0", "192.0.2.1/24"))
	return gateway
}

// An address on another interface, a route and a rule move with the vip, with no
// reply lost on either segment, and those that somebody deletes are put back.
func TestKernelCompanionsMove(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2)
	gateway := c.inner()
	for host, priority := range map[string]int{"lb01": 254, "lb02": 244} {
		c.publish(host, router(priority, fast, accompanied))
	}
	c.start("lb01")
	c.awaitState("lb01", "active")
	c.start("lb02")
	c.awaitState("lb02", "backup")
	c.awaitCompanions("lb01", accompanying)
	c.awaitCompanions("lb02", nothing)

	c.mend("lb01")
	p, err := gateway.Probe(netip.MustParseAddr("192.0.2.100"), 5*time.Millisecond)
	c.must(err)
	c.await("an answer of lb01", func() bool { return p.Report().Responder() == "lb01" })
	c.terminate("lb01")
	c.awaitCompanions("lb01", nothing)
	c.awaitCompanions("lb02", accompanying)
	c.answeredBy(p, "lb02")
	c.start("lb01")
	c.awaitCompanions("lb01", accompanying)
	c.awaitCompanions("lb02", nothing)
	c.answeredBy(p, "lb01")
	r := p.Stop()
	t.Logf("on the second interface:\n%v", r)
	within(t, "announced there", r, 100*time.Millisecond) // neighbours need not time out
}

// mend deletes the route and the rule of a host, and waits until they are back
// without a transition.
func (c *cluster) mend(host string) {
	c.t.Helper()
	before := c.status(host).Routers[0].Transitions
	_, all, _ := net.ParseCIDR("0.0.0.0/0")
	rule := netlink.NewRule()
	rule.Priority, rule.Family = 100, netlink.FAMILY_V4
	c.must(c.hosts[host].Do(func() error {
		return errors.Join(netlink.RouteDel(&netlink.Route{Dst: all, Table: 100}), netlink.RuleDel(rule))
	}))
	c.awaitCompanions(host, accompanying)
	if after := c.status(host).Routers[0].Transitions; after != before {
		c.t.Errorf("%d transitions of %s for what somebody deleted", after-before, host)
	}
}

// After kill -9 all of it is still there, and is known again: a clean stop leaves
// nothing behind, not even what the plan no longer has.
func TestKernelCompanionsAfterAKill(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	c.inner()
	alone := func(r *plan.Router) { r.Neighbours = nil }
	c.publish("lb01", router(254, fast, alone, accompanied))
	c.start("lb01")
	c.awaitCompanions("lb01", accompanying)
	c.kill("lb01")
	if got := c.companions("lb01"); got != accompanying {
		t.Fatalf("after the kill there is %q", got)
	}
	c.start("lb01")
	c.awaitState("lb01", "active")
	r := c.status("lb01").Routers[0]
	c.await("the report to say so", func() bool {
		r = c.status("lb01").Routers[0]
		return r.Addresses[1].Present && r.Routes[0].Present && r.Rules[0].Present
	})
	if r.Transitions != 1 || !strings.Contains(r.Cause, "still there") {
		t.Errorf("after the restart: %d transitions, %q", r.Transitions, r.Cause)
	}
	c.kill("lb01")
	c.publish("lb01", router(254, fast, alone))
	c.start("lb01")
	c.awaitState("lb01", "active")
	c.awaitCompanions("lb01", nothing)
	c.publish("lb01", router(254, fast, alone, accompanied))
	c.awaitCompanions("lb01", accompanying)
	c.terminate("lb01")
	c.awaitCompanions("lb01", nothing)
	if c.holds("lb01", "10.0.0.100") || !c.holds("lb01", "10.0.0.5") {
		t.Error("after the agent has left, the host does not hold exactly what is its own")
	}
}

// A route that the kernel refuses is tried again after a second, for as long as it
// is refused, and said once.
func TestLoopTriesRoutesAgain(t *testing.T) {
	refused := node.Held[node.Route]{Wish: node.Route{Destination: netip.MustParsePrefix("192.0.2.0/24"), Table: 254}, Problem: "network is unreachable"}
	prepare := func(b *bench) { b.kernel.routes = []node.Held[node.Route]{refused} }
	inBubble(t, prepare, func(t *testing.T, b *bench) {
		before := b.kernel.count(&b.kernel.converged)
		pass(3 * time.Second)
		if got := b.kernel.count(&b.kernel.converged); got != before+3 {
			t.Errorf("after 3 s: converged %d times more, want 3", got-before)
		}
		if n := b.log.times(`route is not as it should be" route="192.0.2.0/24 table 254" problem="network is unreachable"`); n != 1 {
			t.Errorf("logged %d times, want once", n)
		}
		b.kernel.set(func(k *fakeKernel) { k.routes = nil })
		pass(10 * time.Second)
		if got := b.kernel.count(&b.kernel.converged); got != before+4 {
			t.Errorf("converged %d times more after the problem had gone, want once", got-before-3)
		}
	})
}

// What cannot be had is said with the kernel's reason, keeps nothing else from
// moving, and comes as soon as it can.
func TestKernelCompanionsThatMustWait(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	c.publish("lb01", router(254, fast, accompanied))
	c.start("lb01")
	c.awaitState("lb01", "active")
	var r status.Router
	c.await("the reasons to be said", func() bool {
		r = c.status("lb01").Routers[0]
		return r.Addresses[1].Problem == "interface eth1 does not exist" && strings.Contains(r.Routes[0].Problem, "invalid") && r.Rules[0].Present
	})
	want := "ip route add 0.0.0.0/0 via 192.0.2.1 src 192.0.2.100 table 100 proto 112: network is unreachable: Nexthop has invalid gateway"
	if got := r.Routes[0].Problem; got != want {
		t.Errorf("the route's problem is %q\nwant %q", got, want)
	}
	if !r.Addresses[0].Present || !slices.Equal([]string{r.Routes[0].Words, r.Rules[0].Words},
		[]string{"0.0.0.0/0 via 192.0.2.1 src 192.0.2.100 table 100", "priority 100 from 192.0.2.100/32 lookup 100"}) {
		t.Errorf("the report says %+v", r)
	}
	c.inner()
	c.awaitCompanions("lb01", accompanying)
	c.await("the report to say so", func() bool {
		r = c.status("lb01").Routers[0]
		return r.Addresses[1].Present && r.Addresses[1].Problem == "" && r.Routes[0].Present && r.Routes[0].Problem == ""
	})
}
