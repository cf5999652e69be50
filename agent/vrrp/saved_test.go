package vrrp

import (
	"encoding/json"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// alike are results that mean the same: an heir owns its addresses in the order of
// its configuration.
var alike = cmp.Options{cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Addr{}), cmpopts.SortSlices(netip.Addr.Less)}

// Whatever has happened to a router, another that goes on with what it has saved
// does the same from then on.
func TestHeirIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, now := New(anyConfig(t)), Instant(1)
		step := func(routers ...*Router) []Result {
			now = anyInstant(t, now, routers[0].Deadline())
			in := anyInput(t, routers[0].Config(), now)
			var results []Result
			for _, r := range routers {
				results = append(results, r.Step(now, in))
			}
			return results
		}
		for range rapid.IntRange(1, 40).Draw(t, "before") {
			step(r)
		}
		saved := r.Save()
		if (saved == nil) != (r.State() == Initialize || r.Yielding()) {
			t.Fatalf("saved %+v of a router that is %v", saved, r.State())
		}
		if saved == nil || !saved.Primary.IsValid() || saved.Heard > 0 && !saved.Peer.IsValid() {
			return // only this test tells a router of addresses that are none
		}
		heir := New(r.Config())
		if !heir.Resume(now, through(t, saved)) {
			t.Fatalf("refused %+v", saved)
		}
		for range rapid.IntRange(1, 20).Draw(t, "after") {
			if results := step(r, heir); !cmp.Equal(results[0], results[1], alike) {
				t.Fatalf("the router and its heir differ:\n%+v\n%+v", results[0], results[1])
			}
		}
		if !cmp.Equal(r.Owned(), heir.Owned(), alike) {
			t.Fatalf("one owns %v, its heir %v", r.Owned(), heir.Owned())
		}
	})
}

// Every field of what is saved comes back, a fall that is still to be yielded for, too.
func TestHeirSavesTheSame(t *testing.T) {
	saved := &Saved{
		State: Active, Since: 2, Reason: Silence, Cause: "no advert heard", Effective: 90, Primary: addr("10.0.0.5"),
		Peer: addr("10.0.0.6"), Heard: 50, Learned: 2 * time.Second, Down: 3, Intervals: 3, Delay: 4,
		Adver: 5, Sent: 5, Repeat: 6, Refresh: 7, Asserted: 8, Stayed: 9, Later: &Fall{Due: 20, Before: 100, Cause: "check web is down"},
	}
	for fields, i := reflect.ValueOf(*saved), 0; i < fields.NumField(); i++ {
		if fields.Field(i).IsZero() {
			t.Errorf("field %s is not tested", fields.Type().Field(i).Name)
		}
	}
	r := New(Config{Version: 3, Priority: 100, Interval: time.Second, HighestRival: 95, Addresses: []netip.Addr{addr("10.0.0.250")}})
	if !r.Resume(10, saved) {
		t.Fatal("refused")
	}
	if diff := cmp.Diff(saved, r.Save(), alike); diff != "" {
		t.Error(diff)
	}
}

// through returns what is left of s after its way through JSON.
func through(t *rapid.T, s *Saved) *Saved {
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	again := new(Saved)
	if err := json.Unmarshal(data, again); err != nil {
		t.Fatal(err)
	}
	return again
}

// What no router saves is refused, and changes nothing.
func TestResumeRefuses(t *testing.T) {
	good := Saved{State: Active, Since: 1, Reason: Started, Effective: 100, Primary: addr("10.0.0.5"), Adver: 5, Peer: addr("10.0.0.6"), Heard: 50}
	config := Config{Version: 3, Priority: 100, Interval: time.Second, HighestRival: 90, Addresses: []netip.Addr{addr("10.0.0.250")}}
	if !New(config).Resume(10, &good) {
		t.Fatal("refused what is right")
	}
	for what, damage := range map[string]func(*Saved){
		"no state":                   func(s *Saved) { s.State = Initialize },
		"a state that there is not":  func(s *Saved) { s.State = 7 },
		"a reason that there is not": func(s *Saved) { s.Reason = reasonCount },
		"the future":                 func(s *Saved) { s.Since = 11 },
		"no priority":                func(s *Saved) { s.Effective = 0 },
		"an owner's priority":        func(s *Saved) { s.Effective = Owner },
		"no primary address":         func(s *Saved) { s.Primary = netip.Addr{} },
		"a peer without an address":  func(s *Saved) { s.Peer = netip.Addr{} },
		"an interval of ages":        func(s *Saved) { s.Learned = time.Hour },
		"a timer before the start":   func(s *Saved) { s.Adver = -1 },
		"no Adver_Timer":             func(s *Saved) { s.Adver = Never },
		"four intervals":             func(s *Saved) { s.Intervals = 4 },
		"a fall before the start":    func(s *Saved) { s.Later = &Fall{Due: -1} },
	} {
		bad, r := good, New(config)
		damage(&bad)
		if r.Resume(10, &bad) || !reflect.DeepEqual(r, New(config)) {
			t.Errorf("%s: resumed", what)
		}
	}
	r := New(config)
	r.Step(1, Startup{Primary: addr("10.0.0.5")})
	if r.Resume(10, &good) {
		t.Error("a router that runs resumed")
	}
}
