package agent_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"hactl/agent/changeover"
	"hactl/agent/upgrade"
)

// fakeSuccessor is fit, and cannot go on after all.
type fakeSuccessor struct{ asked atomic.Int32 } // to go on

func (s *fakeSuccessor) Check(context.Context, []byte) (string, error) { return "next", nil }

func (s *fakeSuccessor) Become([]byte) error { s.asked.Add(1); return errors.New("exec format error") }

// A hand-over stops an upgrade once, and does not wait for what that brings about; when
// it fails the upgrade goes on.
func TestLoopHandsOverAnUpgrade(t *testing.T) {
	slow := func(_ *bench, f *fakeChangeover) { f.looks = 10 * time.Millisecond }
	upgrading(t, slow, func(t *testing.T, b *bench, f *fakeChangeover) {
		b.wishes(orders(order("nginx", "A")))
		b.HandOver()
		pass(settled)
		if f.successor.asked.Load() != 1 || f.times("nginx") != 2 {
			t.Errorf("the successor was asked %d times, and the upgrade begun %d times, want 1 and 2", f.successor.asked.Load(), f.times("nginx"))
		}
		pass(2 * time.Second)
		if l := b.lineOf(t, "nginx"); l.Verdict != "committed" {
			t.Errorf("%+v", l)
		}
	}, "nginx")
}

// A hand-over waits for a command of an upgrade, which is not broken off.
func TestLoopHandOverWaitsForACommand(t *testing.T) {
	commanded := func(_ *bench, f *fakeChangeover) {
		f.script = func(ctx context.Context, task changeover.Task) (upgrade.Outcome, error) {
			task.Busy(true)
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				t.Error("the command was broken off")
			}
			task.Busy(false)
			return ends(committed)(ctx, task)
		}
	}
	upgrading(t, commanded, func(t *testing.T, b *bench, f *fakeChangeover) {
		b.wishes(orders(order("nginx", "A")))
		b.HandOver()
		pass(settled)
		if h := b.store.last(t).Handover; h == nil || h.Waiting != "a command of upgrade nginx runs" || f.successor.asked.Load() != 0 {
			t.Errorf("the hand-over says %+v, and asked %d times", h, f.successor.asked.Load())
		}
		pass(time.Second)
		if f.successor.asked.Load() != 1 {
			t.Errorf("after the command the successor was asked %d times, want once", f.successor.asked.Load())
		}
		f.mu.Lock()
		f.script = ends(committed)
		f.mu.Unlock()
		pass(4 * time.Second)
	}, "nginx")
}
