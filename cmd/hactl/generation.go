package main

import (
	"cmp"
	"maps"
	"slices"

	"hactl/schemas/plan"
)

// generation is the routers of all hosts as one set of plans has them. The zero
// generation has no hosts; use newGeneration.
type generation struct {
	hosts   map[string]bool                    // all of them
	closed  map[string]bool                    // those whose plan is not known
	routers map[string]map[string]*plan.Router // by ID and host
}

// newGeneration returns a generation without hosts.
func newGeneration() generation {
	return generation{hosts: map[string]bool{}, closed: map[string]bool{}, routers: map[string]map[string]*plan.Router{}}
}

// add makes p, which may be nil for one that is unknown, the plan of host.
func (g generation) add(host string, p *plan.Plan) {
	if g.hosts[host] {
		for _, on := range g.routers {
			delete(on, host)
		}
	}
	g.hosts[host] = true
	delete(g.closed, host)
	if p == nil {
		g.closed[host] = true
		return
	}
	for i := range p.Routers {
		r := &p.Routers[i]
		if g.routers[r.ID] == nil {
			g.routers[r.ID] = map[string]*plan.Router{}
		}
		g.routers[r.ID][host] = r
	}
}

// router returns the router id of host, or nil.
func (g generation) router(host, id string) *plan.Router { return g.routers[id][host] }

// unknown tells whether the plan of host is there and unknown.
func (g generation) unknown(host string) bool { return g.closed[host] }

// anyUnknown tells whether the plan of some host is unknown.
func (g generation) anyUnknown() bool { return len(g.closed) > 0 }

// names returns the names of all hosts, sorted.
func (g generation) names() []string { return slices.Sorted(maps.Keys(g.hosts)) }

// ids returns the IDs of all routers, sorted.
func (g generation) ids() []string {
	var ids []string
	for id, on := range g.routers {
		if len(on) > 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// holders returns the hosts that have the router id, sorted.
func (g generation) holders(id string) []string { return slices.Sorted(maps.Keys(g.routers[id])) }

// any returns the router id of the first host that has it, or nil.
func (g generation) any(id string) *plan.Router {
	for _, host := range g.holders(id) {
		return g.router(host, id)
	}
	return nil
}

// candidate is one member of a router's cluster.
type candidate struct {
	Host     string    `json:"host"`
	Priority int       `json:"priority"` // base priority, 1..255
	Kind     plan.Kind `json:"router"`   // who speaks VRRP there
}

// preference returns the members of the router id, best first. What a host's
// own plan says of it goes before what its neighbours' plans say.
func (g generation) preference(id string) []candidate {
	members := map[string]candidate{}
	for _, host := range g.holders(id) {
		r := g.router(host, id)
		members[host] = candidate{Host: host, Priority: r.Priority, Kind: plan.Hactl}
		for _, n := range r.Neighbours {
			if !g.hosts[n.Host] || g.unknown(n.Host) {
				members[n.Host] = candidate{Host: n.Host, Priority: n.Priority, Kind: n.Kind}
			}
		}
	}
	return slices.SortedFunc(maps.Values(members), func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.Host, b.Host))
	})
}

// vipsOf returns the vips that a host has, in any cluster: an upgrade that goes wrong
// may cost each of them, whoever else has the upgrade.
func (g generation) vipsOf(host string) []string {
	vips := map[string]bool{}
	for _, id := range g.ids() {
		if r := g.router(host, id); r != nil {
			vips[r.Vip] = true
		}
	}
	return slices.Sorted(maps.Keys(vips))
}
