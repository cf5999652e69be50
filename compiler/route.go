package compiler

import (
	"cmp"
	"net/netip"
	"slices"

	"hactl/lang"
	"hactl/schemas/plan"
)

// route is a route block.
type route struct {
	block       *lang.Block
	destination netip.Prefix // of length 0 for "default"; the zero Prefix when its family is not known
	via, source lang.Value[netip.Addr]
}

// policy is a rule block.
type policy struct {
	block    *lang.Block
	from, to lang.Value[netip.Prefix]
}

// resolveRoutes reads b's route and rule blocks, in source order.
func (v *vip) resolveRoutes(b *lang.Block) {
	for _, r := range b.Blocks("route") {
		v.routes = append(v.routes, resolveRoute(r))
	}
	for _, r := range b.Blocks("rule") {
		v.policies = append(v.policies, &policy{block: r, from: r.Network("from"), to: r.Network("to")})
	}
}

// resolveRoute reads one route. The gateway says of what family a default route
// is, and without one the source.
func resolveRoute(b *lang.Block) *route {
	r := &route{block: b, via: b.Address("via"), source: b.Address("source")}
	if b.Label() != "default" {
		r.destination = b.LabelPrefix().V
		return r
	}
	for _, a := range []lang.Value[netip.Addr]{r.via, r.source} {
		if a.Set {
			r.destination = netip.PrefixFrom(a.V, 0).Masked()
			return r
		}
	}
	return r
}

// families returns the families that the rule holds for, of those of v.
func (p *policy) families(v *vip) []plan.Family {
	for _, n := range []lang.Value[netip.Prefix]{p.from, p.to} {
		if n.Set {
			return []plan.Family{plan.Of(n.V.Addr())}
		}
	}
	return v.families()
}

// lowerRoutes returns v's routes of family f.
func lowerRoutes(v *vip, f plan.Family) []plan.Route {
	var all []plan.Route
	for _, r := range v.routes {
		if plan.Of(r.destination.Addr()) != f {
			continue
		}
		all = append(all, plan.Route{
			Destination: r.destination.String(),
			Via:         address(r.via),
			Interface:   r.block.String("interface").V,
			Source:      address(r.source),
			Metric:      r.block.Integer("metric").V,
			Table:       r.block.Integer("table").V,
			Scope:       plan.Scope(r.block.String("scope").V),
		})
	}
	return all
}

// lowerPolicies returns v's rules of family f.
func lowerPolicies(v *vip, f plan.Family) []plan.Policy {
	var all []plan.Policy
	for _, p := range v.policies {
		if !slices.Contains(p.families(v), f) {
			continue
		}
		all = append(all, plan.Policy{
			Priority:  p.block.Integer("priority").V,
			From:      network(p.from),
			To:        network(p.to),
			Interface: p.block.String("interface").V,
			Mark:      p.block.Integer("mark").V,
			Table:     p.block.Integer("table").V,
		})
	}
	return all
}

// address returns a written address as text; empty when none is written.
func address(v lang.Value[netip.Addr]) string {
	if !v.Set {
		return ""
	}
	return v.V.String()
}

// network returns a written network as text; empty when none is written.
func network(v lang.Value[netip.Prefix]) string {
	if !v.Set {
		return ""
	}
	return v.V.String()
}

// key is what the kernel tells routes apart by.
func (r *route) key() [3]any {
	return [3]any{r.destination, r.block.Integer("metric").V, cmp.Or(r.block.Integer("table").V, mainTable)}
}

// mainTable is the routing table that is meant where none is named.
const mainTable = 254

// key is what the kernel tells rules apart by.
func (p *policy) key() [6]any {
	b := p.block
	return [6]any{b.Integer("priority").V, network(p.from), network(p.to), b.String("interface").V, b.Integer("mark").V, b.Integer("table").V}
}
