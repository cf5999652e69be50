package compiler

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"

	"hactl/schemas/plan"
)

// groups are the multicast groups of RFC 9568 sections 5.1.1.2 and 5.1.2.2.
var groups = map[plan.Family]string{plan.IPv4: "224.0.0.18", plan.IPv6: "ff02::12"}

// places are where the objects of each host's plan were made, by host and object
// ID.
type places map[string]map[string]hcl.Range

// origins returns them as a plan's envelope has them.
func (p places) origins() map[string]map[string]string {
	all := map[string]map[string]string{}
	for host, objects := range p {
		all[host] = map[string]string{}
		for id, at := range objects {
			all[host][id] = place(at)
		}
	}
	return all
}

// lower makes the plans of m, which has passed every check: one for each host
// that is wanted. A host that no cluster has gets an empty plan, which makes its
// agent give up what it had.
func lower(m *model, wanted func(*host) bool) (plans map[string]*plan.Plan, made places) {
	plans, made = map[string]*plan.Plan{}, places{}
	for _, h := range m.hosts {
		if wanted(h) {
			plans[h.name] = &plan.Plan{Host: h.name, Routers: []plan.Router{}}
			made[h.name] = map[string]hcl.Range{}
		}
	}
	for _, v := range m.vips {
		for _, mine := range v.members {
			p := plans[mine.host.name]
			if p == nil {
				continue
			}
			for _, f := range v.families() {
				r := lowerRouter(v, mine, f)
				p.Routers = append(p.Routers, r)
				made[p.Host]["router "+r.ID] = v.at
			}
		}
	}
	lowerTargets(m, plans, made)
	lowerUpgrades(m, plans, made)
	lowerChecks(m, plans, made)
	for _, p := range plans {
		slices.SortFunc(p.Routers, func(a, b plan.Router) int { return cmp.Compare(a.ID, b.ID) })
	}
	return plans, made
}

// lowerRouter returns v's router of family f on the host of mine.
func lowerRouter(v *vip, mine *member, f plan.Family) plan.Router {
	r := plan.Router{
		ID:             v.id() + "/" + f.String(),
		Vip:            v.id(),
		Family:         f,
		VRID:           v.vrid.V,
		Version:        v.version.V,
		Priority:       mine.rank,
		AdvertInterval: int(v.interval.V.Milliseconds()),
		Interface:      mine.port.name,
		Source:         lowerSource(v, mine, f),
		Checksum:       plan.PseudoHeader,
		Preemption:     plan.Preemption{Mode: plan.Mode(v.preemption.mode.V), Delay: int(v.preemption.delay.V.Milliseconds())},
		Announce:       v.announce.lower(),
		Unit:           v.unit,
		QuietStart:     int(v.quiet.V.Milliseconds()),
		QuietLink:      int(v.settles().Milliseconds()),
		Tracks:         v.lowerTracks(mine),
		Notify:         names(v.targets),
		Hooks:          lowerHooks(v.hooks),
		Routes:         lowerRoutes(v, f),
		Rules:          lowerPolicies(v, f),
		Addresses:      lowerAddresses(v, f),
		OnAgentLoss:    lowerLoss(v),
		Neighbours:     lowerNeighbours(v, mine, f),
	}
	if v.checksum.V == "rfc9568" {
		r.Checksum = plan.RFC9568
	}
	if v.auth != nil {
		r.Auth = v.auth.lower()
	}
	if v.unicast() {
		for _, n := range r.Neighbours {
			r.Peers = append(r.Peers, n.Address)
		}
		return r
	}
	r.Group = groups[f]
	if plan.Of(v.group.V) == f {
		r.Group = v.group.V.String()
	}
	return r
}

// settles is how long a link that has come up is not believed. Where a host that was
// away must not take the address back at once, it must not do so because it cannot
// hear yet who has it.
func (v *vip) settles() time.Duration {
	if v.quietLink.Set || v.preemption.mode.V == string(plan.Always) || len(v.members) < 2 {
		return v.quietLink.V
	}
	return 10 * time.Second
}

// lowerSource returns the sender that is written or follows from the host's
// addresses. An IPv6 multicast router takes the interface's own link-local
// address unless one is written: few people declare those.
func lowerSource(v *vip, mine *member, f plan.Family) string {
	written := mine.source.Set && plan.Of(mine.source.V) == f
	if f == plan.IPv6 && !v.unicast() && !written {
		return ""
	}
	if ip := v.sender(mine, f); ip.IsValid() {
		return ip.String()
	}
	return ""
}

// lowerAddresses returns v's addresses of family f; those for which an advert
// has no room are hidden.
func lowerAddresses(v *vip, f plan.Family) []plan.Address {
	written := v.advertised(f)
	addresses := make([]plan.Address, len(written))
	for i, a := range written {
		addresses[i] = plan.Address{Prefix: a.V.String(), Hidden: i >= v.capacity(f)}
		v.lowerDetails(a.V.Addr(), &addresses[i])
	}
	return addresses
}

// lowerLoss returns what is written, or else release where another host can
// take over.
func lowerLoss(v *vip) plan.OnAgentLoss {
	if v.loss.Set {
		return plan.OnAgentLoss(v.loss.V)
	}
	if len(v.members) == 1 {
		return plan.Keep
	}
	return plan.Release
}

// lowerNeighbours returns the other members, the most preferred first.
func lowerNeighbours(v *vip, mine *member, f plan.Family) []plan.Neighbour {
	var neighbours []plan.Neighbour
	for _, m := range v.members {
		if m == mine {
			continue
		}
		n := plan.Neighbour{Host: m.host.name, Kind: m.host.kind, Priority: v.effective(m, 0)}
		if ip := v.sender(m, f); ip.IsValid() {
			n.Address = ip.String()
		}
		neighbours = append(neighbours, n)
	}
	return neighbours
}

// place returns the file and line of at, "main.ha.hcl:12".
func place(at hcl.Range) string { return fmt.Sprintf("%s:%d", at.Filename, at.Start.Line) }
