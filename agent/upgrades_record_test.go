package agent_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"hactl/agent/changeover"
	"hactl/agent/upgrade"
	"hactl/schemas/intent"
)

// What cannot be read is not believed: no order is begun, and it is left as it is.
func TestLoopDamagedHistory(t *testing.T) {
	damage := func(b *bench, _ *fakeChangeover) { b.store.histories = map[string][]byte{"nginx": []byte("{}")} }
	upgrading(t, damage, func(t *testing.T, b *bench, f *fakeChangeover) {
		b.wishes(orders(order("nginx", "A")))
		pass(time.Minute)
		l := b.lineOf(t, "nginx")
		if len(f.tasks()) != 0 || l.Verdict != "refused" || !strings.HasPrefix(l.Text, "what was ordered before is not known: decode the history of an upgrade: ") {
			t.Errorf("begun %d times: %+v", len(f.tasks()), l)
		}
		if got := b.kept("nginx"); got != "{}" {
			t.Errorf("it is %s now", got)
		}
	}, "nginx")
}

// What another agent has left under way is gone on with, also when the plan has lost
// it; a failure to look is tried again.
func TestLoopGoesOnWithARecord(t *testing.T) {
	h := upgrade.History{}
	h.Begin(order("nginx", "A"), time.Unix(1, 0).UTC())
	left := func(b *bench, f *fakeChangeover) {
		b.store.put(t, upgraded())
		b.store.histories = map[string][]byte{"nginx": h.Encode()}
		b.store.intents = orders(order("nginx", "A"))
		f.records = map[string]*upgrade.Record{"nginx": {Upgrade: upgraded("nginx").Upgrades[0], Stage: upgrade.Verify}}
		f.script = func(context.Context, changeover.Task) (upgrade.Outcome, error) {
			f.script = ends(committed)
			return upgrade.Outcome{}, errors.New("too many open files")
		}
	}
	upgrading(t, left, func(t *testing.T, b *bench, f *fakeChangeover) {
		if l := b.lineOf(t, "nginx"); l.Stage != "verify" || l.Text != "too many open files" || l.Verdict != "" {
			t.Errorf("failed: %+v", l)
		}
		pass(10 * time.Second)
		if l := b.lineOf(t, "nginx"); l.Verdict != "committed" || f.times("nginx") != 2 {
			t.Errorf("begun %d times: %+v", f.times("nginx"), l)
		}
	})
}

// Nothing is touched before it is written down that it was begun.
func TestLoopWritesOrdersDownFirst(t *testing.T) {
	upgrading(t, func(b *bench, _ *fakeChangeover) { b.store.unwritable = errors.New("no space left on device") }, func(t *testing.T, b *bench, f *fakeChangeover) {
		b.wishes(orders(order("nginx", "A"), order("something", "A")))
		pass(20 * time.Second)
		if l := b.lineOf(t, "nginx"); len(f.tasks()) != 0 || l.Text != "no space left on device" || l.Verdict != "" {
			t.Errorf("begun %d times: %+v", len(f.tasks()), l)
		}
		if l := b.lineOf(t, "something"); l.Verdict != "refused" {
			t.Errorf("%+v", l)
		}
		if n := b.log.times("no space left on device"); n != 2 {
			t.Errorf("logged %d times, want once each", n)
		}
		b.store.mu.Lock()
		b.store.unwritable = nil
		b.store.mu.Unlock()
		pass(10 * time.Second)
		if l := b.lineOf(t, "nginx"); l.Verdict != "committed" {
			t.Errorf("%+v", l)
		}
		if h, err := b.history("something"); err != nil || h.Last().Verdict != upgrade.Refused {
			t.Errorf("kept %+v, %v", h, err)
		}
		if l := b.lineOf(t, "something"); l.Outcomes["refused"] != 1 || strings.Contains(l.Text, "no space") {
			t.Errorf("%+v", l)
		}
	}, "nginx")
}

