package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// anyPlan draws a valid plan of up to four vips with all that a plan can hold.
func anyPlan(t *rapid.T) *Plan {
	p := &Plan{Host: "lb01"}
	for n := range rapid.IntRange(0, 4).Draw(t, "vips") {
		if sometimes(t, "vip") {
			p.Routers = append(p.Routers, anyVip(t, n)...)
		}
	}
	if sometimes(t, "together") {
		together(p.Routers)
	}
	if len(p.Routers) > 0 {
		anyUses(t, p)
	}
	if sometimes(t, "upgrade") {
		p.Upgrades = []Upgrade{anyUpgrade(t, p)}
	}
	return p
}

// sometimes tosses a coin.
func sometimes(t *rapid.T, what string) bool { return rapid.Bool().Draw(t, what) }

// up draws a number of milliseconds, or of anything else, from least to most.
func up(t *rapid.T, what string, least, most int) int {
	return rapid.IntRange(least, most).Draw(t, what)
}

// one draws one of several things.
func one[T any](t *rapid.T, what string, of ...T) T { return rapid.SampledFrom(of).Draw(t, what) }

// anyVip draws the routers of the n-th vip, of one or both families; VRID and
// addresses follow from n.
func anyVip(t *rapid.T, n int) []Router {
	v4 := Router{
		Vip: fmt.Sprintf("web/v%d", n), Family: IPv4, VRID: n + 1, Version: 3,
		Priority:       up(t, "priority", 1, Owner),
		AdvertInterval: 10 * up(t, "interval", 1, 4095),
		Interface:      rapid.StringMatching(`[a-z]{1,5}[0-9]`).Draw(t, "interface"),
		Group:          "224.0.0.18",
		Checksum:       one(t, "checksum", PseudoHeader, RFC9568),
		Preemption:     one(t, "preemption", Preemption{Mode: Always}, Preemption{Mode: Delayed, Delay: 1}, Preemption{Mode: Never}),
		Announce:       Announce{Burst: up(t, "burst", 1, 9), Repeat: up(t, "repeat", 0, 9), Refresh: one(t, "refresh", 0, 1000)},
		OnAgentLoss:    one(t, "loss", Release, Keep),
		QuietStart:     up(t, "quiet", 0, 9),
		QuietLink:      up(t, "quiet link", 0, 9),
		Hooks:          anyHooks(t),
	}
	v6 := v4
	v6.Family, v6.Group = IPv6, "ff02::12"
	v6.Addresses = []Address{{Prefix: fmt.Sprintf("fe80::%d/128", n+1)}}
	for i := range up(t, "addresses", 1, 5) {
		v4.Addresses = append(v4.Addresses, anyAddress(t, fmt.Sprintf("10.0.%d.%d/24", n, i), i > 0, v4.Interface))
	}
	if sometimes(t, "unicast") {
		v4.Group, v4.Peers = "", []string{"10.0.0.6"}
	}
	if sometimes(t, "version 2") {
		v4.Version, v4.AdvertInterval = 2, 1000
		v4.Auth = &Auth{Type: AuthPass, Secret: rapid.StringN(1, 2, 8).Draw(t, "secret")}
	}
	if sometimes(t, "HMAC") {
		v4.Auth, v6.Auth = anyHMAC(t), anyHMAC(t)
	}
	if sometimes(t, "change-over") {
		v4.Accept = anyAccept(t, &v4)
	}
	v4.Routes, v4.Rules = anyRoutes(t, n), anyRules(t)
	v4.ID, v6.ID = v4.Vip+"/ipv4", v4.Vip+"/ipv6"
	if sometimes(t, "IPv6") {
		return []Router{v4, v6}
	}
	return []Router{v4}
}

func TestAnyPlanIsValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if err := anyPlan(t).Validate(); err != nil {
			t.Error(err)
		}
	})
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

// An object is Untouched exactly when it is the same in both plans, and each
// object of either plan has one change, in order.
func TestAnyDiff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old := anyPlan(t)
		new := anyPlan(t)
		if sometimes(t, "little changes") {
			new = &Plan{Host: old.Host, Routers: old.Routers, Checks: new.Checks, Notify: old.Notify, Upgrades: new.Upgrades}
		}
		was, is := byOrigin(old), byOrigin(new)
		changes := Diff(old, new)
		if !slices.IsSortedFunc(changes, func(a, b Change) int { return strings.Compare(a.ID, b.ID) }) {
			t.Errorf("not sorted: %v", changes)
		}
		for i := range changes {
			changes[i].ID = "router " + changes[i].ID
		}
		for _, c := range append(changes, DiffObjects(old, new)...) {
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

// byOrigin returns the objects of p by their keys in Envelope.Origins.
func byOrigin(p *Plan) map[string]any {
	objects := map[string]any{}
	for _, r := range p.Routers {
		objects["router "+r.ID] = r
	}
	for _, c := range p.Checks {
		objects["check "+c.Name] = c
	}
	for _, n := range p.Notify {
		objects["notify "+n.Name] = n
	}
	for _, u := range p.Upgrades {
		objects["upgrade "+u.Name] = u
	}
	return objects
}
