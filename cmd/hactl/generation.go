package main

import (
	"cmp"
	"maps"
	"slices"

	"hactl/schemas/plan"
)

// generation is the routers of all hosts as one set of plans has them: by host
// and router ID. A host whose plan is unknown is there with a nil map.
type generation map[string]map[string]*plan.Router

// add makes p, which may be nil for one that is unknown, the plan of host.
func (g generation) add(host string, p *plan.Plan) {
	if p == nil {
		g[host] = nil
		return
	}
	g[host] = map[string]*plan.Router{}
	for i := range p.Routers {
		g[host][p.Routers[i].ID] = &p.Routers[i]
	}
}

// unknown tells whether the plan of host is there and unknown.
func (g generation) unknown(host string) bool {
	routers, there := g[host]
	return there && routers == nil
}

// ids returns the IDs of all routers, sorted.
func (g generation) ids() []string {
	ids := map[string]bool{}
	for _, routers := range g {
		for id := range routers {
			ids[id] = true
		}
	}
	return slices.Sorted(maps.Keys(ids))
}

// any returns the router id of the first host that has it, or nil.
func (g generation) any(id string) *plan.Router {
	for _, host := range slices.Sorted(maps.Keys(g)) {
		if r := g[host][id]; r != nil {
			return r
		}
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
	for host, routers := range g {
		if r := routers[id]; r != nil {
			members[host] = candidate{Host: host, Priority: r.Priority, Kind: plan.Hactl}
			for _, n := range r.Neighbours {
				if _, own := g[n.Host]; !own || g.unknown(n.Host) {
					members[n.Host] = candidate{Host: n.Host, Priority: n.Priority, Kind: n.Kind}
				}
			}
		}
	}
	return slices.SortedFunc(maps.Values(members), func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.Host, b.Host))
	})
}
