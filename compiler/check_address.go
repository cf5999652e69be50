package compiler

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
	"hactl/lang/rule"
	"hactl/schemas/plan"
)

// checkAddresses refuses addresses of v that no host can have, and those that
// are there twice.
func checkAddresses(v *vip, report report) {
	first := map[netip.Addr]hcl.Range{}
	for _, a := range v.addresses {
		ip := a.V.Addr()
		if why := unusable(a.V); why != "" {
			report(rule.NotAssignable.At(a.Range, fmt.Sprintf("%s is %s. Write the address itself, with the length of its subnet's prefix.", a.V, why)))
		}
		if at, ok := first[ip]; ok {
			report(rule.RepeatedVIP.At(a.Range, fmt.Sprintf("%s is already in the list of %s. Remove one of the two.", ip, v), related("Listed here first", at)))
			continue
		}
		first[ip] = a.Range
	}
}

// unusable says why no neighbour could reach that address; empty when one can.
// Multicast and the like do not get past package lang.
func unusable(a netip.Prefix) string {
	ip := a.Addr()
	switch {
	case ip.IsLoopback():
		return "a loopback address"
	case ip.BitLen()-a.Bits() < 2:
		return ""
	case ip == a.Masked().Addr():
		return "the address of the subnet, not of a host in it"
	case ip.Is4() && !a.Contains(ip.Next()):
		return "the broadcast address of its subnet"
	}
	return ""
}

// checkOwnAddresses refuses an owner that declares its interface's addresses
// without those of v.
func checkOwnAddresses(v *vip, report report) {
	for _, m := range v.members {
		if !m.owner.V || m.port == nil || len(m.port.addresses) == 0 || m.port.vague {
			continue
		}
		for _, a := range v.addresses {
			if !m.port.has(a.V.Addr()) {
				report(rule.OwnerWithout.At(a.Range, fmt.Sprintf(
					"Host %q is to own %s, but its %s does not have that address. Declare the address there, or let priorities decide instead of owner = true.",
					m.host.name, a.V.Addr(), m.port.name), related("The owner", m.owner.Range), related("Its interfaces", m.host.at)))
			}
		}
	}
}

// checkOwnerSource refuses an owner whose adverts would come from an address of a
// vip. A Backup that stands in for it holds that address, and the Linux
// kernel drops packets that claim to come from one of its own: neither would give
// way when the owner returns.
func checkOwnerSource(v *vip, report report) {
	for _, m := range v.members {
		if !m.owner.V || m.port == nil || m.port.vague || len(v.members) < 2 {
			continue
		}
		for _, f := range v.families() {
			if ip := v.sender(m, f); ip.IsValid() && m.port.virtual[ip] {
				report(rule.OwnerSource.At(m.owner.Range, fmt.Sprintf(
					"Host %q has nothing to send adverts from but %s, a vip's address. A host that stands in for it has that address itself and cannot hear it: when %q returns, both would stay Active. Give its %s a second address, or let priorities decide instead of owner = true.",
					m.host.name, ip, m.host.name, m.port.name), related("Its interfaces", m.host.at)))
			}
		}
	}
}

func (p *port) has(ip netip.Addr) bool {
	return slices.ContainsFunc(p.addresses, func(a lang.Value[netip.Prefix]) bool { return a.V.Addr() == ip })
}

// checkSubnets warns of addresses that are in no subnet that a member declares
// for its interface. Link-local ones are at home everywhere, and what moves
// between subnets is routed on purpose.
func checkSubnets(v *vip, report report) {
	for _, a := range v.addresses {
		ip := a.V.Addr()
		if ip.IsLinkLocalUnicast() || v.unicast() && !v.oneSubnet(plan.Of(ip)) || v.elsewhere(ip).Set {
			continue
		}
		var where []string
		for _, m := range v.members {
			if m.port == nil || m.port.vague {
				continue
			}
			subnets := m.port.subnets(plan.Of(ip))
			if len(subnets) > 0 && !slices.ContainsFunc(subnets, func(s netip.Prefix) bool { return s.Contains(ip) }) {
				where = append(where, m.port.String())
			}
		}
		if len(where) > 0 {
			report(rule.OutsideSubnets.At(a.Range, fmt.Sprintf(
				"%s is in none of the subnets declared for %s, so neighbours there reach it only by a route. Check the address and the declared ones.",
				ip, rule.List(where))))
		}
	}
}

