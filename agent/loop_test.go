package agent_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hactl/agent"
	"hactl/agent/node"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// The loop and what stands around it, without namespaces and in virtual time: a
// bubble that ends with a goroutine left behind panics. The routers of these
// plans wait for interfaces that are not there.

// settled is long enough for a report of what has just happened, and shorter
// than any other timer.
const settled = 100 * time.Millisecond

// pass lets virtual time pass, until everything that follows has been done.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// inBubble starts an agent in virtual time, and ends it after f.
func inBubble(t *testing.T, prepare func(*bench), f func(*testing.T, *bench)) {
	inBubbleOf(t, agent.Config{}, prepare, f)
}

// inBubbleOf is inBubble of a configuration that lacks what all have in common.
func inBubbleOf(t *testing.T, cfg agent.Config, prepare func(*bench), f func(*testing.T, *bench)) {
	synctest.Test(t, func(t *testing.T) {
		b := newBenchOf(cfg)
		if prepare != nil {
			prepare(b)
		}
		ctx, stop := context.WithCancel(t.Context())
		b.start(ctx)
		pass(settled)
		f(t, b)
		stop()
		if err := <-b.ended; err != nil {
			t.Errorf("Run: %v", err)
		}
		if s := b.store.last(t); s.State != status.Stopped {
			t.Errorf("the last report says %s", s.State)
		}
	})
}

// What the kernel refuses is tried again after a second, for as long as it
// refuses, and said once.
func TestLoopConvergesAgain(t *testing.T) {
	stuck := node.Holding{
		Wish:    node.Wish{Interface: "eth0", Prefix: netip.MustParsePrefix("10.0.0.100/32")},
		Present: true, Problem: "cannot be removed: operation not permitted",
	}
	prepare := func(b *bench) { b.kernel.holdings = []node.Holding{stuck} }
	inBubble(t, prepare, func(t *testing.T, b *bench) {
		before := b.kernel.count(&b.kernel.converged)
		for n := 1; n <= 3; n++ {
			pass(time.Second)
			if got := b.kernel.count(&b.kernel.converged); got != before+n {
				t.Errorf("after %d s: converged %d times more, want %d", n, got-before, n)
			}
		}
		if n := b.log.times("address is not as it should be"); n != 1 {
			t.Errorf("logged %d times, want once", n)
		}
		b.kernel.set(func(k *fakeKernel) { k.holdings = nil })
		pass(10 * time.Second)
		if got := b.kernel.count(&b.kernel.converged); got != before+4 {
			t.Errorf("converged %d times more after the problem had gone, want once", got-before-3)
		}
	})
}

// Interfaces that cannot be read now are as they were; they are read again
// after a second.
func TestLoopKeepsTheLastLinks(t *testing.T) {
	prepare := func(b *bench) {
		// No interface of this machine is called so: its socket cannot be had.
		b.kernel.links = []node.Link{{Index: 1 << 30, Name: "nowhere0"}}
		b.store.publish(t, router(254, func(r *plan.Router) { r.Interface = "nowhere0" }))
	}
	inBubble(t, prepare, func(t *testing.T, b *bench) {
		says := func(want string) {
			t.Helper()
			if got := b.store.last(t).Routers[0].Waiting; got != want {
				t.Errorf("the router waits for %q, want %q", got, want)
			}
		}
		says("interface nowhere0 is down")
		pass(2 * time.Second) // the watch is tried again by then
		b.kernel.set(func(k *fakeKernel) { k.links, k.failure = nil, errors.New("netlink: no buffer space") })
		b.kernel.tell()
		pass(settled)
		says("interface nowhere0 is down")
		if b.log.times("the last known state stands") != 1 {
			t.Error("the failure is not logged once")
		}
		b.kernel.set(func(k *fakeKernel) { k.failure = nil })
		pass(time.Second)
		says("interface nowhere0 does not exist")
	})
}

// Changes that come together are seen in one look at the links.
func TestLoopGathersLinkEvents(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, b *bench) {
		pass(2 * time.Second)
		hold := make(chan struct{})
		b.kernel.set(func(k *fakeKernel) { k.hold, k.held = hold, make(chan struct{}, 10) })
		before := b.kernel.count(&b.kernel.observed)
		for range 500 {
			b.kernel.tell()
		}
		<-b.kernel.held
		for range 500 {
			b.kernel.tell()
		}
		b.kernel.set(func(k *fakeKernel) { k.hold = nil })
		close(hold)
		pass(settled)
		if n := b.kernel.count(&b.kernel.observed) - before; n != 2 {
			t.Errorf("looked %d times at the links, want twice", n)
		}
	})
}

// A watch that fails is begun again after a second.
func TestLoopWatchesAgain(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, b *bench) {
		pass(3 * time.Second)
		b.kernel.mu.Lock()
		defer b.kernel.mu.Unlock()
		if n := len(b.kernel.watched); n != 2 {
			t.Fatalf("watched %d times, want twice", n)
		}
		if d := b.kernel.watched[1].Sub(b.kernel.watched[0]); d != time.Second {
			t.Errorf("the watch was begun again after %v", d)
		}
	})
}

// Without any event there is a report every five seconds.
func TestLoopHeartbeat(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, b *bench) {
		pass(20 * time.Second)
		reports := b.store.written()
		if len(reports) != 5 {
			t.Errorf("%d reports in 20 s, want 5", len(reports))
		}
		for i := 1; i < len(reports); i++ {
			if d := reports[i].Written.Sub(reports[i-1].Written); d != 5*time.Second {
				t.Errorf("report %d came %v after the one before", i, d)
			}
		}
	})
}

