package analysis

import (
	"fmt"
	"testing"

	"hactl/schemas/plan"
)

// The plans of a thousand clusters of three hosts with one check each.
func clusters() map[string]*plan.Plan {
	plans := map[string]*plan.Plan{}
	for c := range 1000 {
		var neighbours []plan.Neighbour
		for h := range 3 {
			neighbours = append(neighbours, plan.Neighbour{Host: fmt.Sprintf("h%d-%d", c, h), Kind: plan.Hactl, Priority: 254 - 10*h})
		}
		for h, n := range neighbours {
			others := append(append([]plan.Neighbour{}, neighbours[:h]...), neighbours[h+1:]...)
			plans[n.Host] = &plan.Plan{Host: n.Host, Checks: []plan.Check{{Name: "nginx", Interval: 1000, Timeout: 500, Fall: 2, Rise: 3}}, Routers: []plan.Router{{
				ID: fmt.Sprintf("c%d/vip/ipv4", c), Vip: fmt.Sprintf("c%d/vip", c), Family: plan.IPv4, VRID: 1, Version: 3, Priority: n.Priority,
				AdvertInterval: 1000, Interface: "eth0", Preemption: plan.Preemption{Mode: plan.Always}, Neighbours: others,
				Tracks: []plan.Track{{Check: "nginx", Effect: plan.Demote, Weight: -30}},
			}}}
		}
	}
	return plans
}

// BenchmarkOf reads them: what every plan pays for.
func BenchmarkOf(b *testing.B) {
	plans := clusters()
	b.ReportAllocs()
	for b.Loop() {
		Of(plans)
	}
}

// BenchmarkWhole works all of it out, pairs included, with names: what --json
// pays for.
func BenchmarkWhole(b *testing.B) {
	plans := clusters()
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range Of(plans) {
			s.Singles()
			s.Pairs()
		}
	}
}
