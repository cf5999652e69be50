package doctor

import (
	"fmt"
	"net/netip"
	"slices"

	"hactl/schemas/plan"
)

// examineInterfaces looks whether each router has an interface that works, with an
// own address to send from.
func examineInterfaces(h *Host) []Finding {
	links, err := h.Machine.Links()
	if err != nil {
		return cannot("the interfaces cannot be read", err)
	}
	if len(h.routers()) == 0 {
		return nil
	}
	var all []Finding
	for _, name := range h.interfaces() {
		all = append(all, h.unusable(links, name)...)
	}
	return orGood(all, "the interfaces of the plan are up, with addresses of their own")
}

// unusable says what is wrong with an interface that routers run on.
func (h *Host) unusable(links []Link, name string) []Finding {
	l, there := link(links, name)
	switch {
	case !there:
		return []Finding{{Severity: Error, Seen: "there is no interface " + name,
			Why: "Its routers wait for it, and take part in no election.", Do: []string{"ip -brief link   # and correct the interface block of this host"}}}
	case !l.Up:
		return []Finding{{Severity: Error, Seen: name + " is down", Why: "Its routers wait for it.", Do: []string{"sudo ip link set " + name + " up"}}}
	case !l.Running:
		return []Finding{{Severity: Error, Seen: name + " has no carrier", Why: "Its routers wait for it.", Do: []string{"ethtool " + name + "   # cable, switch port, the machine that it is a part of"}}}
	}
	var all []Finding
	for _, family := range []plan.Family{plan.IPv4, plan.IPv6} {
		if source, wanted := h.sourceOn(name, family); wanted {
			all = append(all, h.sourceless(l, family, source)...)
		}
	}
	return all
}

// sourceOn returns the address that adverts of a family come from on an interface,
// empty for the interface's first, and whether there are such adverts.
func (h *Host) sourceOn(name string, family plan.Family) (source string, wanted bool) {
	for _, r := range h.routers() {
		if r.Interface == name && r.Family == family {
			return r.Source, true
		}
	}
	return "", false
}

// sourceless says what is wrong with the address that adverts come from.
func (h *Host) sourceless(l Link, family plan.Family, source string) []Finding {
	if family == plan.IPv6 && h.text("proc/sys/net/ipv6/conf/"+l.Name+"/disable_ipv6") == "1" {
		return []Finding{{Severity: Error, Seen: "IPv6 is switched off on " + l.Name, Why: "Its IPv6 routers cannot run.",
			Do: []string{"sudo sysctl -w net.ipv6.conf." + l.Name + ".disable_ipv6=0"}}}
	}
	at := slices.IndexFunc(l.Addresses, func(a Address) bool { return h.canSend(a, family, source) })
	switch {
	case at < 0 && source != "":
		return []Finding{{Severity: Error, Seen: fmt.Sprintf("%s does not have %s, which adverts are to come from", l.Name, source),
			Why: "Its routers wait for it, and take part in no election.",
			Do:  []string{"ip address show dev " + l.Name + "   # and correct the interface block of this host"}}}
	case at < 0:
		return []Finding{{Severity: Error, Seen: fmt.Sprintf("%s has no %s address of its own", l.Name, family),
			Why: "Adverts need an address to come from; a virtual one does not serve.",
			Do:  []string{"sudo ip address add ADDRESS/LENGTH dev " + l.Name + "   # and where the system keeps its addresses"}}}
	case l.Addresses[at].Expires && family == plan.IPv4 && source != "":
		return []Finding{{Severity: Warning, Seen: fmt.Sprintf("%s on %s is a lease (DHCP)", l.Addresses[at].Prefix.Addr(), l.Name),
			Why: "With another address after the next lease, neighbours drop this host's adverts or wait for the old one.",
			Do:  []string{"a fixed address for " + l.Name + ", or a reservation of the DHCP server"}}}
	}
	return nil
}

// canSend reports whether adverts of a family can come from an address: the one
// that is to be, or an own one.
func (h *Host) canSend(a Address, family plan.Family, source string) bool {
	addr := a.Prefix.Addr()
	if source != "" {
		return addr.String() == source
	}
	if plan.Of(addr) != family || a.Mark == markHactl || a.Mark == markKeepalived {
		return false
	}
	return (family == plan.IPv4 || addr.IsLinkLocalUnicast()) && !h.isVirtual(addr)
}

// isVirtual reports whether an address is one of the plan.
func (h *Host) isVirtual(a netip.Addr) bool {
	return slices.ContainsFunc(h.vips(), func(v addressed) bool { return v.addr == a })
}
