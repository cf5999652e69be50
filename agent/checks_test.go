package agent_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// watched is a plan with a router that a missing file demotes; change adjusts the
// check.
func watched(path string, change ...func(*plan.Check)) *plan.Plan {
	c := plan.Check{
		Name: "web", Interval: 10_000, Timeout: 1000, Fall: 2, Rise: 1, Initial: plan.Unknown,
		File: &plan.FileProbe{Path: path, Expect: plan.Exists},
	}
	for _, f := range change {
		f(&c)
	}
	r := router(254, func(r *plan.Router) { r.Tracks = []plan.Track{{Check: "web", Effect: plan.Demote, Weight: -20}} })
	return &plan.Plan{Host: "lb01", Routers: []plan.Router{r}, Checks: []plan.Check{c}}
}

// line returns the only check of the last report, and what its router has left.
func (b *bench) line(t *testing.T) (c status.Check, effective int) {
	t.Helper()
	host := b.store.last(t)
	if len(host.Checks) != 1 || len(host.Routers) != 1 {
		t.Fatalf("%d checks and %d routers are reported", len(host.Checks), len(host.Routers))
	}
	r := host.Routers[0]
	if len(r.Tracks) != 1 || r.Tracks[0].State != host.Checks[0].State || r.Tracks[0].Effect != "demote" || r.Tracks[0].Weight != -20 {
		t.Errorf("check %+v, tracks %+v", host.Checks[0], r.Tracks)
	}
	return host.Checks[0], r.Effective
}

// touch makes a file.
func touch(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
}

// A check that fails and recovers is reported, acted on, and logged once each
// time.
func TestLoopRunsChecks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "up")
	inBubble(t, func(b *bench) { b.store.put(t, watched(path)) }, func(t *testing.T, b *bench) {
		says := func(state, cause string, streak, effective int) {
			t.Helper()
			c, e := b.line(t)
			if c.Name != "web" || c.State != state || c.Cause != cause || c.Streak != streak || e != effective || c.Ran.IsZero() {
				t.Errorf("%+v, effective priority %d; want %s, %q, %d against, %d", c, e, state, cause, streak, effective)
			}
		}
		missing := path + " does not exist"
		says("down", missing, 0, 234) // the first result decides
		touch(t, path)
		pass(10 * time.Second)
		says("up", "", 0, 254)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		pass(10 * time.Second)
		says("up", missing, 1, 254)
		pass(10 * time.Second)
		says("down", missing, 0, 234)
		if b.log.times("check changed state") != 3 || b.log.times(`level=WARN msg="check changed state" check=web from=up to=down cause="`+missing) != 1 {
			t.Errorf("logged:\n%s", b.log.text.String())
		}
	})
}

// A check that a new plan leaves as it is runs on; one that it changes keeps its
// state and starts anew; one that it drops ends.
func TestLoopKeepsChecks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "up")
	touch(t, path)
	inBubble(t, func(b *bench) { b.store.put(t, watched(path)) }, func(t *testing.T, b *bench) {
		first, _ := b.line(t)
		pass(3 * time.Second)
		other := watched(path)
		other.Routers[0].Priority = 200
		b.store.put(t, other)
		pass(settled)
		if c, e := b.line(t); c != first || e != 200 {
			t.Errorf("%+v, effective priority %d; want %+v, 200", c, e, first)
		}

		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		b.store.put(t, watched(path, func(c *plan.Check) { c.Initial, c.Jitter = plan.Up, 5000 }))
		pass(10 * time.Millisecond)
		pass(settled)
		c, _ := b.line(t)
		if c.State != "up" || c.Since != first.Since {
			t.Errorf("%+v, want up since %v", c, first.Since)
		}
		pass(16 * time.Second) // the first run within 5 s, the second 10 s after it
		if c, e := b.line(t); c.State != "down" || e != 234 {
			t.Errorf("%+v, effective priority %d; want down, 234", c, e)
		}

		b.store.publish(t, router(254))
		pass(20 * time.Second)
		if host := b.store.last(t); len(host.Checks) != 0 || host.Routers[0].Effective != 254 {
			t.Errorf("checks %+v, effective priority %d", host.Checks, host.Routers[0].Effective)
		}
	})
}
