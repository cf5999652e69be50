package agent_test

import (
	"testing"

	"hactl/schemas/plan"
)

// pair starts two agents, lb01 preferred, and waits until lb01 is Active.
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

// A leaving Active router lets its successor take over first: no reply is lost.
func TestKernelSIGTERM(t *testing.T) {
	t.Parallel()
	c := pair(t)
	p := c.probe("10.0.0.100", "lb01")
	c.terminate("lb01")
	c.await("an answer of lb02", func() bool { return p.Report().Responder() == "lb02" })
	r := p.Stop()
	if r.Lost > 1 {
		t.Errorf("lost %d replies on SIGTERM:\n%v", r.Lost, r)
	}
	if c.holds("lb01", "10.0.0.100") {
		t.Error("lb01 has left and still holds the address")
	}
	t.Log(r)
}
