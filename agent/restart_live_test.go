package agent_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// restarted is a pair whose agents are told at SIGTERM that they are restarted. lb01
// is Active, and lb02 a Backup that has heard it.
func restarted(t *testing.T, change ...func(*plan.Router)) *cluster {
	t.Helper()
	c := newCluster(t, 2)
	for host, priority := range map[string]int{"lb01": 254, "lb02": 244} {
		c.publish(host, router(priority, change...))
		c.startRestarted(host)
	}
	c.awaitState("lb01", "active")
	c.awaitState("lb02", "backup")
	c.await("lb02 to have heard three adverts", func() bool { return c.received("lb02") >= 3 })
	return c
}

// startRestarted starts one of them. The race detector would hold its end up for a second.
func (c *cluster) startRestarted(host string) {
	c.t.Helper()
	c.startAs(host, "env", asRestarted+"=1", "GORACE=atexit_sleep_ms=0")
}

// restart ends the agent of a host and starts it again, and returns its report.
func (c *cluster) restart(host string) (now *status.Host) {
	c.t.Helper()
	c.terminate(host)
	c.startRestarted(host)
	c.await(host+" to be back", func() bool { now = c.status(host); return now != nil && len(now.Routers) == 1 })
	return now
}

// Restarts of the Active router and of the Backup, and of both at once, are not
// noticed, and counters go on. It is not parallel to others: on a machine that is
// overloaded, 300 ms without a turn are a takeover.
func TestKernelRestart(t *testing.T) {
	c := restarted(t, fast)
	p := c.probe("10.0.0.100", "lb01")
	before := map[string]status.Router{"lb01": c.status("lb01").Routers[0], "lb02": c.status("lb02").Routers[0]}
	silent := 0.0 // in milliseconds, at most
	for _, host := range []string{"lb01", "lb02", "lb01", "lb02", "lb02", "lb01"} {
		now := c.restart(host)
		if h := now.Handover; h == nil || h.From != "test" {
			t.Errorf("%s reports the hand-over %+v", host, h)
		} else {
			silent = max(silent, h.Silent)
		}
		heard := c.received("lb02")
		c.await("adverts of lb01", func() bool { return c.received("lb02") >= heard+2 })
	}
	r := p.Stop()
	if silent >= ms(patient) {
		t.Skipf("silent for %.0f ms: this machine is overloaded, and neighbours may take over", silent)
	}
	unnoticed(t, r)
	for host, was := range before {
		is := c.status(host).Routers[0]
		if is.Transitions != was.Transitions && !stood(t, r) {
			t.Errorf("%s made %d transitions, the last by %s", host, is.Transitions-was.Transitions, is.Cause)
		}
		if is.Sent+is.Received < was.Sent+was.Received {
			t.Errorf("%s: its counters began anew", host)
		}
	}
	c.oneOwner("lb01")
	c.peaceful()
}

// A hook that runs is not cut off by a restart, and not run twice: the agent leaves in
// order, after it.
func TestKernelRestartDuringHook(t *testing.T) {
	t.Parallel()
	needRoot(t)
	notes := filepath.Join(t.TempDir(), "notes")
	noted := func() string { data, _ := os.ReadFile(notes); return string(data) }
	c := restarted(t, with(hook(plan.BeforeRelease, 10*time.Second, "echo begins >>"+notes+"; sleep 4; echo ends >>"+notes)))
	p := c.probe("10.0.0.100", "lb01")
	c.drain("lb01")
	c.await("the hook to begin", func() bool { return noted() == "begins\n" })
	c.restart("lb01")
	if got := noted(); got != "begins\nends\n" {
		t.Errorf("the hook noted %q", got)
	}
	c.answeredBy(p, "lb02")
	lossless(t, p.Stop(), 1)
	c.oneOwner("lb02")
}

// What an agent leaves, and nobody goes on with, is not believed later; until then
// it is not cleaned up.
func TestKernelRestartThatDoesNotCome(t *testing.T) {
	t.Parallel()
	c := restarted(t, func(r *plan.Router) { r.OnAgentLoss = plan.Keep })
	c.terminate("lb01")
	estate := filepath.Join(c.dir, "state", "lb01.estate")
	if _, err := os.Stat(estate); err != nil || !c.holds("lb01", "10.0.0.100") {
		t.Fatalf("the next agent would not find everything: %v", err)
	}
	if done := c.cleanUpByHand("lb01"); !strings.Contains(done, "the next one goes on") || !c.holds("lb01", "10.0.0.100") {
		t.Errorf("after --cleanup, which says %q, lb01 holds it: %t", done, c.holds("lb01", "10.0.0.100"))
	}
	c.awaitState("lb02", "active")
	heard := c.status("lb02").Routers[0].Sent
	c.await("adverts of 3 s", func() bool { return c.status("lb02").Routers[0].Sent >= heard+3 })
	c.start("lb01")
	var now *status.Host
	c.await("lb01 to be back", func() bool { now = c.status("lb01"); return now != nil && len(now.Routers) == 1 })
	if now.Handover != nil {
		t.Errorf("lb01 went on with what was too old: %+v", now.Handover)
	}
	if _, err := os.Stat(estate); err == nil {
		t.Error("what was too old is still there")
	}
	c.awaitState("lb01", "active")
	c.oneOwner("lb01")
}