// An end that cannot be written down is one: nothing is carried out again, no vip is held
// for it, and it is written, and its record removed, as soon as that can be.
func TestLoopEndsWhenThatIsWritten(t *testing.T) {
	upgrading(t, nil, func(t *testing.T, b *bench, f *fakeChangeover) {
		b.wishes(orders(order("nginx", "A")))
		b.store.mu.Lock()
		b.store.unwritable = errors.New("no space left on device")
		b.store.mu.Unlock()
		pass(10 * time.Second)
		l := b.lineOf(t, "nginx")
		if l.Verdict != "committed" || l.Text != "version 1.27.2 serves; that is not settled yet: no space left on device" || l.Held != nil || l.Outcomes["committed"] != 1 {
			t.Errorf("not written: %+v", l)
		}
		b.wishes(orders(order("nginx", "B")))
		b.store.mu.Lock()
		b.store.unwritable = nil
		b.store.mu.Unlock()
		pass(10 * time.Second)
		if l := b.lineOf(t, "nginx"); l.Verdict != "committed" || l.Order.ID != "B" || l.Previous == nil || l.Outcomes["committed"] != 2 {
			t.Errorf("written: %+v", l)
		}
		if h, err := b.history("nginx"); err != nil || len(h.Orders) != 2 || h.Orders[0].Verdict != upgrade.Committed {
			t.Errorf("kept %+v, %v", h, err)
		}
		if n := f.times("nginx"); n != 2 || len(f.cleared) != 1 || f.cleared[0] != "nginx: committed" {
			t.Errorf("begun %d times, cleared %q", n, f.cleared)
		}
	}, "nginx")
}

// A record that was left although its order has ended is removed: nothing is carried out,
// and nothing held, for it; so when the agent ends between the two, and when the record
// cannot be removed at once.
func TestLoopRemovesTheRecordOfWhatHasEnded(t *testing.T) {
	refused := upgrade.Outcome{Verdict: upgrade.Refused, Text: "web/public is still here"}
	h := upgrade.History{}
	h.Begin(order("nginx", "A"), time.Unix(1, 0).UTC())
	h.End(refused, older, newer, time.Unix(2, 0).UTC())
	killed := func(b *bench, f *fakeChangeover) {
		b.store.put(t, drainedFirst())
		b.store.histories = map[string][]byte{"nginx": h.Encode()}
		b.store.intents = orders(order("nginx", "A"))
		f.records = map[string]*upgrade.Record{"nginx": {Upgrade: drainedFirst().Upgrades[0], Stage: upgrade.Drain}}
	}
	failing := func(b *bench, f *fakeChangeover) {
		b.store.put(t, drainedFirst())
		b.store.intents = orders(order("nginx", "A"))
		f.script = func(ctx context.Context, task changeover.Task) (upgrade.Outcome, error) {
			task.Tell(changeover.Progress{Stage: upgrade.Drain})
			return refused, errors.Join(task.Ended(upgrade.Record{}, refused), errors.New("remove nginx.record: input/output error"))
		}
	}
	for name, c := range map[string]struct {
		prepare  func(*bench, *fakeChangeover)
		runs     int
		outcomes uint64
	}{
		"killed":  {killed, 0, 0},
		"failing": {failing, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			upgrading(t, c.prepare, func(t *testing.T, b *bench, f *fakeChangeover) {
				pass(30 * time.Second)
				l := b.lineOf(t, "nginx")
				if f.times("nginx") != c.runs || len(f.cleared) != 1 || f.cleared[0] != "nginx: refused" {
					t.Errorf("carried out %d times, cleared %q", f.times("nginx"), f.cleared)
				}
				if l.Verdict != "refused" || l.Text != refused.Text || l.Held != nil || l.Stage != "" || l.Outcomes["refused"] != c.outcomes {
					t.Errorf("%+v", l)
				}
				if e := b.store.last(t).Routers[0].Effective; e != 254 {
					t.Errorf("the router has priority %d", e)
				}
				b.wishes(orders(order("nginx", "B"))) // which is another matter
				pass(settled)
				if l := b.lineOf(t, "nginx"); l.Order.ID != "B" || f.times("nginx") != c.runs+1 {
					t.Errorf("after it: %+v", l)
				}
			}, "nginx")
		})
	}
}

