package agent

import (
	"context"
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"hactl/agent/node"
)

// While the kernel hangs, no more refreshes are kept than may still be done.
func TestRefreshesThatAreTooOld(t *testing.T) {
	const every = 100 * time.Millisecond
	a := &Agent{clock: startClock()}
	h := newHands(a)
	h.busy = true
	for range 1000 {
		a.clock.start -= every // so much later
		h.refresh([]node.Wish{{}})
	}
	if n, most := len(h.next.refresh), int(validity/every); n == 0 || n > most {
		t.Errorf("%d refreshes wait, want some and at most %d", n, most)
	}
}

// sleeper is a Kernel in whose midst the whole agent is held up.
type sleeper struct {
	t     *testing.T
	sleep func()
	calls int
}

func (s *sleeper) Observe() ([]node.Link, error)       { return nil, nil }
func (s *sleeper) Watch(context.Context, func()) error { return nil }
func (s *sleeper) Alarm(func()) (func(time.Duration), func(), error) {
	return nil, nil, nil
}
func (s *sleeper) Refresh(_ []node.Wish, going func() bool) error { s.held(going); return nil }
func (s *sleeper) Converge(w node.Wishes, there func(string, netip.Addr), going func() bool) (node.Holdings, bool) {
	s.held(going)
	for _, x := range w.Addresses {
		there(x.Interface, x.Prefix.Addr())
	}
	return node.Holdings{}, false
}

func (s *sleeper) held(going func() bool) {
	s.calls++
	if !going() {
		s.t.Error("a task that was just begun adds and refreshes nothing")
	}
	s.sleep()
	if going() {
		s.t.Error("a task that was held up goes on to add or refresh")
	}
}

// What was held up with the whole agent adds, refreshes and announces nothing more: the
// addresses may be another host's. What is not announced is left to the node.
func TestTasksThatWereHeldUp(t *testing.T) {
	a := &Agent{clock: startClock(), cfg: Config{Log: slog.New(slog.DiscardHandler)}}
	const shortest = 2 * time.Second // of all lifetimes
	k := &sleeper{t: t, sleep: func() { a.clock.start -= shortest }}
	a.kernel = k
	h := newHands(a)
	h.do(task{issued: a.clock.now(), refresh: []renewal{{a.clock.now(), []node.Wish{{}}}}})

	address := netip.MustParsePrefix("10.0.0.100/32")
	o := h.do(task{
		issued: a.clock.now(), converge: true,
		wishes:   node.Wishes{Addresses: []node.Wish{{Interface: "eth0", Prefix: address}}},
		announce: []node.Announce{{Interface: "eth0", Address: address.Addr(), Count: 5}},
	})
	if k.calls != 2 || o.refused || !o.late[station{"eth0", address.Addr()}] {
		t.Errorf("%d calls of the kernel, refused %v, too late %v; want the announcement to be too late", k.calls, o.refused, o.late)
	}
}
