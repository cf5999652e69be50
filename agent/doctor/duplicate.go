package doctor

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Holders are the stations that answered for addresses, each once.
type Holders map[netip.Addr][]net.HardwareAddr

// examineDuplicates asks each segment who has the virtual addresses. One of the
// neighbours may; anybody else is a stranger.
func examineDuplicates(h *Host) []Finding {
	links, err := h.Machine.Links()
	if err != nil {
		return cannot("the interfaces cannot be read", err)
	}
	var all []Finding
	asked := 0
	for _, l := range links {
		if vips := h.vipsOn(l); len(vips) > 0 && l.Running && len(l.MAC) == 6 {
			asked += len(vips)
			all = append(all, h.strangers(l, vips)...)
		}
	}
	if asked == 0 {
		return nil
	}
	return orGood(all, fmt.Sprintf("no stranger answers for virtual addresses (asked for %d)", asked))
}

// vipsOn returns the virtual addresses that are put on a link and can be asked for
// there: those of IPv6 from a link-local address.
func (h *Host) vipsOn(l Link) []addressed {
	return slices.DeleteFunc(h.vips(), func(v addressed) bool {
		return v.link != l.Name || v.addr.Is6() && !l.Local().IsValid()
	})
}

// Local returns the link-local address of IPv6 that the link has for itself; the zero
// Addr when it has none.
func (l Link) Local() netip.Addr {
	for _, a := range l.Addresses {
		if addr := a.Prefix.Addr(); addr.Is6() && addr.IsLinkLocalUnicast() && a.Mark != markHactl && a.Mark != markKeepalived {
			return addr
		}
	}
	return netip.Addr{}
}

// strangers says which of these addresses on a link a stranger answers for. A vip may
// be on its way to another host just now, of which the report knows nothing yet: who
// seems a stranger is asked for again, with the report of after the first time, and
// only who has answered twice is named.
func (h *Host) strangers(l Link, vips []addressed) []Finding {
	reports := []*status.Host{h.Report}
	known := h.known(reports)
	first, err := h.holders(l, vips, known)
	vips = slices.DeleteFunc(vips, func(v addressed) bool { return len(foreign(v, first, known)) == 0 })
	var second Holders
	if err == nil && len(vips) > 0 {
		reports = append(reports, h.again())
		known = h.known(reports)
		second, err = h.holders(l, vips, known)
	}
	if err != nil {
		return cannot("nobody could be asked for virtual addresses on "+l.Name, err, "sudo hactl doctor")
	}
	var all []Finding
	for _, v := range vips {
		for _, mac := range foreign(v, second, known) {
			if has(first[v.addr], mac) {
				all = append(all, h.stranger(v, mac, reports))
			}
		}
	}
	return all
}

// again returns the agent's report of now; nil when it gives none.
func (h *Host) again() *status.Host {
	if h.Again == nil {
		return nil
	}
	return h.Again()
}

// holders asks for virtual addresses on a link, and for the neighbours there, to know
// them by their MACs.
func (h *Host) holders(l Link, vips []addressed, known map[string][]netip.Addr) (Holders, error) {
	var wanted []netip.Addr
	for _, v := range vips {
		wanted = append(append(wanted, v.addr), known[v.router.ID]...)
	}
	slices.SortFunc(wanted, netip.Addr.Compare)
	return h.Machine.Holders(l, slices.Compact(wanted))
}

// foreign returns the holders of a virtual address that are none of its neighbours.
func foreign(v addressed, holders Holders, known map[string][]netip.Addr) []net.HardwareAddr {
	neighbours := []net.HardwareAddr{virtualMAC(v)}
	for _, a := range known[v.router.ID] {
		neighbours = append(neighbours, holders[a]...)
	}
	return slices.DeleteFunc(slices.Clone(holders[v.addr]), func(mac net.HardwareAddr) bool { return has(neighbours, mac) })
}

