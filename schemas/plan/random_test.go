package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// anyPlan draws a valid plan of up to four routers.
func anyPlan(t *rapid.T) *Plan {
	p := &Plan{Host: "lb01"}
	for n := range rapid.IntRange(0, 4).Draw(t, "routers") {
		if rapid.Bool().Draw(t, "is there") {
			p.Routers = append(p.Routers, anyRouter(t, n))
		}
	}
	return p
}

// anyRouter draws the n-th router; VRID and addresses follow from n.
func anyRouter(t *rapid.T, n int) Router {
	r := Router{
		Vip: fmt.Sprintf("web/v%d", n), Family: IPv4, VRID: n + 1, Version: 3,
		Priority:       rapid.IntRange(1, Owner).Draw(t, "priority"),
		AdvertInterval: 10 * rapid.IntRange(1, 4095).Draw(t, "interval"),
		Interface:      rapid.StringMatching(`[a-z]{1,10}[0-9]`).Draw(t, "interface"),
		Group:          "224.0.0.18",
		Checksum:       rapid.SampledFrom([]Checksum{PseudoHeader, RFC9568}).Draw(t, "checksum"),
		Preemption:     rapid.SampledFrom([]Preemption{{Mode: Always}, {Mode: Delayed, Delay: 1}, {Mode: Never}}).Draw(t, "preemption"),
		Announce:       Announce{Burst: rapid.IntRange(1, 9).Draw(t, "burst"), Repeat: rapid.IntRange(0, 9).Draw(t, "repeat")},
		OnAgentLoss:    rapid.SampledFrom([]OnAgentLoss{Release, Keep}).Draw(t, "loss"),
	}
	for i := range rapid.IntRange(1, 5).Draw(t, "addresses") {
		hidden := i > 0 && rapid.Bool().Draw(t, "hidden")
		r.Addresses = append(r.Addresses, Address{Prefix: fmt.Sprintf("10.0.%d.%d/24", n, i), Hidden: hidden})
	}
	if rapid.Bool().Draw(t, "unicast") {
		r.Group, r.Peers = "", []string{"10.0.0.6"}
	}
	if rapid.Bool().Draw(t, "version 2") {
		r.Version, r.AdvertInterval = 2, 1000
		r.Auth = &Auth{Type: "pass", Secret: rapid.StringN(1, 2, 8).Draw(t, "secret")}
	}
	r.ID = r.Vip + "/" + r.Family.String()
	return r
}

func TestAnyPlanRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPlan(t)
		data, err := Encode(p, Envelope{})
		if err != nil {
			t.Fatal(err)
		}
		d, err := Decode(data)
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if len(p.Routers) == 0 {
			p.Routers = []Router{}
		}
		if diff := cmp.Diff(*p, d.Plan); diff != "" {
			t.Error(diff)
		}
	})
}

// A router is Untouched exactly when its old and new canonical bytes are the
// same, and each router of either plan has one change, in order.
func TestAnyDiff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old, new := anyPlan(t), anyPlan(t)
		id := func(r *Router) string { return r.ID }
		was, is := byName(old.Routers, id), byName(new.Routers, id)
		changes := Diff(old, new)
		if !slices.IsSortedFunc(changes, func(a, b Change) int { return strings.Compare(a.ID, b.ID) }) {
			t.Errorf("not sorted: %v", changes)
		}
		for _, c := range changes {
			a, b := was[c.ID], is[c.ID]
			delete(was, c.ID)
			delete(is, c.ID)
			if got, want := c.Class == Untouched, cmp.Equal(a, b); got != want {
				t.Errorf("%s: untouched is %v; old and new are equal: %v", c.ID, got, want)
			}
			if got, want := c.Class == Added, a == nil; got != want {
				t.Errorf("%s: added is %v, want %v", c.ID, got, want)
			}
			if got, want := c.Class == Removed, b == nil; got != want {
				t.Errorf("%s: removed is %v, want %v", c.ID, got, want)
			}
			if (len(c.What) == 0) != (c.Class == Untouched) {
				t.Errorf("%s is %s, and what is %q", c.ID, c.Class, c.What)
			}
		}
		if len(was)+len(is) > 0 {
			t.Errorf("no change for %v %v", was, is)
		}
	})
}
