package vrrp

import (
	"net/netip"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestAnySequence feeds random inputs at random instants, late and early, and
// checks after every step what holds in all states.
func TestAnySequence(t *testing.T) { rapid.Check(t, anySequence) }

// FuzzAnySequence is the same from bytes, of which a sequence needs many.
func FuzzAnySequence(f *testing.F) {
	for factor := range 4 {
		seed := make([]byte, 8<<10)
		for i := range seed {
			seed[i] = byte(i * i * (2*factor + 1) >> 5)
		}
		f.Add(seed)
	}
	f.Fuzz(rapid.MakeFuzz(anySequence))
}

func anySequence(t *rapid.T) {
	config := anyConfig(t)
	w := &walk{t: t, router: New(config), twin: New(config)}
	for range rapid.IntRange(1, 60).Draw(t, "steps") {
		w.now = anyInstant(t, w.now, w.router.Deadline())
		w.step(anyInput(t, w.router.Config(), w.now))
	}
	w.rests()
}

// walk is a router with a twin and with what is known of it from its effects
// alone.
type walk struct {
	t            *rapid.T
	router, twin *Router
	now          Instant

	state    State
	yielding bool
	owned    []netip.Addr
}

// step takes one step and checks it.
func (w *walk) step(in Input) {
	early := w.router.Deadline() == Never || w.now.Add(w.router.Ahead()) < w.router.Deadline()
	result := w.router.Step(w.now, in)
	if again := w.twin.Step(w.now, in); !reflect.DeepEqual(result, again) {
		w.t.Fatalf("the same input, another result:\n%v\n%v", result, again)
	}
	if _, ok := in.(Timeout); ok && early && len(result.Effects) > 0 {
		w.t.Fatalf("a Timeout before the deadline did %v", result.Effects)
	}
	for _, effect := range result.Effects {
		w.effect(effect)
	}
	w.agrees(result)
}

// effect checks one effect against those before it.
func (w *walk) effect(effect Effect) {
	switch e := effect.(type) {
	case Transitioned:
		if e.From != w.state || e.To == w.state && !e.Yielding && !w.yielding || e.Yielding && e.To != Active || e.Section == "" {
			w.t.Fatalf("in %v (yielding %v): %+v", w.state, w.yielding, e)
		}
		w.state, w.yielding = e.To, e.Yielding
	case SendAdvert:
		silent := w.state != Active || w.yielding
		if silent != (e.Priority == 0) || e.Priority == 0 && w.router.Priority() == Owner && !w.yielding {
			w.t.Fatalf("in %v (yielding %v): %+v", w.state, w.yielding, e)
		}
	case Own:
		if w.state != Active || len(e.Addresses) == 0 || len(without(e.Addresses, w.owned)) != len(e.Addresses) {
			w.t.Fatalf("in %v, owning %v: %+v", w.state, w.owned, e)
		}
		w.owned = append(w.owned, e.Addresses...)
	case Disown:
		if len(e.Addresses) == 0 || len(without(e.Addresses, w.owned)) > 0 {
			w.t.Fatalf("owning %v: %+v", w.owned, e)
		}
		w.owned = without(w.owned, e.Addresses)
	case Announce:
		if w.state != Active || len(e.Addresses) == 0 || len(without(e.Addresses, w.owned)) > 0 {
			w.t.Fatalf("in %v, owning %v: %+v", w.state, w.owned, e)
		}
	}
}

// agrees checks what the router says of itself.
func (w *walk) agrees(result Result) {
	r := w.router
	if r.State() != w.state || r.Yielding() != w.yielding {
		w.t.Fatalf("says %v (yielding %v), told %v (yielding %v)", r.State(), r.Yielding(), w.state, w.yielding)
	}
	if !slices.Equal(r.Owned(), w.owned) || (len(w.owned) > 0) != (w.state == Active) {
		w.t.Fatalf("in %v: says it owns %v, told %v", w.state, r.Owned(), w.owned)
	}
	if w.state == Active && !w.yielding && len(without(r.Config().Addresses, w.owned)) > 0 {
		w.t.Fatalf("Active without %v", without(r.Config().Addresses, w.owned))
	}
	if (result.Deadline == Never) != (w.state == Initialize) || result.Deadline != Never && result.Deadline < w.now {
		w.t.Fatalf("in %v at %v: deadline %v", w.state, w.now, result.Deadline)
	}
	if w.state == Active && !w.yielding && r.ActivePeer().IsValid() {
		w.t.Fatalf("Active, and says that %v is", r.ActivePeer())
	}
	if (r.Priority() == Owner) != (r.Config().Priority == Owner) || r.Priority() == 0 {
		w.t.Fatalf("base priority %d, effective %d", r.Config().Priority, r.Priority())
	}
}

// rests checks that timers do not fire for ever at one instant.
func (w *walk) rests() {
	w.now = max(w.now, w.router.Deadline())
	for range 3 {
		w.step(Timeout{})
	}
	if d := w.router.Deadline(); d != Never && d <= w.now {
		w.t.Fatalf("at %v, after three Timeouts: deadline %v", w.now, d)
	}
}

var (
	anyVirtual = rapid.SampledFrom([]netip.Addr{addr("10.0.0.250"), addr("10.0.0.251"), addr("10.0.0.252"), addr("10.0.0.253")})
	anySource  = rapid.SampledFrom([]netip.Addr{{}, addr("10.0.0.1"), addr("10.0.0.5"), addr("10.0.0.9"), addr("fe80::1%eth0")})
	anyLength  = rapid.SampledFrom([]time.Duration{1, 10 * time.Millisecond, 100 * time.Millisecond, time.Second, 40950 * time.Millisecond, maxInterval})
	anyByte    = rapid.SampledFrom([]uint8{1, 50, 99, 100, 101, 200, 254, Owner})
)

// anyConfig returns a configuration that keeps the contract.
func anyConfig(t *rapid.T) Config {
	return Config{
		Version:      rapid.SampledFrom([]int{2, 3}).Draw(t, "version"),
		Priority:     anyByte.Draw(t, "priority"),
		Interval:     anyLength.Draw(t, "interval"),
		Preempt:      rapid.SampledFrom([]Preempt{PreemptAlways, PreemptDelayed, PreemptNever}).Draw(t, "preempt"),
		PreemptDelay: anyLength.Draw(t, "delay"),
		HighestRival: rapid.SampledFrom([]uint8{0, 90, 100, 200, Owner}).Draw(t, "rival"),
		NotBefore:    rapid.SampledFrom([]Instant{Never, Instant(time.Second), Instant(time.Hour)}).Draw(t, "quiet"),
		Slowest:      rapid.SampledFrom([]time.Duration{0, 10 * time.Millisecond, maxInterval}).Draw(t, "slowest"),
		Announcements: Announcements{
			Repeat:  rapid.SampledFrom([]time.Duration{0, 1, time.Second}).Draw(t, "repeat"),
			Refresh: rapid.SampledFrom([]time.Duration{0, time.Second, time.Minute}).Draw(t, "refresh"),
		},
		Addresses: rapid.SliceOfNDistinct(anyVirtual, 1, 4, rapid.ID).Draw(t, "addresses"),
	}
}

// anyInstant returns one that is not before now: now, a little later, at the
// deadline, just before it, or much too late.
func anyInstant(t *rapid.T, now, deadline Instant) Instant {
	switch rapid.IntRange(0, 4).Draw(t, "when") {
	case 0:
		return now.Add(rapid.SampledFrom([]time.Duration{1, time.Millisecond, grace, time.Second}).Draw(t, "after"))
	case 1:
		return max(now, deadline)
	case 2:
		return max(now, deadline-1)
	case 3:
		return max(now, deadline).Add(time.Minute)
	}
	return now
}

// anyInput returns an input that the router with config may be told.
func anyInput(t *rapid.T, config Config, now Instant) Input {
	switch rapid.IntRange(0, 14).Draw(t, "input") {
	case 0:
		return Startup{Primary: addr("10.0.0.5"), Held: rapid.Bool().Draw(t, "held")}
	case 1:
		return Shutdown{Cause: "shutdown", Mute: rapid.Bool().Draw(t, "mute")}
	case 2:
		return Yield{Cause: "yield", Unheard: rapid.Bool().Draw(t, "unheard")}
	case 3, 4, 5:
		return Advert{
			Source:   anySource.Draw(t, "source"),
			Priority: rapid.Uint8().Draw(t, "sent"),
			Interval: rapid.OneOf(anyLength, rapid.Just(time.Duration(0)), rapid.Map(rapid.Int64(), func(n int64) time.Duration { return time.Duration(n) })).Draw(t, "interval"),
			Arrived:  Instant(rapid.Int64Range(0, int64(now)).Draw(t, "arrived")),
		}
	case 6:
		return Announced{Address: anyVirtual.Draw(t, "announced")}
	case 7:
		return Priority{Effective: min(anyByte.Draw(t, "effective"), Owner-1), Cause: "priority"}
	case 8:
		return Primary{Address: anySource.Draw(t, "primary")}
	case 9:
		next := anyConfig(t)
		next.Version = config.Version
		return Reconfigure{Config: next, Effective: min(anyByte.Draw(t, "reconfigured"), Owner-1), Cause: "plan"}
	case 10:
		return Stay{Cause: "stay"}
	case 11:
		return Early{Within: anyLength.Draw(t, "within")}
	case 12:
		return Claimed{}
	}
	return Timeout{
		Late: rapid.SampledFrom([]time.Duration{0, 10 * time.Millisecond, time.Minute}).Draw(t, "late"),
		Slot: rapid.IntRange(0, Slots-1).Draw(t, "slot"),
	}
}
