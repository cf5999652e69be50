package agent_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"hactl/agent/changeover"
	"hactl/agent/upgrade"
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
	}, "nginx")
}

// What cannot be written down has not ended: it is gone on with.
func TestLoopEndsWhenThatIsWritten(t *testing.T) {
	upgrading(t, nil, func(t *testing.T, b *bench, f *fakeChangeover) {
		b.wishes(orders(order("nginx", "A")))
		b.store.mu.Lock()
		b.store.unwritable = errors.New("no space left on device")
		b.store.mu.Unlock()
		pass(10 * time.Second)
		if l := b.lineOf(t, "nginx"); l.Verdict != "" || l.Stage != "retire" {
			t.Errorf("not written: %+v", l)
		}
		b.store.mu.Lock()
		b.store.unwritable = nil
		b.store.mu.Unlock()
		pass(10 * time.Second)
		if l := b.lineOf(t, "nginx"); l.Verdict != "committed" || l.Previous == nil {
			t.Errorf("written: %+v", l)
		}
	}, "nginx")
}

// A record that cannot be read is told of, and stands in the way of orders.
func TestLoopDamagedRecord(t *testing.T) {
	left := func(b *bench, f *fakeChangeover) {
		f.records = map[string]*upgrade.Record{"nginx": nil}
		f.script = func(context.Context, changeover.Task) (upgrade.Outcome, error) {
			return upgrade.Outcome{}, errors.New("resume an upgrade: unexpected end of JSON input")
		}
	}
	upgrading(t, left, func(t *testing.T, b *bench, f *fakeChangeover) {
		b.wishes(orders(order("nginx", "A")))
		pass(time.Minute)
		if l := b.lineOf(t, "nginx"); l.Text != "resume an upgrade: unexpected end of JSON input" || l.Stage != "" || l.Order != nil {
			t.Errorf("%+v", l)
		}
		if n := b.log.times("unexpected end of JSON input"); n != 1 {
			t.Errorf("logged %d times, want once", n)
		}
	}, "nginx")
}