// After an end without a master the host stands aside until one is seen, whoever asks.
func TestLoopHoldsVipsWhenDown(t *testing.T) {
	h := upgrade.History{}
	h.Begin(order("nginx", "A"), time.Unix(1, 0).UTC())
	h.End(upgrade.Outcome{Verdict: upgrade.Down, Text: "no master is left"}, older, newer, time.Unix(2, 0).UTC())
	down := func(b *bench, f *fakeChangeover) {
		b.store.put(t, drainedFirst())
		b.store.histories = map[string][]byte{"nginx": h.Encode()}
		f.sights["nginx"] = changeover.Sight{SHA256: older.SHA256, Version: older.Version}
	}
	upgrading(t, down, func(t *testing.T, b *bench, f *fakeChangeover) {
		b.wishes(orders(intent.Order{Name: "nginx", ID: "B", Back: true, Mark: order("", "").Mark}))
		pass(time.Minute)
		const why = "kept away as the upgrade of nginx has left no master"
		for _, s := range b.store.written() {
			if len(s.Routers) > 0 && (s.Routers[0].Effective != 1 || s.Routers[0].Aside != why) {
				t.Fatalf("the router had priority %d: %s", s.Routers[0].Effective, s.Routers[0].Aside)
			}
		}
		if l := b.lineOf(t, "nginx"); l.Verdict != "refused" || len(l.Held) != 1 {
			t.Errorf("%+v", l)
		}
		f.mu.Lock()
		f.sights["nginx"] = changeover.Sight{SHA256: older.SHA256, Version: older.Version, Running: older.SHA256}
		f.mu.Unlock()
		pass(20 * time.Second)
		if s := b.store.last(t); s.Routers[0].Effective != 254 || s.Upgrades[0].Held != nil {
			t.Errorf("a master is there: priority %d, held %v", s.Routers[0].Effective, s.Upgrades[0].Held)
		}
	}, "nginx")
}

// So it does when the upgrade ends so under its eyes: what was seen before it is nothing.
func TestLoopGoesDown(t *testing.T) {
	down := func(b *bench, f *fakeChangeover) {
		b.store.put(t, drainedFirst())
		f.script = func(ctx context.Context, task changeover.Task) (upgrade.Outcome, error) {
			f.mu.Lock()
			f.sights["nginx"] = changeover.Sight{SHA256: older.SHA256, Version: older.Version}
			f.mu.Unlock()
			return ends(upgrade.Outcome{Verdict: upgrade.Down, Text: "no master is left"})(ctx, task)
		}
	}
	upgrading(t, down, func(t *testing.T, b *bench, f *fakeChangeover) {
		b.wishes(orders(order("nginx", "A")))
		pass(20 * time.Second)
		if s := b.store.last(t); s.Routers[0].Effective != 1 || s.Upgrades[0].Verdict != "down" || len(s.Upgrades[0].Held) != 1 {
			t.Errorf("priority %d, %+v", s.Routers[0].Effective, s.Upgrades[0])
		}
	}, "nginx")
}

// What needs a person is logged as an error, what did not come to be as a warning.
func TestLoopLogsHowOrdersEnd(t *testing.T) {
	for verdict, level := range map[upgrade.Verdict]string{
		upgrade.Committed: "INFO", upgrade.Refused: "WARN", upgrade.Stuck: "ERROR", upgrade.Down: "ERROR",
	} {
		script := func(_ *bench, f *fakeChangeover) {
			f.script = ends(upgrade.Outcome{Verdict: verdict, Text: "so it is"})
		}
		upgrading(t, script, func(t *testing.T, b *bench, _ *fakeChangeover) {
			b.wishes(orders(order("nginx", "A")))
			pass(20 * time.Second)
			want := fmt.Sprintf("level=%s msg=\"upgrade ended\" upgrade=nginx verdict=%s text=\"so it is\"", level, verdict)
			if n := b.log.times(want); n != 1 {
				t.Errorf("%d times %s", n, want)
			}
		}, "nginx")
	}
}

// A record that cannot be read is told of, stands in the way of orders, and holds the
// plan's vips away: nobody knows who serves.
func TestLoopDamagedRecord(t *testing.T) {
	left := func(b *bench, f *fakeChangeover) {
		b.store.put(t, drainedFirst())
		f.records = map[string]*upgrade.Record{"nginx": nil}
		f.script = func(context.Context, changeover.Task) (upgrade.Outcome, error) {
			return upgrade.Outcome{}, errors.New("resume an upgrade: unexpected end of JSON input")
		}
	}
	upgrading(t, left, func(t *testing.T, b *bench, f *fakeChangeover) {
		b.wishes(orders(order("nginx", "A")))
		pass(time.Minute)
		if l := b.lineOf(t, "nginx"); l.Text != "resume an upgrade: unexpected end of JSON input" || l.Stage != "" || l.Order != nil || len(l.Held) != 1 || b.store.last(t).Routers[0].Effective != 1 {
			t.Errorf("%+v", l)
		}
		for _, task := range f.tasks() {
			if !task.Resume {
				t.Error("it may be begun anew")
			}
		}
		if n := b.log.times("unexpected end of JSON input"); n != 1 {
			t.Errorf("logged %d times, want once", n)
		}
	}, "nginx")
}
