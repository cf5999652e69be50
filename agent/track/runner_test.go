package track

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hactl/agent/node"
	"hactl/agent/program"
	"hactl/schemas/plan"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a runner whose probe does what a test says, and what it told.
type bench struct {
	*Runner
	began time.Time

	mu      sync.Mutex
	reports []Report
	runs    []time.Duration // since the start
	under   int             // runs that are under way
	most    int             // of under
}

// inBubble runs a check every second, with a timeout of 500 ms, in a bubble of
// its own; look is the probe, which is told the number of its run, from 1.
func inBubble(t *testing.T, look func(ctx context.Context, run int) outcome, test func(t *testing.T, b *bench)) {
	synctest.Test(t, func(t *testing.T) {
		c := plan.Check{
			Name: "web", Interval: 1000, Timeout: 500, Fall: 2, Rise: 1, Initial: plan.Up,
			File: &plan.FileProbe{Path: "/", Expect: plan.Exists},
		}
		b := &bench{began: time.Now()}
		b.Runner = NewRunner(c, "lb01", node.Up, 300*time.Millisecond, b.hear)
		b.prober = prober{probe: func(ctx context.Context) outcome {
			defer b.leave()
			return look(ctx, b.enter())
		}}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			b.Run(ctx)
			close(done)
		}()
		test(t, b)
		stop()
		<-done
	})
}

// hear keeps a report.
func (b *bench) hear(r Report) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reports = append(b.reports, r)
}

// enter counts a run that begins, and returns its number.
func (b *bench) enter() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.runs = append(b.runs, time.Since(b.began))
	b.under++
	b.most = max(b.most, b.under)
	return len(b.runs)
}

// leave counts one that has ended.
func (b *bench) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.under--
}

// seen returns what was told, and when runs began.
func (b *bench) seen() ([]Report, []time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.reports), slices.Clone(b.runs)
}

// pass lets time pass, and everything settle.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// The first run begins after the delay, the others an interval apart, and each is
// told.
func TestRunnerKeepsTime(t *testing.T) {
	look := func(_ context.Context, run int) outcome {
		<-time.After(100 * time.Millisecond)
		if run < 3 {
			return failed("connection refused")
		}
		return outcome{}
	}
	inBubble(t, look, func(t *testing.T, b *bench) {
		pass(3 * time.Second)
		want := []Report{
			{Check: "web", Health: node.Up, Streak: 1, Cause: "connection refused"},
			{Check: "web", Health: node.Down, Changed: true, Cause: "connection refused"},
			{Check: "web", Health: node.Up, Changed: true},
		}
		reports, runs := b.seen()
		if len(reports) != len(want) {
			t.Fatalf("%d reports, want %d", len(reports), len(want))
		}
		for i, r := range reports {
			begins := 300*time.Millisecond + time.Duration(i)*time.Second
			if ended := r.Ended.Sub(b.began); runs[i] != begins || ended != begins+100*time.Millisecond || r.Took != 100*time.Millisecond {
				t.Errorf("run %d: %v to %v, took %v", i, runs[i], ended, r.Took)
			}
			r.Ended, r.Took = time.Time{}, 0
			if r != want[i] {
				t.Errorf("run %d: %+v, want %+v", i, r, want[i])
			}
		}
	})
}

// A run that takes longer than its timeout is a failure, in its own words.
func TestRunnerTimeout(t *testing.T) {
	look := func(ctx context.Context, run int) outcome {
		<-ctx.Done()
		if run == 2 {
			return outcome{errors.New("killed"), "the end"}
		}
		return outcome{err: ctx.Err()}
	}
	inBubble(t, look, func(t *testing.T, b *bench) {
		pass(2 * time.Second)
		reports, _ := b.seen()
		if r := reports[0]; r.Cause != "no answer within 500ms" || r.Took != 500*time.Millisecond {
			t.Errorf("%+v", r)
		}
		if r := reports[1]; r.Cause != "killed" || r.Output != "the end" {
			t.Errorf("%+v", r)
		}
	})
}

