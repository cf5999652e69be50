package agent_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"hactl/agent/changeover"
	"hactl/agent/upgrade"
	"hactl/schemas/plan"
)

// A plan without the upgrade that is under way changes nothing about it: it goes on by
// what it was begun with, and ends as it would have.
func TestLoopUpgradeOutlivesItsPlan(t *testing.T) {
	upgrading(t, nil, func(t *testing.T, b *bench, f *fakeChangeover) {
		b.wishes(orders(order("nginx", "A")))
		b.store.put(t, upgraded())
		pass(500 * time.Millisecond)
		if l := b.lineOf(t, "nginx"); l.Stage != "retire" || l.Current {
			t.Errorf("under way: %+v", l)
		}
		pass(time.Second)
		if l := b.lineOf(t, "nginx"); l.Verdict != string(upgrade.Committed) || f.times("nginx") != 1 {
			t.Errorf("begun %d times: %+v", f.times("nginx"), l)
		}
	}, "nginx")
}

// A check that goes with a plan is one that says nothing any more: whoever verifies by it
// cannot find the release good.
func TestLoopUpgradeLosesItsCheck(t *testing.T) {
	path := filepath.Join(t.TempDir(), "up")
	touch(t, path)
	p := watched(path)
	p.Upgrades = upgraded("nginx").Upgrades
	p.Upgrades[0].Verify.Checks = []string{p.Checks[0].Name}
	var said upgrade.Checks
	prepare := func(b *bench, f *fakeChangeover) {
		b.store.put(t, p)
		f.script = func(_ context.Context, task changeover.Task) (upgrade.Outcome, error) {
			task.Tell(changeover.Progress{Stage: upgrade.Verify})
			<-time.After(2 * time.Second)
			said = task.Checks()
			o := upgrade.Outcome{Verdict: upgrade.Reverted, Text: said.Cause}
			return o, task.Ended(upgrade.Record{Old: older, New: newer}, o)
		}
	}
	upgrading(t, prepare, func(t *testing.T, b *bench, _ *fakeChangeover) {
		b.wishes(orders(order("nginx", "A")))
		b.store.put(t, &plan.Plan{Host: "lb01", Routers: []plan.Router{router(254)}})
		pass(3 * time.Second)
		if want := "there is no check " + p.Checks[0].Name; said.Health == upgrade.Up || said.Cause != want {
			t.Errorf("%+v, want %s", said, want)
		}
	}, "nginx")
}
