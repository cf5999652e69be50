package agent_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"hactl/agent"
	"hactl/agent/changeover"
	"hactl/agent/upgrade"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// While the plan is on trial nothing is begun, and it is said why: the host may go back to
// a plan without the release.
func TestLoopOrdersWaitForATrial(t *testing.T) {
	f := &fakeChangeover{script: ends(committed), sights: map[string]changeover.Sight{}}
	m := &uptimes{boot: "b1"}
	cfg := agent.Config{Changeover: f, Successor: &f.successor, Uptime: m.uptime}
	inBubbleOf(t, cfg, func(b *bench) { m.began = time.Now(); b.store.put(t, upgraded("nginx")) }, func(t *testing.T, b *bench) {
		data, err := plan.Encode(upgraded("app", "nginx"), plan.Envelope{AppliedBy: "ops@desk", AppliedAt: "2000-01-01T00:00:00Z", Trial: &plan.Trial{ID: "a", Within: 60}})
		if err != nil {
			t.Fatal(err)
		}
		b.store.mu.Lock()
		b.store.plan = data
		changed := b.store.changed
		b.store.mu.Unlock()
		changed()
		pass(settled)
		b.wishes(orders(order("nginx", "A")))
		pass(30 * time.Second)
		l := b.lineOf(t, "nginx")
		if len(f.tasks()) != 0 || l.Order == nil || l.Order.ID != "A" || l.Verdict != "" || !l.Begun.IsZero() || !strings.HasPrefix(l.Text, "waits until the plan that the host follows is confirmed") {
			t.Errorf("begun %d times: %+v", len(f.tasks()), l)
		}
		pass(35 * time.Second) // it has gone back
		if l := b.lineOf(t, "nginx"); l.Verdict != "committed" || b.store.last(t).Trial.State != status.Returned {
			t.Errorf("after the trial: %+v", l)
		}
	})
}

// What is worth knowing stays in the report, beside what happens, until the next order.
func TestLoopKeepsNotes(t *testing.T) {
	noted := func(_ *bench, f *fakeChangeover) {
		f.script = func(ctx context.Context, task changeover.Task) (upgrade.Outcome, error) {
			task.Tell(changeover.Progress{Stage: upgrade.Backup, Text: "begins"})
			for range 2 { // as after a resumption
				task.Tell(changeover.Progress{Stage: upgrade.Backup, Text: "it is of a package", Stays: true})
			}
			<-time.After(time.Second)
			f.script = ends(committed)
			return ends(committed)(ctx, task)
		}
	}
	upgrading(t, noted, func(t *testing.T, b *bench, _ *fakeChangeover) {
		b.wishes(orders(order("nginx", "A")))
		if l := b.lineOf(t, "nginx"); l.Text != "begins" || !slices.Equal(l.Notes, []string{"it is of a package"}) {
			t.Errorf("under way: %+v", l)
		}
		pass(3 * time.Second)
		if l := b.lineOf(t, "nginx"); l.Verdict != "committed" || len(l.Notes) != 1 {
			t.Errorf("ended: %+v", l)
		}
		b.wishes(orders(order("nginx", "B")))
		if l := b.lineOf(t, "nginx"); l.Order.ID != "B" || l.Notes != nil {
			t.Errorf("another order: %+v", l)
		}
		pass(2 * time.Second)
	}, "nginx")
}