// A probe that the kernel does not let go fails again and again, and is never
// begun a second time.
func TestRunnerHangs(t *testing.T) {
	look := func(_ context.Context, run int) outcome {
		if run == 1 {
			<-time.After(4200 * time.Millisecond) // whatever ctx says
		}
		return outcome{}
	}
	inBubble(t, look, func(t *testing.T, b *bench) {
		pass(4 * time.Second)
		reports, runs := b.seen()
		if len(runs) != 1 || len(reports) < 3 {
			t.Fatalf("%d runs, %d reports", len(runs), len(reports))
		}
		for i, r := range reports {
			if r.Cause != "hangs: not even its timeout of 500ms has ended it" || (r.Health == node.Down) != (i > 0) {
				t.Errorf("report %d: %+v", i, r)
			}
		}
		pass(2 * time.Second)
		reports, _ = b.seen()
		if r := reports[len(reports)-1]; r.Health != node.Up || r.Cause != "" {
			t.Errorf("when it has come back: %+v", r)
		}
		if b.most != 1 {
			t.Errorf("%d runs at once", b.most)
		}
	})
}

// The end of the check is not held up by a probe that hangs, however long it might.
func TestRunnerLeavesWhatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free, done := make(chan struct{}), make(chan struct{})
		r := NewRunner(plan.Check{Interval: 1000, Timeout: plan.Longest, Fall: 1, Rise: 1, TCP: &plan.TCPProbe{}}, "lb01", node.Up, 0, func(r Report) { t.Errorf("told %+v", r) })
		r.prober = prober{probe: func(context.Context) outcome {
			<-free
			return outcome{}
		}}
		ctx, stop := context.WithCancel(t.Context())
		go func() { r.Run(ctx); close(done) }()
		pass(time.Second)
		stop()
		pass(slack)
		select {
		case <-done:
		default:
			t.Errorf("it runs on %v after its end", slack)
		}
		close(free)
		<-done
	})
}

// A program that could not be ended is not joined by a second one, however often
// its time is over.
func TestRunnerLeavesNoPrograms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left, runs := make(chan struct{}), 0
		exec := execProbe{run: func(ctx context.Context, _ program.Program) program.Result {
			if runs++; runs > 1 {
				return program.Result{}
			}
			<-ctx.Done()
			return program.Result{Exit: -1, Killed: true, Err: errors.New("it cannot be killed"), Left: left}
		}}
		r := NewRunner(plan.Check{Interval: 1000, Timeout: 500, Fall: 1, Rise: 1, TCP: &plan.TCPProbe{}}, "lb01", node.Up, 0, func(Report) {})
		r.prober = prober{probe: exec.look}
		ctx, stop := context.WithCancel(t.Context())
		go r.Run(ctx)
		pass(10 * time.Second)
		if runs != 1 {
			t.Errorf("%d programs run", runs)
		}
		close(left)
		pass(3 * time.Second)
		if runs < 2 {
			t.Error("when it has ended at last, no other one runs")
		}
		stop()
		synctest.Wait()
	})
}

// What the kernel says makes the next run begin at once.
func TestRunnerHurries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alarm := make(chan struct{})
		var runs []time.Duration
		began := time.Now()
		r := NewRunner(plan.Check{Interval: 1000, Timeout: 500, Fall: 1, Rise: 1, TCP: &plan.TCPProbe{}}, "lb01", node.Up, 0, func(Report) {})
		r.prober = prober{alarm: alarm, probe: func(context.Context) outcome {
			runs = append(runs, time.Since(began))
			return outcome{}
		}}
		ctx, stop := context.WithCancel(t.Context())
		go r.Run(ctx)
		pass(400 * time.Millisecond)
		alarm <- struct{}{}
		pass(1100 * time.Millisecond)
		stop()
		synctest.Wait()
		want := []time.Duration{0, 400 * time.Millisecond, 1400 * time.Millisecond}
		if len(runs) != 3 || runs[0] != want[0] || runs[1] != want[1] || runs[2] != want[2] {
			t.Errorf("runs at %v, want %v", runs, want)
		}
	})
}

// Nothing is told after the end, and a run that is under way is ended.
func TestRunnerEnds(t *testing.T) {
	ended := make(chan error, 1)
	look := func(ctx context.Context, _ int) outcome {
		<-ctx.Done()
		ended <- ctx.Err()
		return outcome{err: ctx.Err()}
	}
	var b *bench
	inBubble(t, look, func(t *testing.T, bb *bench) {
		b = bb
		pass(400 * time.Millisecond)
	})
	if err := <-ended; err != context.Canceled || len(b.reports) > 0 {
		t.Errorf("ended by %v, told %v", err, b.reports)
	}
}
