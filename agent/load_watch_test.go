package agent_test

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/vishvananda/netlink"

	"hactl/agent/packet"
	"hactl/agent/socket"
	"hactl/schemas/plan"
)

// watch is who notes on the first interface of the client when adverts of a source
// arrive.
type watch struct {
	conn  *socket.Conn
	first chan struct{} // closed at the first
	done  chan error

	mu      sync.Mutex
	arrived map[uint8][]time.Time // by VRID
}

// watch begins to note adverts.
func (s *loaded) watch(source string) *watch {
	s.t.Helper()
	w := &watch{first: make(chan struct{}), done: make(chan error, 1), arrived: map[uint8][]time.Time{}}
	s.must(s.client.Do(func() error {
		link, err := net.InterfaceByName("eth1")
		if err != nil {
			return err
		}
		w.conn, err = socket.Listen(socket.Interface{Name: link.Name, Index: link.Index}, 4, []netip.Addr{vrrpGroup})
		return err
	}))
	from := netip.MustParseAddr(source)
	go func() {
		w.done <- w.conn.Receive(func(r socket.Received) {
			a, err := packet.Parse(r.Payload, packet.Header{Source: r.Source, Destination: r.Destination, TTL: r.TTL})
			if err != nil || r.Source != from || a.Priority == 0 {
				return
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			if len(w.arrived) == 0 {
				close(w.first)
			}
			w.arrived[a.VRID] = append(w.arrived[a.VRID], time.Now().Add(-r.Age))
		})
	}()
	s.t.Cleanup(func() { _ = w.conn.Close() })
	return w
}

// seen returns from how many routers adverts have come, and how many adverts of the
// one with the fewest.
func (w *watch) seen() (routers, fewest int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, at := range w.arrived {
		if routers == 0 || len(at) < fewest {
			fewest = len(at)
		}
		routers++
	}
	return routers, fewest
}

// awaitAdverts waits until so many adverts of every router have come.
func (s *loaded) awaitAdverts(w *watch, each int) {
	s.t.Helper()
	s.awaitLong("adverts of all routers", func() bool {
		routers, fewest := w.seen()
		return routers == s.count() && fewest >= each
	})
}

// awaitAdvert waits for the next advert of a source.
func (s *loaded) awaitAdvert(source string) {
	s.t.Helper()
	select {
	case <-s.watch(source).first:
	case <-time.After(patience):
		s.fails("waited %v for an advert of %s, in vain", patience, source)
	}
}

// lateness is what is known of the adverts that came too late.
type lateness struct {
	adverts, late int
	worst         time.Duration // beyond the interval; 0: none was
}

// stop ends the watch, and says which adverts of all routers but one were late: after
// more than the interval and a tenth of it, or 2 ms.
func (w *watch) stop(t *testing.T, interval time.Duration, but uint8) (l lateness) {
	t.Helper()
	if err := errors.Join(w.conn.Close(), <-w.done); !errors.Is(err, net.ErrClosed) {
		t.Fatal(err)
	}
	for vrid, at := range w.arrived {
		if vrid == but {
			continue
		}
		for i := range at[1:] {
			l.adverts++
			over := at[i+1].Sub(at[i]) - interval
			l.worst = max(l.worst, over)
			if over > max(interval/10, 2*time.Millisecond) {
				l.late++
			}
		}
	}
	return l
}

// join connects the client to the first segment of the load.
func (s *loaded) join() {
	s.t.Helper()
	s.must(s.client.Connect(s.segments[0], "eth1", "10.1.0.200/16"))
}

// extra is the address that the first router gets, and its prefix as in a plan.
const extra = "10.1.2.1"

// change gives the first router of lb01 one more address, and returns how long it takes
// until it is there, from when the plan lies in the store or keepalived is told to read its
// configuration.
func (s *loaded) change(what service) time.Duration {
	s.t.Helper()
	news, done := make(chan netlink.AddrUpdate, 1<<12), make(chan struct{})
	defer close(done)
	s.must(s.hosts["lb01"].Do(func() error { return netlink.AddrSubscribe(news, done) }))
	began := what.change("lb01")
	end := time.After(patience)
	for {
		select {
		case n := <-news:
			if n.NewAddr && n.LinkAddress.IP.String() == extra {
				return time.Since(began)
			}
		case <-end:
			s.t.Fatalf("waited %v for %s, in vain", patience, extra)
		}
	}
}

// 255 routers run, and one of them gets another address: no advert of the others is
// late.
func TestKernelChangeAmongMany(t *testing.T) {
	t.Parallel()
	s := newLoaded(t, burden{1, 255, time.Second})
	s.join()
	what := ours{s}
	what.begin("lb01")
	s.awaitCount("lb01", s.count())
	w := s.watch("10.1.0.5")
	s.awaitAdverts(w, 2)
	took := s.change(what)
	s.awaitAdverts(w, 4)
	l := w.stop(t, s.interval, 1)
	t.Logf("there after %v; %d of %d adverts late, at most %v", took.Round(time.Millisecond), l.late, l.adverts, l.worst.Round(time.Microsecond))
	if l.late > 0 {
		t.Errorf("%d of %d adverts of other routers were late, by up to %v", l.late, l.adverts, l.worst)
	}
}

// withExtra gives a router the extra address.
func withExtra(r *plan.Router) {
	r.Addresses = append(r.Addresses, plan.Address{Prefix: extra + "/16"})
}
