package agent_test

import (
	"testing"

	"hactl/schemas/plan"
)

// A link comes up, and the switch passes no frames yet. Under "never" the preferred
// host would be Active beside the other by then, and win when frames pass. It listens
// first, hears the other, and the client notices nothing.
func TestKernelQuietLink(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2)
	quiet := func(r *plan.Router) { r.QuietLink = 60_000 }
	c.publish("lb01", router(254, fast, never, known, quiet))
	c.publish("lb02", router(244, fast, never, known))
	c.start("lb02")
	c.awaitState("lb02", "active")
	c.start("lb01")
	c.awaitState("lb01", "backup")
	p := c.probe("10.0.0.100", "lb02")
	c.must(c.hosts["lb01"].Unplug("eth0"))
	c.awaitState("lb01", "initialize")
	for _, h := range c.hosts {
		c.must(h.Isolate("eth0", true))
	}
	c.must(c.hosts["lb01"].Plug("eth0"))
	c.awaitState("lb01", "backup")
	c.await("lb01 to say that it listens", func() bool { return c.status("lb01").Routers[0].Waiting != "" })
	sent := c.status("lb02").Routers[0].Sent
	c.await("an Active_Down_Interval to pass", func() bool { return c.status("lb02").Routers[0].Sent > sent+10 })
	for _, h := range c.hosts {
		c.must(h.Isolate("eth0", false))
	}
	c.await("lb01 to hear lb02", func() bool { return c.status("lb01").Routers[0].ActivePeer == "10.0.0.6" })
	if s := c.status("lb01").Routers[0]; s.State != "backup" || s.Waiting != "" {
		t.Errorf("lb01 is %s, waiting: %q", s.State, s.Waiting)
	}
	c.oneOwner("lb02")
	unnoticed(t, p.Stop())
}
