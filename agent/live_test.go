package agent_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"hactl/schemas/plan"
)

// addresses gives a router other addresses.
func addresses(prefixes ...string) func(*plan.Router) {
	return func(r *plan.Router) {
		r.Addresses = nil
		for _, p := range prefixes {
			r.Addresses = append(r.Addresses, plan.Address{Prefix: p})
		}
	}
}

// awaitPlan waits until the agent of a host follows a plan.
func (c *cluster) awaitPlan(host string, doc *plan.Document) {
	c.t.Helper()
	c.await(host+" to follow the plan", func() bool {
		s := c.status(host)
		return s != nil && s.Plan.Hash == doc.Hash && s.Problem == ""
	})
}

// A change of addresses, priority or interval is made in place: no transition,
// and no reply of an address that stays is lost.
func TestKernelChangesInPlace(t *testing.T) {
	t.Parallel()
	c := pair(t)
	p := c.probe("10.0.0.100", "lb01")
	transitions := func(host string) uint64 { return c.status(host).Routers[0].Transitions }
	before := transitions("lb01")
	lower := func(r *plan.Router) {
		r.Priority -= 4
		if r.Neighbours[0].Priority == 254 {
			r.Neighbours[0].Priority = 250
		}
	}
	for _, change := range []struct {
		what string
		f    []func(*plan.Router)
	}{
		{"an address more", []func(*plan.Router){addresses("10.0.0.100/24", "10.0.0.101/24")}},
		{"another second address", []func(*plan.Router){addresses("10.0.0.100/24", "10.0.0.102/24")}},
		{"another prefix length", []func(*plan.Router){addresses("10.0.0.100/32")}},
		{"a shorter interval", []func(*plan.Router){fast}},
		{"a longer interval", nil},
		{"a lower priority that is still the highest", []func(*plan.Router){lower}},
	} {
		for host, priority := range map[string]int{"lb02": 244, "lb01": 254} {
			c.awaitPlan(host, c.publish(host, router(priority, change.f...)))
		}
		if s := c.status("lb01"); s.Routers[0].State != "active" || transitions("lb01") != before {
			t.Fatalf("%s: lb01 is %s after %d transitions", change.what, s.Routers[0].State, transitions("lb01")-before)
		}
		want := router(254, change.f...).Addresses
		c.await(change.what+" on the interface", func() bool {
			for _, a := range []string{"10.0.0.100", "10.0.0.101", "10.0.0.102"} {
				wanted := false
				for _, w := range want {
					wanted = wanted || strings.HasPrefix(w.Prefix, a+"/")
				}
				if c.holds("lb01", a) != wanted {
					return false
				}
			}
			return true
		})
	}
	unnoticed(t, p.Stop())
	c.peaceful()
}

// Priorities that change places move the address, and no reply is lost.
func TestKernelPrioritySwap(t *testing.T) {
	t.Parallel()
	c := pair(t)
	p := c.probe("10.0.0.100", "lb01")
	rival := func(n int) func(*plan.Router) { return func(r *plan.Router) { r.Neighbours[0].Priority = n } }
	c.awaitPlan("lb02", c.publish("lb02", router(253, rival(234))))
	c.awaitPlan("lb01", c.publish("lb01", router(234, rival(253))))
	c.answeredBy(p, "lb02")
	c.oneOwner("lb02")
	lossless(t, p.Stop(), 1)
	c.peaceful()
}

// Another VRID is another virtual router: it is made anew, and the address is
// served again.
func TestKernelRecreated(t *testing.T) {
	t.Parallel()
	c := pair(t, fast)
	p := c.probe("10.0.0.100", "lb01")
	vrid := func(r *plan.Router) { r.VRID = 51 }
	for host, priority := range map[string]int{"lb02": 244, "lb01": 254} {
		c.awaitPlan(host, c.publish(host, router(priority, fast, vrid)))
	}
	c.await("lb01 to be Active under the new number", func() bool {
		s := c.status("lb01")
		return s.Routers[0].VRID == 51 && s.Routers[0].State == "active"
	})
	c.oneOwner("lb01")
	c.answeredBy(p, "lb01")
	r := p.Stop()
	t.Logf("another VRID:\n%v", r)
	bounded(t, "another VRID", r, activeDown(router(244, fast)))
	c.peaceful()
}

// Routers that come and go leave the others alone.
func TestKernelRoutersComeAndGo(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	second := func(r *plan.Router) { r.ID, r.Vip, r.VRID = "web/second/ipv4", "web/second", 51 }
	alone := func(r *plan.Router) { r.Neighbours = nil }
	c.publish("lb01", router(254, fast, alone))
	c.start("lb01")
	c.awaitState("lb01", "active")
	p := c.probe("10.0.0.100", "lb01")
	c.publish("lb01", router(254, fast, alone), router(254, fast, alone, second, addresses("10.0.0.101/24")))
	c.await("the second address", func() bool { return c.holds("lb01", "10.0.0.101") })
	c.publish("lb01", router(254, fast, alone))
	c.await("the second address to go", func() bool { return !c.holds("lb01", "10.0.0.101") })
	unnoticed(t, p.Stop())
	c.publish("lb01")
	c.await("everything to go", func() bool { return !c.holds("lb01", "10.0.0.100") })
}