// While a report is being written, only the newest of those that follow is kept.
// The end waits until the last one, which says stopped, is written.
func TestLoopWritesTheNewestReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench("")
		b.store.writing = make(chan struct{})
		b.start(t.Context())
		pass(settled) // the first report is being written
		var newest string
		for id := range 5 {
			newest = b.store.publish(t, router(200+id))
			pass(settled)
		}
		b.store.writing <- struct{}{}
		b.store.writing <- struct{}{}
		synctest.Wait()
		if got := b.store.written(); len(got) != 2 || got[1].Plan.Hash != newest {
			t.Errorf("written: %d reports, the last of plan %s; want 2, of %s", len(got), b.store.last(t).Plan.Hash, newest)
		}
		for id := range 2 { // one is being written, and one waits
			newest = b.store.publish(t, router(210+id))
			pass(settled)
		}
		b.Leave("test")
		pass(time.Minute)
		select {
		case err := <-b.ended:
			t.Fatalf("Run ended with %v before its last report was written", err)
		default:
		}
		b.store.writing <- struct{}{} // the one that had been begun
		b.store.writing <- struct{}{} // the last, in place of the one that waited
		if err := <-b.ended; err != nil {
			t.Errorf("Run: %v", err)
		}
		if s := b.store.last(t); s.State != status.Stopped || s.Plan.Hash != newest {
			t.Errorf("the last report says %s of plan %s", s.State, s.Plan.Hash)
		}
	})
}

// However often the store changes, one look is under way at a time, and what
// is there at the end is followed and kept.
func TestLoopLooksOneByOne(t *testing.T) {
	prepare := func(b *bench) { b.store.publish(t, router(100)) }
	inBubble(t, prepare, func(t *testing.T, b *bench) {
		b.store.mu.Lock()
		b.store.slow, b.store.reads = time.Second, 0
		b.store.mu.Unlock()
		var newest string
		for n := range 50 {
			newest = b.store.publish(t, router(101+n))
			pass(10 * time.Millisecond)
		}
		pass(3 * time.Second)
		b.store.mu.Lock()
		most, reads, good := b.store.most, b.store.reads, string(b.store.good)
		b.store.mu.Unlock()
		if most != 1 || reads != 2 {
			t.Errorf("%d looks, %d at a time; want 2, one by one", reads, most)
		}
		if got := b.store.last(t).Plan.Hash; got != newest {
			t.Errorf("following %s, want %s", got, newest)
		}
		if doc, err := plan.Decode([]byte(good)); err != nil || doc.Hash != newest {
			t.Errorf("kept for the next start: %v, want %s", err, newest)
		}
	})
}

// A store that does not answer holds nothing up.
func TestLoopGoesOnWithoutTheStore(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, b *bench) {
		b.store.mu.Lock()
		b.store.slow = time.Hour
		b.store.mu.Unlock()
		b.store.publish(t, router(254))
		before := len(b.store.written())
		pass(20 * time.Second)
		if n := len(b.store.written()) - before; n != 4 {
			t.Errorf("%d reports in 20 s while the store hung, want 4", n)
		}
	})
}

// A leave that has nothing to give up ends at once, and a second one finds
// nobody.
func TestLoopLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench("")
		b.store.publish(t, router(254))
		b.start(t.Context())
		pass(settled)
		began := time.Now()
		b.Leave("test")
		if err := <-b.ended; err != nil || time.Since(began) > 0 {
			t.Errorf("Run ended with %v after %v", err, time.Since(began))
		}
		b.Leave("again")
		if s := b.store.last(t); s.State != status.Stopped || len(s.Routers) != 1 {
			t.Errorf("the last report says %s with %d routers", s.State, len(s.Routers))
		}
	})
}

// Run returns after everything that it began has ended.
func TestLoopWaitsForItsWatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench("")
		b.kernel.linger = time.Second
		b.start(t.Context())
		pass(2 * time.Second) // the watch has been begun again
		b.Leave("test")
		if err := <-b.ended; err != nil {
			t.Error(err)
		}
		b.kernel.mu.Lock()
		defer b.kernel.mu.Unlock()
		if b.kernel.unwatched != 1 {
			t.Error("Run returned while the watch went on")
		}
	})
}

// Another agent that answers on the control socket ends Run at once, and
// nothing is left behind: no goroutine, and the other one's socket as it was.
func TestLoopControlSocketOccupied(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	path := filepath.Join(t.TempDir(), "sock")
	other, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	b := newBench(path)
	b.start(t.Context())
	select {
	case err := <-b.ended:
		if err == nil || !strings.Contains(err.Error(), "open control socket "+path+": another agent") {
			t.Errorf("Run: %v", err)
		}
	case <-time.After(patience):
		t.Fatal("Run hangs")
	}
	if conn, err := net.Dial("unix", path); err != nil {
		t.Errorf("the other agent's socket: %v", err)
	} else {
		conn.Close()
	}
	b.Leave("nobody is there any more")
}

// Run gives back all that it opened.
func TestLoopLeavesNothingBehind(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	path := filepath.Join(t.TempDir(), "sock")
	ctx, stop := context.WithCancel(t.Context())
	b := newBench(path)
	b.start(ctx)
	for end := time.Now().Add(patience); ; <-time.After(time.Millisecond) {
		if conn, err := net.Dial("unix", path); err == nil {
			conn.Close()
			break
		} else if time.Now().After(end) {
			t.Fatal(err)
		}
	}
	stop()
	if err := <-b.ended; err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("unix", path); err == nil {
		t.Error("the control socket still answers")
	}
}
