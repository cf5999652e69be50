package compiler

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
	"hactl/lang/rule"
	"hactl/schemas/plan"
)

// longestLabel is the room for an address's label in Linux (IFNAMSIZ without the
// final NUL).
const longestLabel = 15

// checkDetails refuses address blocks that the kernel would refuse.
func checkDetails(v *vip, report report) {
	for _, a := range v.addresses {
		b := v.details[a.V.Addr()]
		if b == nil || b.LabelRange() != a.Range {
			continue
		}
		if label := b.String("label"); label.Set {
			checkLabel(v, a.V.Addr(), label, report)
		}
		v.knows(b.String("interface"), report)
		checkScope(b, a.V.Addr(), report)
	}
	if r := v.announce.refresh; r.V > 0 && r.V < time.Second {
		report(rule.ShortRefresh.At(r.Range, "Announcements that often only burden the segment. Write \"1s\" or more, or \"0s\" for none."))
	}
}

// checkScope refuses a scope in IPv6, where the address itself tells it.
func checkScope(b *lang.Block, a netip.Addr, report report) {
	if scope := b.String("scope"); scope.Set && a.Is6() {
		report(rule.WithoutEffect.At(scope.Range, "Only IPv4 has scopes to choose: in IPv6 the address tells it. Remove the attribute."))
	}
}

// checkLabel refuses a label that the kernel would, and warns of one that tools
// do not look for.
func checkLabel(v *vip, a netip.Addr, label lang.Value[string], report report) {
	if a.Is6() {
		report(rule.BadLabel.At(label.Range, "Only IPv4 addresses have labels. Remove it."))
		return
	}
	if len(label.V) > longestLabel {
		report(rule.BadLabel.At(label.Range, fmt.Sprintf("The label has %d bytes, and there is room for %d. Shorten it.", len(label.V), longestLabel)))
		return
	}
	for _, m := range v.members {
		device := m.named
		if other := v.elsewhere(a); other.Set {
			device = other
		}
		name := device.V
		if m.host.kind == plan.Hactl && name != "" && label.V != name && !strings.HasPrefix(label.V, name+":") {
			report(rule.ForeignLabel.At(label.Range, fmt.Sprintf(
				"The interface is %s on host %q, and the label begins otherwise. Linux takes it, but ifconfig and older scripts look for %q and do not find the address. Write that, or remove the label where names differ between hosts.",
				name, m.host.name, name+":…"), related("The host's interface", device.Range)))
			return
		}
	}
}

// knows reports an interface that a member declares not to have.
func (v *vip) knows(name lang.Value[string], report report) {
	if !name.Set {
		return
	}
	for _, m := range v.members {
		if h := m.host; h.omits(name.V) {
			report(rule.UnknownInterface.At(name.Range, fmt.Sprintf(
				"Host %q declares its interfaces, and %q is none of them.%s Declare it in the host's block.", h.name, name.V, didYouMean(name.V, h.portNames())),
				related("The host and its interfaces", h.at)))
		}
	}
}

// checkRoutes refuses routes that cannot be added, and warns of gateways that
// nobody knows.
func checkRoutes(v *vip, report report) {
	for _, r := range v.routes {
		at := r.block.LabelRange()
		switch {
		case r.block.Broken("via") || r.block.Broken("source"):
			continue
		case !r.destination.IsValid():
			report(rule.NoGateway.At(at, "Nothing says of which family this default route is. Add via, or write \"0.0.0.0/0\" or \"::/0\" for the label."))
			continue
		}
		v.knows(r.block.String("interface"), report)
		f := plan.Of(r.destination.Addr())
		if a := r.stranger(f); a.Set {
			report(rule.NoFamily.At(a.Range, fmt.Sprintf("%s is no %s address, and the route is one of %s. Write an address of that family.", a.V, familyName(f), familyName(f))))
			continue
		}
		checkScope(r.block, r.destination.Addr(), report)
		v.holds(f, at, report)
		v.reaches(r, f, report)
	}
	for _, p := range v.policies {
		v.knows(p.block.String("interface"), report)
		v.checkPolicy(p, report)
	}
}

// stranger returns the gateway or source of r that is not of family f; not Set
// when both are.
func (r *route) stranger(f plan.Family) lang.Value[netip.Addr] {
	for _, a := range []lang.Value[netip.Addr]{r.via, r.source} {
		if a.Set && plan.Of(a.V) != f {
			return a
		}
	}
	return lang.Value[netip.Addr]{}
}

// checkPolicy refuses a rule whose ends are of two families, or of none of v's.
func (v *vip) checkPolicy(p *policy, report report) {
	if p.from.Set && p.to.Set && plan.Of(p.from.V.Addr()) != plan.Of(p.to.V.Addr()) {
		report(rule.NoFamily.At(p.to.Range, fmt.Sprintf("from is a network of %s and to one of %s. Write two rules, each of one family.",
			familyName(plan.Of(p.from.V.Addr())), familyName(plan.Of(p.to.V.Addr()))), related("Where packets come from", p.from.Range)))
		return
	}
	for _, f := range p.families(v) {
		v.holds(f, p.block.Range(), report)
	}
}

// holds reports what is of family f where v has no address of it.
func (v *vip) holds(f plan.Family, at hcl.Range, report report) {
	if !slices.Contains(v.families(), f) && !v.partial {
		report(rule.NoFamily.At(at, fmt.Sprintf("%s has no %s address, so it is never there: routes and rules come and go with the addresses of their family. Put it into a vip that has one.",
			capital(v.String()), familyName(f))))
	}
}

// reaches warns of a gateway in no subnet that any member or v itself is in.
func (v *vip) reaches(r *route, f plan.Family, report report) {
	if !r.via.Set || r.via.V.IsLinkLocalUnicast() || r.block.Has("interface") {
		return
	}
	known := false
	for _, a := range v.addresses {
		if a.V.Contains(r.via.V) {
			return
		}
	}
	for _, m := range v.members {
		for _, p := range m.host.ports {
			if p.vague {
				return
			}
			subnets := p.subnets(f)
			known = known || len(subnets) > 0
			if slices.ContainsFunc(subnets, func(s netip.Prefix) bool { return s.Contains(r.via.V) }) {
				return
			}
		}
	}
	if known {
		report(rule.FarGateway.At(r.via.Range, fmt.Sprintf(
			"%s is in none of the subnets that the hosts declare, so the kernel would refuse the route. Check the gateway and the declared addresses, or name the interface.", r.via.V)))
	}
}

// checkRoutesTwice refuses routes and rules that the kernel cannot tell apart,
// on hosts that may hold both at once.
func checkRoutesTwice(m *model, report report) {
	type key struct {
		host *host
		what any
	}
	type user struct {
		vip *vip
		at  hcl.Range
	}
	first := map[key]user{}
	once := func(v *vip, what any, at hcl.Range) {
		for _, b := range v.members {
			k := key{b.host, what}
			u, taken := first[k]
			switch {
			case !taken:
				first[k] = user{v, at}
			case u.at != at:
				report(rule.RouteTwice.At(at, fmt.Sprintf(
					"The same is already in %s, and the kernel holds it once: the vip that goes first takes it from the other. Keep one, or let another table, metric or priority tell them apart.", u.vip),
					related("The other one", u.at)))
				return
			}
		}
	}
	for _, v := range m.vips {
		for _, r := range v.routes {
			if r.destination.IsValid() {
				once(v, r.key(), r.block.LabelRange())
			}
		}
		for _, p := range v.policies {
			once(v, p.key(), p.block.Range())
		}
	}
}