// What cannot be followed changes nothing, and the report says why.
func TestKernelBadPlans(t *testing.T) {
	t.Parallel()
	c := pair(t, fast)
	p := c.probe("10.0.0.100", "lb01")
	file := filepath.Join(c.dir, "plans", "lb01.json")
	good, err := os.ReadFile(file)
	c.must(err)
	foreign, err := os.ReadFile(filepath.Join(c.dir, "plans", "lb02.json"))
	c.must(err)
	for _, bad := range []struct{ what, text, problem string }{
		{"empty", "", "not followed"},
		{"half", string(good[:len(good)/2]), "not followed"},
		{"damaged", strings.Replace(string(good), "10.0.0.100", "10.0.0.111", 1), "hash"},
		{"of another host", string(foreign), "host lb02"},
		{"of a newer format", strings.Replace(string(good), `"format": 1`, `"format": 2`, 1), "newer format"},
	} {
		c.must(os.WriteFile(file, []byte(bad.text), 0o600))
		c.await("the report to say what is wrong with a plan that is "+bad.what, func() bool {
			return strings.Contains(c.status("lb01").Problem, bad.problem)
		})
		if s := c.state("lb01", "web/public/ipv4"); s != "active" {
			t.Errorf("a plan that is %s made lb01 %s", bad.what, s)
		}
	}
	c.must(os.Remove(file))
	c.await("the report to say that the plan is gone", func() bool {
		return strings.Contains(c.status("lb01").Problem, "no plan")
	})
	doc, err := plan.Decode(good)
	c.must(err)
	c.must(c.store.PutPlan(context.Background(), "lb01", good))
	c.awaitPlan("lb01", doc)
	unnoticed(t, p.Stop())
}

// With the store's plan away the agent starts from the last good one.
func TestKernelLastGoodPlan(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	c.publish("lb01", router(254, fast))
	c.start("lb01")
	c.awaitState("lb01", "active")
	c.terminate("lb01")
	c.must(os.RemoveAll(filepath.Join(c.dir, "plans")))
	c.start("lb01")
	c.awaitState("lb01", "active")
	if s := c.status("lb01"); !strings.Contains(s.Problem, "last good plan") {
		t.Errorf("problem is %q", s.Problem)
	}
}

// An agent may start before there is anything to follow, even the folder.
func TestKernelPlanComesLater(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	c.must(os.RemoveAll(filepath.Join(c.dir, "plans")))
	c.start("lb01")
	c.await("the agent to say that there is no plan", func() bool {
		s := c.status("lb01")
		return s != nil && strings.Contains(s.Problem, "no plan for host lb01")
	})
	c.publish("lb01", router(254, fast))
	c.awaitState("lb01", "active")
}

// An address that somebody deletes is put back in place; one that somebody else
// has put there is not touched, and said.
func TestKernelAddressesOfOthers(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	h := c.hosts["lb01"]
	c.must(h.AddAddress("eth0", "10.0.0.101/24"))
	c.publish("lb01", router(254, fast, addresses("10.0.0.100/24", "10.0.0.101/24")))
	c.start("lb01")
	c.awaitState("lb01", "active")
	c.await("the foreign address to be named", func() bool {
		return c.status("lb01").Routers[0].Addresses[1].Problem == "foreign address"
	})
	before := c.status("lb01").Routers[0].Transitions
	c.must(h.DelAddress("eth0", "10.0.0.100/32"))
	c.await("the address to be back", func() bool { return c.holds("lb01", "10.0.0.100") })
	if after := c.status("lb01").Routers[0].Transitions; after != before {
		t.Errorf("a deleted address made %d transitions", after-before)
	}
	c.terminate("lb01")
	if c.holds("lb01", "10.0.0.100") || !c.holds("lb01", "10.0.0.101") || !c.holds("lb01", "10.0.0.5") {
		t.Error("after the agent has left, the host does not hold exactly what is its own")
	}
}

// The owner's address is the host's own: whatever becomes of the agent, it
// stays as it is.
func TestKernelOwner(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	c.publish("lb01", router(plan.Owner, fast, addresses("10.0.0.5/24")))
	c.start("lb01")
	c.awaitState("lb01", "active")
	c.kill("lb01")
	c.start("lb01")
	c.awaitState("lb01", "active")
	c.terminate("lb01")
	if !c.holds("lb01", "10.0.0.5") {
		t.Error("the owner lost its own address")
	}
}

