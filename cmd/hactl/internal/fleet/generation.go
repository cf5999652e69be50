package fleet

import (
	"cmp"
	"maps"
	"slices"

	"hactl/schemas/plan"
)

// Generation is the routers of all hosts as one set of plans has them. The zero
// generation has no hosts; use NewGeneration.
type Generation struct {
	hosts   map[string]bool                    // all of them
	closed  map[string]bool                    // those whose plan is not known
	routers map[string]map[string]*plan.Router // by ID and host
}

// NewGeneration returns a generation without hosts.
func NewGeneration() Generation {
	return Generation{hosts: map[string]bool{}, closed: map[string]bool{}, routers: map[string]map[string]*plan.Router{}}
}

// Add makes p, which may be nil for one that is unknown, the plan of host.
func (g Generation) Add(host string, p *plan.Plan) {
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

// Router returns the router id of host, or nil.
func (g Generation) Router(host, id string) *plan.Router { return g.routers[id][host] }

// Unknown tells whether the plan of host is there and unknown.
func (g Generation) Unknown(host string) bool { return g.closed[host] }

// AnyUnknown tells whether the plan of some host is unknown.
func (g Generation) AnyUnknown() bool { return len(g.closed) > 0 }

// Names returns the names of all hosts, sorted.
func (g Generation) Names() []string { return slices.Sorted(maps.Keys(g.hosts)) }

// IDs returns the IDs of all routers, sorted.
func (g Generation) IDs() []string {
	var ids []string
	for id, on := range g.routers {
		if len(on) > 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Holders returns the hosts that have the router id, sorted.
func (g Generation) Holders(id string) []string { return slices.Sorted(maps.Keys(g.routers[id])) }

// Any returns the router id of the first host that has it, or nil.
func (g Generation) Any(id string) *plan.Router {
	for _, host := range g.Holders(id) {
		return g.Router(host, id)
	}
	return nil
}

// Candidate is one member of a router's cluster.
type Candidate struct {
	Host     string    `json:"host"`
	Priority int       `json:"priority"` // base priority, 1..255
	Kind     plan.Kind `json:"router"`   // who speaks VRRP there
}

// Preference returns the members of the router id, best first. What a host's
// own plan says of it goes before what its neighbours' plans say.
func (g Generation) Preference(id string) []Candidate {
	members := map[string]Candidate{}
	for _, host := range g.Holders(id) {
		r := g.Router(host, id)
		members[host] = Candidate{Host: host, Priority: r.Priority, Kind: plan.Hactl}
		for _, n := range r.Neighbours {
			if !g.hosts[n.Host] || g.Unknown(n.Host) {
				members[n.Host] = Candidate{Host: n.Host, Priority: n.Priority, Kind: n.Kind}
			}
		}
	}
	return slices.SortedFunc(maps.Values(members), func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.Host, b.Host))
	})
}

// VipsOf returns the vips that a host has, in any cluster: an upgrade that goes wrong
// may cost each of them, whoever else has the upgrade.
func (g Generation) VipsOf(host string) []string {
	vips := map[string]bool{}
	for _, id := range g.IDs() {
		if r := g.Router(host, id); r != nil {
			vips[r.Vip] = true
		}
	}
	return slices.Sorted(maps.Keys(vips))
}
