package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"hactl/agent/sim"
	"hactl/compiler/waves"
	"hactl/schemas/plan"

	"pgregory.net/rapid"
)

// team is a cluster of version 2 in a simulated LAN.
type team struct {
	*rapid.T
	lan    *sim.LAN
	plans  map[string]*plan.Plan // that its hosts follow
	active string                // all the time
}

// memberPlan is the plan of the i-th of n hosts, by some terms.
func memberPlan(i, n int, t plan.Terms) *plan.Plan {
	r := plan.Router{
		ID: "web/public/ipv4", Vip: "web/public", Family: plan.IPv4, VRID: 50, Version: 2, Priority: 254 - 10*i,
		AdvertInterval: t.AdvertInterval, Auth: t.Auth, Interface: "eth0", Group: "224.0.0.18", Checksum: plan.PseudoHeader,
		Preemption: plan.Preemption{Mode: plan.Always}, Announce: plan.Announce{Burst: 5}, OnAgentLoss: plan.Release,
	}
	for _, a := range t.Addresses {
		r.Addresses = append(r.Addresses, plan.Address{Prefix: a + "/24"})
	}
	for j := range n {
		if j != i {
			r.Neighbours = append(r.Neighbours, plan.Neighbour{Host: fmt.Sprintf("lb%02d", j+1), Kind: plan.Hactl, Priority: 254 - 10*j})
		}
	}
	return &plan.Plan{Host: fmt.Sprintf("lb%02d", i+1), Routers: []plan.Router{r}}
}

// anyTerms draws terms by which a cluster may send.
func anyTerms(t *rapid.T) plan.Terms {
	key := func(secret byte) *plan.Auth {
		return &plan.Auth{Type: plan.AuthHMAC, Active: 1, Accept: plan.Enforce, Keys: []plan.Key{{ID: 1, Secret: fmt.Sprintf("%032d", secret)}}}
	}
	terms := plan.Terms{
		Auth: rapid.SampledFrom([]*plan.Auth{
			nil, {Type: plan.AuthPass, Secret: "one"}, {Type: plan.AuthPass, Secret: "two"}, key(1), key(2),
		}).Draw(t, "authentication"),
		AdvertInterval: rapid.SampledFrom([]int{1000, 2000, 5000}).Draw(t, "interval"),
		Addresses:      []string{"10.0.0.100"},
	}
	if rapid.Bool().Draw(t, "an address more") {
		terms.Addresses = append(terms.Addresses, "10.0.0.101")
	}
	return terms
}

// pause lets time pass, and fails when another host is Active than before, or one
// beside it.
func (m *team) pause(d time.Duration) {
	for range d / (50 * time.Millisecond) {
		m.lan.Run(50 * time.Millisecond)
		if on, _ := m.lan.Active("web/public"); !slices.Equal(on, []string{m.active}) {
			m.Fatalf("%v: %v is Active, want %s", m.lan.Now(), on, m.active)
		}
	}
}

// Whatever the hosts of a cluster agree on is changed to whatever else, wave by wave,
// with as much time as it takes between two plans; it is interrupted, and changed to
// something else again: the same host is Active all the time, and no other one.
func TestSimulatedChangeOvers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 3).Draw(t, "hosts")
		m := &team{T: t, lan: sim.New(time.Millisecond, 0), plans: map[string]*plan.Plan{}, active: "lb01"}
		first := anyTerms(t)
		for i := range n {
			p := memberPlan(i, n, first)
			m.plans[p.Host] = p
			m.lan.Join(p)
		}
		m.lan.Run(20 * time.Second)
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			terms, stop := anyTerms(t), rapid.IntRange(1, 12).Draw(t, "plans until an interruption")
			var hosts []waves.Host
			for _, i := range rapid.Permutation([]int{0, 1, 2}[:n]).Draw(t, "order") { // the Active may be the first, as for one of two vips
				next := memberPlan(i, n, terms)
				hosts = append(hosts, waves.Host{Name: next.Host, Has: m.plans[next.Host], Next: next})
			}
			for _, w := range waves.Of(hosts).Waves {
				for _, x := range slices.Concat(w.Turns...) {
					if stop == 0 {
						continue
					}
					stop--
					m.plans[x.Host] = x.Plan
					m.lan.Follow(x.Plan)
					m.pause(time.Duration(rapid.SampledFrom([]int{0, 50, 1000, 7000}).Draw(t, "ms")) * time.Millisecond)
				}
			}
			m.pause(20 * time.Second)
		}
		if gap := m.lan.Gap("web/public"); gap > 0 {
			t.Errorf("nobody had the addresses for %v", gap)
		}
	})
}
