package agent_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hactl/agent/netlab"
	"hactl/schemas/plan"
)

// Checks and tracked interfaces on real hosts, with a client that counts. The
// service that is checked is a file of each host; adverts are sent every second.

// service is the file that is there while a host's service runs.
func (c *cluster) service(host string) string { return filepath.Join(c.dir, host+".service") }

// serve starts the service of a host.
func (c *cluster) serve(host string) {
	c.t.Helper()
	c.must(os.WriteFile(c.service(host), nil, 0o644))
}

// fail ends it, and returns when.
func (c *cluster) fail(host string) time.Time {
	c.t.Helper()
	c.must(os.Remove(c.service(host)))
	return time.Now()
}

// checkEvery is the interval of the check, of which two failures in a row count.
const checkEvery = 100 * time.Millisecond

// detection is the longest time until a failure counts.
const detection = 2 * checkEvery

// serviceCheck is the check of a host's service.
func (c *cluster) serviceCheck(host string) plan.Check {
	return plan.Check{
		Name: "web", Interval: int(checkEvery / time.Millisecond), Timeout: 1000, Fall: 2, Rise: 1, Initial: plan.Unknown,
		File: &plan.FileProbe{Path: c.service(host), Expect: plan.Exists},
	}
}

// track makes a router depend on the check, or on an interface if it has a name
// such as "eth1".
func track(what string, effect plan.Effect, weight int) func(*plan.Router) {
	t := plan.Track{Check: what, Effect: effect, Weight: weight}
	if strings.HasPrefix(what, "eth") {
		t.Check, t.Interface = "", what
	}
	return func(r *plan.Router) { r.Tracks = append(r.Tracks, t) }
}

// never keeps a Backup from preempting.
func never(r *plan.Router) { r.Preemption.Mode = plan.Never }

// rely publishes a plan whose routers may depend on the check.
func (c *cluster) rely(host string, routers ...plan.Router) {
	c.t.Helper()
	c.put(&plan.Plan{Host: host, Routers: routers, Checks: []plan.Check{c.serviceCheck(host)}})
}

// relying starts two agents whose services run, lb01 preferred.
func relying(t *testing.T, change ...func(*plan.Router)) *cluster {
	t.Helper()
	c := newCluster(t, 2)
	for host, priority := range map[string]int{"lb01": 254, "lb02": 244} {
		c.serve(host)
		c.rely(host, router(priority, change...))
	}
	c.start("lb01")
	c.awaitState("lb01", "active")
	c.start("lb02")
	c.awaitState("lb02", "backup")
	return c
}

// skew is the Skew_Time of lb02.
var skew = time.Second * (256 - 244) / 256

// movesTo waits until the client is answered by another host, and says how long
// after an instant that was, which is to be within a bound of timers and what a busy
// machine takes.
func (c *cluster) movesTo(host string, p *netlab.Probe, since time.Time, bound time.Duration) time.Duration {
	c.t.Helper()
	c.answeredBy(p, host)
	took := time.Since(since).Round(time.Millisecond)
	if took > bound+leeway {
		c.t.Errorf("answered by %s after %v, want %v and a little more", host, took, bound)
	}
	return took
}

// A failed check moves the address within its detection and a Skew_Time, and
// nothing is lost while the host still answers. When it passes again, the host
// comes back as its preemption says.
func TestKernelCheckFails(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][]func(*plan.Router){
		"demote":       {track("web", plan.Demote, -20)},
		"demote never": {track("web", plan.Demote, -20), never},
		"fault":        {track("web", plan.Fault, 0)},
		"weight":       {track("web", plan.Weigh, -11)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := relying(t, change...)
			p := c.probe("10.0.0.100", "lb01")
			took := c.movesTo("lb02", p, c.fail("lb01"), detection+skew)
			c.oneOwner("lb02")
			c.serve("lb01")
			if strings.HasSuffix(name, "never") {
				c.await("lb01 to be well again", func() bool { s := c.status("lb01"); return s != nil && s.Routers[0].Effective == 254 })
				c.await("lb01 to have heard five more adverts", func() bool { return c.received("lb01") >= 5 })
				c.oneOwner("lb02")
				r := p.Stop()
				lossless(t, r, 1)
				t.Logf("moved after %v, %d lost", took, r.Lost)
				return
			}
			back := c.movesTo("lb01", p, time.Now(), checkEvery+activeDown(router(254))+time.Second)
			r := p.Stop()
			lossless(t, r, 2)
			t.Logf("moved after %v, back after %v, %d lost", took, back, r.Lost)
			c.peaceful()
		})
	}
}