// Two agents for one host do not run beside each other.
func TestKernelControlSocket(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	c.publish("lb01", router(254, fast))
	c.start("lb01")
	c.awaitState("lb01", "active")
	info, err := os.Stat(c.socket("lb01"))
	c.must(err)
	if mode := info.Mode().Perm(); mode != 0o660 {
		t.Errorf("the control socket has mode %o, want 660", mode)
	}
	c.kill("lb01") // leaves the socket behind
	c.start("lb01")
	c.awaitState("lb01", "active")
	first := c.agents["lb01"]
	c.start("lb01")
	select {
	case <-c.agents["lb01"].Done():
	case <-first.Done():
		t.Error("the first agent ended instead of the second")
	}
	if c.status("lb01").PID != first.Pid() {
		t.Error("the control socket is no longer that of the first agent")
	}
}

// A secret that is in a file of the host comes into force without a new plan,
// also when it is rotated; while the file is away the last one serves.
func TestKernelSecretFile(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2)
	file := func(host string) string { return filepath.Join(c.dir, host+".secret") }
	for host, priority := range map[string]int{"lb01": 254, "lb02": 244} {
		c.publish(host, router(priority, func(r *plan.Router) {
			r.Version, r.Auth = 2, &plan.Auth{Type: "pass", SecretFile: file(host)}
		}))
		c.start(host)
	}
	c.await("lb01 to wait for its secret", func() bool {
		s := c.status("lb01")
		return s != nil && len(s.Routers) == 1 && strings.Contains(s.Routers[0].Waiting, "secret file")
	})
	write := func(host, secret string) { c.must(os.WriteFile(file(host), []byte(secret+"\n"), 0o600)) }
	write("lb01", "one")
	write("lb02", "one")
	c.awaitState("lb01", "active")
	c.awaitState("lb02", "backup")

	c.must(os.Remove(file("lb01")))
	c.await("the missing file to be said", func() bool { return strings.Contains(c.status("lb01").Problem, "last content") })
	if s := c.state("lb01", "web/public/ipv4"); s != "active" {
		t.Errorf("without its secret file lb01 is %s", s)
	}

	write("lb01", "two")
	c.awaitState("lb02", "active") // they no longer hear each other
	write("lb02", "two")
	c.awaitState("lb02", "backup")
	c.oneOwner("lb01")
}

// A family that is added to a vip leaves the other alone.
func TestKernelSecondFamily(t *testing.T) {
	t.Parallel()
	c := pair(t, fast)
	p := c.probe("10.0.0.100", "lb01")
	before := c.status("lb01").Routers[0].Transitions
	for host, priority := range map[string]int{"lb02": 244, "lb01": 254} {
		c.publish(host, router(priority, fast), router(priority, fast, ipv6))
	}
	c.await("lb01 to be Active for IPv6", func() bool { return c.state("lb01", "web/public/ipv6") == "active" })
	if after := c.status("lb01").Routers[0].Transitions; after != before {
		t.Errorf("IPv6 made %d transitions of IPv4", after-before)
	}
	unnoticed(t, p.Stop())
}

// A machine whose links and addresses change all the time goes on sending.
func TestKernelManyLinkEvents(t *testing.T) {
	t.Parallel()
	c := pair(t, fast)
	before := c.status("lb02").Routers[0].Transitions
	for i := range 400 {
		prefix := fmt.Sprintf("10.9.%d.%d/32", i/200, i%200+1)
		c.must(c.hosts["lb01"].AddAddress("eth0", prefix))
		c.must(c.hosts["lb01"].DelAddress("eth0", prefix))
	}
	heard := c.received("lb02")
	c.await("five more adverts", func() bool { return c.received("lb02") >= heard+5 })
	if after := c.status("lb02").Routers[0].Transitions; after != before {
		t.Errorf("lb02 made %d transitions meanwhile", after-before)
	}
}

// SIGHUP, as of a terminal that is closed, is a leave like SIGTERM; a second
// signal does not wait for a successor.
func TestKernelOtherSignals(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	for _, signals := range [][]os.Signal{{syscall.SIGHUP}, {syscall.SIGINT, syscall.SIGTERM}} {
		c.publish("lb01", router(254, fast))
		c.start("lb01")
		c.awaitState("lb01", "active")
		for _, s := range signals {
			c.must(c.agents["lb01"].Signal(s))
		}
		if err := c.agents["lb01"].Wait(); err != nil {
			t.Errorf("after %v: %v", signals, err)
		}
		if c.holds("lb01", "10.0.0.100") {
			t.Errorf("after %v the address is still there", signals)
		}
	}
}

// What an agent cannot write or open does not keep it from its work.
func TestKernelWithoutControlSocket(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	c.must(os.WriteFile(c.socket("lb01"), []byte("a file"), 0o600))
	c.publish("lb01", router(254, fast))
	c.start("lb01")
	c.await("the address", func() bool { return c.holds("lb01", "10.0.0.100") })
	if data, err := os.ReadFile(c.socket("lb01")); string(data) != "a file" {
		t.Errorf("the file in place of the socket: %q, %v", data, err)
	}
}
