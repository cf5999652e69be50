package vrrp

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestLosslessLAN connects two to four routers of random priorities, intervals
// and starting times by a LAN that delays but loses nothing, and checks who is
// Active after start, after the Active router has died, has lost priority, has
// been told to leave, and after all are well again.
func TestLosslessLAN(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &lan{t: t, delay: time.Duration(rapid.IntRange(0, 3000).Draw(t, "delay")) * time.Microsecond}
		for i := range rapid.IntRange(2, 4).Draw(t, "routers") {
			l.join(rapid.IntRange(10, 25).Draw(t, "priority"), i)
		}
		for _, s := range l.stations {
			l.run(l.now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "pause")) * time.Millisecond))
			l.step(s, Startup{Primary: s.address})
		}
		l.settle("start")

		l.demote(l.active())
		l.settle("a failed check")
		l.promote()
		l.settle("a passed check")

		died := l.active()
		died.dead = true
		l.settle("death")

		died.router, died.dead = New(died.router.Config()), false
		l.step(died, Startup{Primary: died.address})
		l.settle("return")

		l.leave(l.active())
		l.settle("leaving")
	})
}

// lan is a number of stations on a wire.
type lan struct {
	t        *rapid.T
	now      Instant
	delay    time.Duration // of every packet
	stations []*station
	wire     []packet // in the order of their arrival
}

// station is a router and its address.
type station struct {
	router  *Router
	address netip.Addr
	dead    bool
	leaving bool // to be shut down as soon as it is no longer Active
}

// packet is on its way to all stations but one.
type packet struct {
	arrives Instant
	from    *station
	in      Input
}

// join adds a station with a tenth of its priority.
func (l *lan) join(tenth, i int) {
	l.stations = append(l.stations, &station{
		address: addr(fmt.Sprintf("10.0.0.%d", 10-i)),
		router: New(Config{
			Version:      3,
			Priority:     uint8(10 * tenth),
			Interval:     rapid.SampledFrom([]time.Duration{200 * time.Millisecond, time.Second}).Draw(l.t, "interval"),
			HighestRival: 250,
			Addresses:    []netip.Addr{addr("10.0.0.254"), addr("10.0.0.253")},
		}),
	})
}

// run lets time pass until end: what arrives is read before timers fire.
func (l *lan) run(end Instant) {
	for {
		var first *station
		for _, s := range l.stations {
			if d := s.router.Deadline(); !s.dead && d != Never && d <= end && (first == nil || d < first.router.Deadline()) {
				first = s
			}
		}
		switch {
		case len(l.wire) > 0 && l.wire[0].arrives <= end && (first == nil || l.wire[0].arrives <= first.router.Deadline()):
			p := l.wire[0]
			l.wire = l.wire[1:]
			l.now = p.arrives
			l.deliver(p)
		case first != nil:
			l.now = max(l.now, first.router.Deadline())
			l.step(first, Timeout{})
		default:
			l.now = end
			return
		}
	}
}

// deliver hands p to all stations but its sender.
func (l *lan) deliver(p packet) {
	for _, s := range l.stations {
		if s != p.from && !s.dead {
			l.step(s, p.in)
		}
	}
}

// step tells s one input and puts on the wire what it sends.
func (l *lan) step(s *station, in Input) {
	for _, effect := range s.router.Step(l.now, in).Effects {
		switch e := effect.(type) {
		case SendAdvert:
			l.send(s, Advert{Source: s.address, Priority: e.Priority, Interval: s.router.Config().Interval})
		case Announce:
			for _, address := range e.Addresses {
				l.send(s, Announced{Address: address})
			}
		}
	}
	if s.leaving && s.router.State() == Backup {
		l.step(s, Shutdown{Cause: "SIGTERM"})
	}
}

func (l *lan) send(from *station, in Input) {
	l.wire = append(l.wire, packet{arrives: l.now.Add(l.delay), from: from, in: in})
}

// settle lets the longest Active_Down_Interval pass, that of priority 1 with 1 s
// between adverts, and checks that the best station alone is Active.
func (l *lan) settle(after string) {
	l.run(l.now.Add(4*time.Second + 10*l.delay))
	best := slices.MaxFunc(l.living(), func(a, b *station) int {
		return int(a.router.Priority()) - int(b.router.Priority())
	})
	if a := l.active(); a.router.Priority() != best.router.Priority() {
		l.t.Fatalf("after %s priority %d is Active, not %d", after, a.router.Priority(), best.router.Priority())
	}
}

// active returns the one station that is Active.
func (l *lan) active() *station {
	var found []*station
	for _, s := range l.living() {
		if s.router.State() == Active {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		l.t.Fatalf("at %v %d stations are Active", l.now, len(found))
	}
	return found[0]
}

// living returns the stations that run.
func (l *lan) living() []*station {
	return slices.DeleteFunc(slices.Clone(l.stations), func(s *station) bool {
		return s.dead || s.router.State() == Initialize
	})
}

// demote lets a check of s fail. Nobody may be without the addresses while
// the next one takes over.
func (l *lan) demote(s *station) {
	l.step(s, Priority{Effective: s.router.Priority() - 95, Cause: "check failed"})
	l.held("a failed check", time.Second)
}

// promote lets the checks of all pass again.
func (l *lan) promote() {
	for _, s := range l.stations {
		l.step(s, Priority{Effective: s.router.Config().Priority, Cause: "check passed"})
	}
}

// leave lets s yield and end.
func (l *lan) leave(s *station) {
	s.leaving = true
	l.step(s, Yield{Cause: "SIGTERM"})
	l.held("leaving", 1200*time.Millisecond)
	if s.router.State() != Initialize {
		l.t.Fatalf("%v has not left", s.address)
	}
}

// held lets d pass, and checks at every millisecond that each address is
// somewhere, and twice for no longer than the grace and one packet's way.
func (l *lan) held(during string, d time.Duration) {
	twice := 0
	for end := l.now.Add(d); l.now < end; l.run(l.now.Add(time.Millisecond)) {
		owners := 0
		for _, s := range l.living() {
			if slices.Contains(s.router.Owned(), addr("10.0.0.254")) {
				owners++
			}
		}
		if owners == 0 {
			l.t.Fatalf("during %s, at %v, nobody has the address", during, l.now)
		}
		if owners > 1 {
			twice++
		}
	}
	if allowed := grace + 2*l.delay + time.Millisecond; time.Duration(twice)*time.Millisecond > allowed {
		l.t.Fatalf("during %s two had the address for %d ms", during, twice)
	}
}