// When all hosts fail, demote leaves the address where it is, and fault nowhere.
func TestKernelAllChecksFail(t *testing.T) {
	t.Parallel()
	t.Run("demote", func(t *testing.T) {
		t.Parallel()
		c := relying(t, track("web", plan.Demote, -20))
		p := c.probe("10.0.0.100", "lb01")
		c.fail("lb02")
		c.await("lb02 to be demoted", func() bool { return c.status("lb02").Routers[0].Effective == 224 })
		c.fail("lb01")
		c.await("lb01 to be demoted, and Active all the same", func() bool {
			r := c.status("lb01").Routers[0]
			return r.Effective == 234 && r.State == "active" && !r.Yielding
		})
		c.oneOwner("lb01")
		unnoticed(t, p.Stop())
	})
	t.Run("fault", func(t *testing.T) {
		t.Parallel()
		c := relying(t, track("web", plan.Fault, 0))
		c.fail("lb02")
		c.awaitState("lb02", "initialize")
		c.fail("lb01")
		c.awaitState("lb01", "initialize")
		c.oneOwner("nobody")
		for _, host := range []string{"lb01", "lb02"} {
			r := c.status(host).Routers[0]
			if want := "check web is down: " + c.service(host) + " does not exist"; r.Waiting != want {
				t.Errorf("%s waits for %q, want %q", host, r.Waiting, want)
			}
		}
		c.serve("lb02")
		c.awaitState("lb02", "active")
	})
}

// An agent that is started again while its check has no result yet keeps the
// address: no client notices.
func TestKernelRestartBeforeResult(t *testing.T) {
	t.Parallel()
	c := relying(t, track("web", plan.Fault, 0))
	p := c.probe("10.0.0.100", "lb01")
	c.kill("lb01")
	c.start("lb01")
	c.awaitState("lb01", "active")
	c.await("the check's first result", func() bool { return c.status("lb01").Checks[0].State == "up" })
	unnoticed(t, p.Stop())
}

// A tracked interface that is not the router's own: the host answers until the
// other has taken over.
func TestKernelTrackedInterface(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2)
	backend, err := c.lab.Bridge("backend")
	c.must(err)
	for host, priority := range map[string]int{"lb01": 254, "lb02": 244} {
		c.must(c.hosts[host].Connect(backend, "eth1", map[string]string{"lb01": "10.1.0.5/24", "lb02": "10.1.0.6/24"}[host]))
		c.publish(host, router(priority, track("eth1", plan.Fault, 0)))
	}
	c.start("lb01")
	c.awaitState("lb01", "active")
	c.start("lb02")
	c.awaitState("lb02", "backup")
	p := c.probe("10.0.0.100", "lb01")
	c.must(c.hosts["lb01"].LinkDown("eth1"))
	took := c.movesTo("lb02", p, time.Now(), skew)
	c.must(c.hosts["lb01"].LinkUp("eth1"))
	c.answeredBy(p, "lb01")
	c.must(c.hosts["lb01"].DeleteLink("eth1"))
	c.answeredBy(p, "lb02")
	c.oneOwner("lb02")
	r := p.Stop()
	lossless(t, r, 3)
	t.Logf("moved after %v, %d lost in three moves", took, r.Lost)
}

// nat makes two vips that move together, in on eth1 and out on eth0.
func nat(priority int) []plan.Router {
	together := func(r *plan.Router) { r.Unit = "nat" }
	return []plan.Router{
		router(priority, together, func(r *plan.Router) {
			r.ID, r.Vip, r.Interface, r.VRID = "nat/in/ipv4", "nat/in", "eth1", 61
			r.Addresses = []plan.Address{{Prefix: "10.1.0.100/24"}}
		}),
		router(priority, together, func(r *plan.Router) { r.ID, r.Vip, r.VRID = "nat/out/ipv4", "nat/out", 60 }),
	}
}

// twoSegments builds the hosts of such vips, and starts nothing. The client is on
// both segments.
func twoSegments(t *testing.T) *cluster {
	t.Helper()
	c := newCluster(t, 2)
	inside, err := c.lab.Bridge("inside")
	c.must(err)
	c.must(c.hosts["lb01"].Connect(inside, "eth1", "10.1.0.5/24"))
	c.must(c.hosts["lb02"].Connect(inside, "eth1", "10.1.0.6/24"))
	c.must(c.client.Connect(inside, "eth1", "10.1.0.200/24"))
	return c
}

// Two vips that move together, and a link of one dies: both move. The one whose
// host still answers loses nothing, the other a Skew_Time.
func TestKernelTogether(t *testing.T) {
	t.Parallel()
	c := twoSegments(t)
	c.publish("lb01", nat(254)...)
	c.publish("lb02", nat(244)...)
	c.start("lb01")
	c.routerState("lb01", "nat/in/ipv4", "active")
	c.start("lb02")
	c.routerState("lb02", "nat/in/ipv4", "backup")
	c.await("lb02 to hear both", func() bool {
		s := c.status("lb02")
		return s.Routers[0].ActivePeer == "10.1.0.5" && s.Routers[1].ActivePeer == "10.0.0.5"
	})
	in, out := c.probe("10.1.0.100", "lb01"), c.probe("10.0.0.100", "lb01")
	c.must(c.hosts["lb01"].Unplug("eth1"))
	c.answeredBy(in, "lb02")
	c.answeredBy(out, "lb02")
	c.must(c.hosts["lb01"].Plug("eth1"))
	c.answeredBy(in, "lb01")
	c.answeredBy(out, "lb01")
	c.holders("eth0", "10.0.0.100", "lb01")
	c.holders("eth1", "10.1.0.100", "lb01")
	dead, alive := in.Stop(), out.Stop()
	t.Logf("a link dies and returns: dead segment %d lost in %v, other segment %d lost", dead.Lost, dead.Outage.Round(time.Millisecond), alive.Lost)
	lossless(t, alive, 2)
	within(t, "dead segment", dead, skew+time.Second/2)
	c.peaceful()
}
