package agent_test

import (
	"log/slog"
	"strings"
	"testing"

	"hactl/agent"
	"hactl/schemas/plan"
)

// cleanUp removes what an agent left on a host, after systemd has said how it ended.
func (c *cluster) cleanUp(host, result string) (done string) {
	c.t.Helper()
	c.t.Setenv("SERVICE_RESULT", result)
	return c.cleanUpByHand(host)
}

// cleanUpByHand removes it without systemd.
func (c *cluster) cleanUpByHand(host string) (done string) {
	c.t.Helper()
	c.must(c.hosts[host].Do(func() (err error) {
		done, err = agent.Cleanup(agent.Config{Host: host, Log: slog.New(slog.DiscardHandler)}, c.dir)
		return err
	}))
	return done
}

// What a killed agent left goes when no other one is to come: not while one runs, not
// before it is started again, and nothing of others goes.
func TestCleanup(t *testing.T) {
	c := newCluster(t, 1)
	c.must(c.hosts["lb01"].AddAddress("eth0", "10.0.0.99/32"))
	c.publish("lb01", router(254, fast, func(r *plan.Router) {
		r.OnAgentLoss = plan.Keep
		r.Rules = []plan.Policy{{Priority: 100, From: "10.0.0.100/32", Table: 100}}
	}))
	c.start("lb01")
	c.await("the address of lb01", func() bool { return c.holds("lb01", "10.0.0.100") })
	if done := c.cleanUp("lb01", ""); !strings.Contains(done, "another agent for host lb01 runs") {
		t.Errorf("beside an agent: %s", done)
	}
	c.kill("lb01")
	if done := c.cleanUp("lb01", "signal"); !strings.Contains(done, "is started again") {
		t.Errorf("before a restart: %s", done)
	}
	if !c.holds("lb01", "10.0.0.100") {
		t.Fatal("the next agent would not find the address")
	}
	if done := c.cleanUp("lb01", "timeout"); !strings.HasPrefix(done, "nothing of hactl's is left") {
		t.Errorf("at the end: %s", done)
	}
	if c.holds("lb01", "10.0.0.100") || !c.holds("lb01", "10.0.0.99") || !c.holds("lb01", "10.0.0.5") {
		t.Error("what has gone is not the virtual address alone")
	}
}
