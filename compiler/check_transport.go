package compiler

import (
	"fmt"
	"net/netip"
	"slices"

	"hactl/lang"
	"hactl/lang/rule"
	"hactl/schemas/plan"
)

// checkSplit refuses multicast between interfaces that are said to be on
// different segments.
func checkSplit(v *vip, report report) {
	if v.unicast() {
		return
	}
	var first *member
	for _, m := range v.members {
		switch {
		case m.port == nil || !m.port.segment.Set:
		case first == nil:
			first = m
		case m.port.segment.V != first.port.segment.V:
			report(rule.SplitMembers.At(m.named.Range, fmt.Sprintf(
				"%s is on segment %q and %s on segment %q, so they cannot hear each other's multicast. Correct the segments, or use transport = \"unicast\".",
				first.port, first.port.segment.V, m.port, m.port.segment.V),
				related("One segment", first.port.segment.Range), related("The other one", m.port.segment.Range)))
			return
		}
	}
}

// loopback is the interface that reaches nobody.
const loopback = "lo"

// checkLoopback refuses a router on the loopback: no advert would reach another
// member, and each of them would be Active.
func checkLoopback(v *vip, report report) {
	for _, m := range v.members {
		if m.named.V == loopback {
			report(rule.LoopbackRouter.At(m.named.Range,
				"Adverts on lo reach no other host, so every member would be Active. Name the interface that the hosts hear each other on."))
		}
	}
}

// checkGroup refuses a multicast group that is none, or that nothing uses.
func checkGroup(v *vip, report report) {
	g := v.group
	if !g.Set {
		return
	}
	if !g.V.IsMulticast() || g.V.Zone() != "" {
		report(rule.NotAGroup.At(g.Range, fmt.Sprintf(
			"%s is no multicast address: those are 224.0.0.0 to 239.255.255.255, and ff00::/8. Leave the attribute out for the usual group.", g.V)))
	}
	if v.transport.V == "unicast" && v.groupNear {
		report(rule.GroupUnused.At(g.Range, "With transport \"unicast\" adverts go to the members' own addresses. Remove the group, or the transport.",
			related("The transport", v.transport.Range)))
	}
}

// checkSources refuses written sources that cannot be the sender of adverts.
func checkSources(v *vip, report report) {
	for _, m := range v.members {
		if !m.source.Set {
			continue
		}
		if why := v.badSource(m); why != "" {
			report(rule.UnusableSource.At(m.source.Range, why))
		} else if m.host.lacks(m.source.V) {
			report(rule.WrongSource.At(m.source.Range, fmt.Sprintf(
				"Host %q declares its addresses, and %s is none of them. Correct the source, or declare the address.", m.host.name, m.source.V),
				related("The host and its addresses", m.host.at)))
		}
	}
	checkSameSource(v, report)
}

// badSource says why m's written source cannot send v's adverts; empty when it
// can.
func (v *vip) badSource(m *member) string {
	ip := m.source.V
	switch {
	case ip.Zone() != "" || ip.Is4In6() || ip.IsMulticast() || ip.IsUnspecified() || ip.IsLoopback():
		return fmt.Sprintf("%s cannot be the sender of adverts. Write an address that host %q has on the interface.", ip, m.host.name)
	case ip.Is6() && slices.Contains(v.families(), plan.IPv6) && !v.unicast() && !ip.IsLinkLocalUnicast():
		return fmt.Sprintf("IPv6 adverts to a multicast group come from a link-local address (RFC 9568 section 5.1.2.1), and %s is none. Leave the source out, or use unicast.", ip)
	case !m.owner.V && slices.ContainsFunc(v.addresses, func(a lang.Value[netip.Prefix]) bool { return a.V.Addr() == ip }):
		return fmt.Sprintf("%s is an address of the vip itself, which moves between hosts. Write an address that stays on host %q.", ip, m.host.name)
	}
	return ""
}

// lacks reports whether h declares addresses of ip's family without ip.
// Link-local ones are seldom declared.
func (h *host) lacks(ip netip.Addr) bool {
	declared := false
	for _, p := range h.ports {
		if p.vague || p.has(ip) {
			return false
		}
		declared = declared || slices.ContainsFunc(p.addresses, func(a lang.Value[netip.Prefix]) bool { return plan.Of(a.V.Addr()) == plan.Of(ip) })
	}
	return declared && !h.vague && !ip.IsLinkLocalUnicast()
}

// checkSameSource refuses two members that send from one address, where the
// segments do not show it.
func checkSameSource(v *vip, report report) {
	for _, f := range v.families() {
		first := map[netip.Addr]*member{}
		for _, m := range v.members {
			ip := v.sender(m, f)
			if !ip.IsValid() {
				continue
			}
			other := first[ip]
			if other == nil {
				first[ip] = m
				continue
			}
			if !m.source.Set && !other.source.Set && m.port.root() == other.port.root() {
				continue // HostsCollide says so
			}
			report(rule.UnusableSource.At(m.at, fmt.Sprintf(
				"Adverts of hosts %q and %q would both come from %s, so each would ignore the other. Give each host a source of its own.",
				other.host.name, m.host.name, ip), related("The other host", other.at)))
		}
	}
}

// checkPeers refuses unicast between members of which one has no known address
// of a family of v.
func checkPeers(v *vip, report report) {
	if !v.unicast() {
		return
	}
	for _, m := range v.members {
		if m.host.vague || m.port == nil && m.host.kind == plan.Hactl || m.port != nil && m.port.vague {
			continue
		}
		for _, f := range v.families() {
			if v.sender(m, f).IsValid() {
				continue
			}
			where := "its interface"
			if m.port != nil {
				where = m.port.name
			}
			report(rule.UnknownPeer.At(v.transport.Range, fmt.Sprintf(
				"Unicast needs an %s address of every member, and host %q declares none for %s. Declare it in the host's interface block, or use multicast.",
				familyName(f), m.host.name, where), related("The host", m.host.at)))
		}
	}
}

// checkChecksum warns of a checksum form that keepalived neighbours reject
// unless they are told.
func checkChecksum(v *vip, report report) {
	if v.checksum.V != "rfc9568" || v.version.V != 3 || !slices.Contains(v.families(), plan.IPv4) {
		return
	}
	for _, m := range v.members {
		if m.host.kind == plan.Keepalived {
			report(rule.RejectedChecksum.At(v.checksum.Range, fmt.Sprintf(
				"keepalived on host %q drops adverts with this form unless its vrrp_instance has v3_checksum_as_v2, and then takes over beside us. Set that there first, or leave the attribute out.",
				m.host.name), related("The neighbour", m.host.at)))
		}
	}
}