// has reports whether a MAC is among others.
func has(all []net.HardwareAddr, mac net.HardwareAddr) bool {
	return slices.ContainsFunc(all, func(m net.HardwareAddr) bool { return bytes.Equal(m, mac) })
}

// virtualMAC is that of the router (RFC 9568 section 7.3): keepalived answers from it
// when it is told to.
func virtualMAC(v addressed) net.HardwareAddr {
	family := byte(1)
	if v.addr.Is6() {
		family = 2
	}
	return net.HardwareAddr{0, 0, 0x5e, 0, family, byte(v.router.VRID)}
}

// stranger is the finding that a station, which is no neighbour that is known, answers
// for a virtual address.
func (h *Host) stranger(v addressed, mac net.HardwareAddr, reports []*status.Host) Finding {
	if h.awaited(v) && !stayed(v.router.ID, reports) {
		return Finding{Severity: Warning, Seen: fmt.Sprintf("%s is answered on %s by %s, which may be a neighbour that no address is known of", v.addr, v.link, mac),
			Why: "If it is not the Active host of this vip, it is a stranger, and clients will reach it now and then.",
			Do:  []string{fmt.Sprintf("ip neighbour | grep %s   # which host is it?", mac)}}
	}
	return Finding{Severity: Error, Seen: fmt.Sprintf("somebody already answers %s on %s: %s", v.addr, v.link, mac),
		Why: "It is no host of this vip: clients will reach it instead of yours, now and then.",
		Do:  []string{fmt.Sprintf("ip neighbour | grep %s   # which host is it? take %s from it, or choose another address", mac, v.addr)}}
}

// stayed reports whether a router was Active all the time: its neighbours were not.
func stayed(router string, reports []*status.Host) bool {
	transitions := map[uint64]bool{}
	for _, report := range reports {
		if report == nil {
			return false
		}
		at := slices.IndexFunc(report.Routers, func(r status.Router) bool { return r.ID == router && r.State == status.Active })
		if at < 0 {
			return false
		}
		transitions[report.Routers[at].Transitions] = true
	}
	return len(transitions) == 1
}

// awaited reports whether some neighbour cannot be told by its MAC: no address of it
// is known, or none that is on the vip's link.
func (h *Host) awaited(v addressed) bool {
	sources := h.sources()
	return slices.ContainsFunc(v.router.Neighbours, func(n plan.Neighbour) bool {
		return v.link != v.router.Interface || len(sources[station{n.Host, v.link}]) == 0
	})
}

// known returns, by router, the addresses that its neighbours send from, by the plan and
// by what the agent hears.
func (h *Host) known(reports []*status.Host) map[string][]netip.Addr {
	all, sources := map[string][]netip.Addr{}, h.sources()
	for _, r := range h.routers() {
		all[r.ID] = addresses(r.Peers...)
		for _, n := range r.Neighbours {
			all[r.ID] = append(all[r.ID], sources[station{n.Host, r.Interface}]...)
		}
	}
	for _, report := range reports {
		if report == nil {
			continue
		}
		for _, r := range report.Routers {
			all[r.ID] = append(all[r.ID], addresses(r.ActivePeer)...)
		}
	}
	return all
}

// station is a host on a link.
type station struct{ host, link string }

// sources returns the addresses that hosts send from, of both families and each once, as
// the plan knows them by any router on the link: the MAC is that of all.
func (h *Host) sources() map[station][]netip.Addr {
	all := map[station][]netip.Addr{}
	for _, r := range h.routers() {
		for _, n := range r.Neighbours {
			at := station{n.Host, r.Interface}
			for _, a := range addresses(n.Address) {
				if !slices.Contains(all[at], a) {
					all[at] = append(all[at], a)
				}
			}
		}
	}
	return all
}

// addresses returns those that words are.
func addresses(words ...string) []netip.Addr {
	var all []netip.Addr
	for _, w := range words {
		if a, err := netip.ParseAddr(w); err == nil {
			all = append(all, a.WithZone(""))
		}
	}
	return all
}