// oneSubnet reports whether a subnet of family f that one member is in holds an
// address of every other.
func (v *vip) oneSubnet(f plan.Family) bool {
	for _, m := range v.members {
		if m.port == nil {
			continue
		}
		for _, s := range m.port.subnets(f) {
			if !slices.ContainsFunc(v.members, func(o *member) bool { return o.port != nil && !o.port.in(s) }) {
				return true
			}
		}
	}
	return false
}

// in reports whether p has an address in subnet s.
func (p *port) in(s netip.Prefix) bool {
	return slices.ContainsFunc(p.addresses, func(a lang.Value[netip.Prefix]) bool { return s.Contains(a.V.Addr()) })
}

// checkAdvertSize notes where the list of addresses is longer than an advert.
func checkAdvertSize(v *vip, report report) {
	for _, f := range v.families() {
		listed := v.advertised(f)
		if most := v.capacity(f); len(listed) > most {
			report(rule.AdvertFull.At(listed[most].Range, fmt.Sprintf(
				"An advert has room for %d %s addresses. This one and those behind it move with the others, but adverts do not list them.", most, familyName(f))))
		}
	}
}

// checkVIPs refuses one address in two vips of a segment.
func checkVIPs(m *model, report report) {
	type place struct {
		segment *port
		ip      netip.Addr
	}
	type user struct {
		vip *vip
		a   lang.Value[netip.Prefix]
	}
	used := map[place]user{}
	for _, v := range m.vips {
		for _, s := range v.segments() {
			for _, f := range v.families() {
				for _, a := range v.advertised(f) {
					here := place{s, a.V.Addr()}
					first, taken := used[here]
					if !taken {
						used[here] = user{v, a}
					} else if first.vip != v && (first.a.Set || a.Set) { // two of the compiler's have one VRID
						report(rule.DuplicateVIP.At(a.Range, fmt.Sprintf(
							"%s is also an address of %s on the same segment, so two hosts could have it at once. Keep it in one of the two.%s",
							a.V.Addr(), first.vip, lookAlikes(v, first.vip)), related("The other vip's", first.a.Range)))
					}
				}
			}
		}
	}
}

// checkHostAddresses refuses addresses that two interfaces of a segment have,
// and those of a vip that are a host's own, unless the host is to own them.
func checkHostAddresses(m *model, report report) {
	type place struct {
		segment *port
		ip      netip.Addr
	}
	type station struct {
		port *port
		at   hcl.Range
	}
	own := map[place]station{}
	for p := range m.ports() {
		for _, a := range p.addresses {
			here := place{p.root(), a.V.Addr()}
			if first, taken := own[here]; taken {
				report(rule.HostsCollide.At(a.Range, fmt.Sprintf(
					"%s is already the address of %s on the same segment. Correct one of the two; if these are two networks that only look alike, give their interfaces a segment name each.",
					a.V.Addr(), first.port), related("Declared here first", first.at)))
				continue
			}
			own[here] = station{p, a.Range}
		}
	}
	for _, v := range m.vips {
		for _, a := range v.addresses {
			ports := v.answering(a.V.Addr())
			for _, s := range v.segments() {
				if has, taken := own[place{s, a.V.Addr()}]; taken && !slices.Contains(ports, has.port) {
					ports = append(ports, has.port)
				}
			}
			for _, p := range ports {
				if !v.ownedBy(p.host) && !v.vague {
					report(rule.AddressOfHost.At(a.Range, fmt.Sprintf(
						"%s is the own address of %s, which answers for it whatever the election says. Use a free address, or make that host the owner: owner = true in a member block of the vip.",
						a.V.Addr(), p), related("Declared here", p.where(a.V.Addr()))))
				}
			}
		}
	}
}

// answering returns the interfaces of v's members that have ip as an address of
// their own. Linux answers for it on the others too, unless it is link-local or
// stands on the loopback, where people put it on purpose.
func (v *vip) answering(ip netip.Addr) []*port {
	var ports []*port
	for _, m := range v.members {
		for _, p := range m.host.ports {
			if p.has(ip) && p.name != loopback && (!ip.IsLinkLocalUnicast() || p == m.port) {
				ports = append(ports, p)
			}
		}
	}
	return ports
}

// where returns the place that declares p to have ip.
func (p *port) where(ip netip.Addr) hcl.Range {
	i := slices.IndexFunc(p.addresses, func(a lang.Value[netip.Prefix]) bool { return a.V.Addr() == ip })
	return p.addresses[i].Range
}

// ownedBy reports whether h is to own v's addresses.
func (v *vip) ownedBy(h *host) bool {
	return slices.ContainsFunc(v.members, func(m *member) bool { return m.host == h && m.owner.V })
}
