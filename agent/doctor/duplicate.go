package doctor

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"slices"
)

// examineDuplicates asks each segment who has the virtual addresses of IPv4. One
// of the neighbours may; anybody else is a stranger.
func examineDuplicates(h *Host) []Finding {
	links, err := h.Machine.Links()
	if err != nil {
		return cannot("the interfaces cannot be read", err)
	}
	var all []Finding
	asked := 0
	for _, l := range links {
		vips := h.vipsOn(l)
		if len(vips) == 0 || !l.Running || len(l.MAC) != 6 {
			continue
		}
		asked += len(vips)
		all = append(all, h.strangers(l, vips)...)
	}
	if asked == 0 {
		return nil
	}
	return orGood(all, fmt.Sprintf("no stranger answers for virtual addresses of IPv4 (asked for %d)", asked))
}

// vipsOn returns the virtual addresses of IPv4 that are put on a link.
func (h *Host) vipsOn(l Link) []addressed {
	return slices.DeleteFunc(h.vips(), func(v addressed) bool { return v.link != l.Name || !v.addr.Is4() })
}

// strangers says which virtual addresses on a link somebody answers for who is none
// of the neighbours.
func (h *Host) strangers(l Link, vips []addressed) []Finding {
	var wanted []netip.Addr
	for _, v := range vips {
		wanted = append(append(wanted, v.addr), h.known(v.router.ID)...)
	}
	slices.SortFunc(wanted, netip.Addr.Compare)
	holders, err := h.Machine.Holders(l, slices.Compact(wanted))
	if err != nil {
		return cannot("nobody could be asked for virtual addresses on "+l.Name, err, "sudo hactl doctor")
	}
	var all []Finding
	for _, v := range vips {
		all = append(all, h.stranger(v, l, holders)...)
	}
	return all
}

// stranger says whether a stranger is among the holders of a virtual address.
func (h *Host) stranger(v addressed, l Link, holders map[netip.Addr]net.HardwareAddr) []Finding {
	mac := holders[v.addr]
	switch {
	case mac == nil || h.isNeighbour(v, mac, holders):
		return nil
	case h.awaited(v):
		return []Finding{{Severity: Warning, Seen: fmt.Sprintf("%s is answered on %s by %s, which may be a neighbour that no address is known of", v.addr, l.Name, mac),
			Why: "If it is not the Active host of this vip, it is a stranger, and clients will reach it now and then.",
			Do:  []string{fmt.Sprintf("ip neighbour   # whose MAC is %s?", mac)}}}
	}
	return []Finding{{Severity: Error, Seen: fmt.Sprintf("somebody already answers %s on %s: %s", v.addr, l.Name, mac),
		Why: "It is no host of this vip: clients will reach it instead of yours, now and then.",
		Do:  []string{fmt.Sprintf("ip neighbour   # whose MAC is %s? take %s from it, or choose another address", mac, v.addr)}}}
}

// awaited reports whether some neighbour cannot be told by its MAC, as its address
// is not known.
func (h *Host) awaited(v addressed) bool {
	if h.Report != nil {
		for _, r := range h.Report.Routers {
			if r.ID == v.router.ID && r.State == "active" {
				return false // its neighbours are not
			}
		}
	}
	for _, n := range v.router.Neighbours {
		if n.Address == "" {
			return true
		}
	}
	return false
}

// isNeighbour reports whether a MAC is that of a neighbour of the router.
func (h *Host) isNeighbour(v addressed, mac net.HardwareAddr, holders map[netip.Addr]net.HardwareAddr) bool {
	return slices.ContainsFunc(h.known(v.router.ID), func(a netip.Addr) bool { return bytes.Equal(holders[a], mac) })
}

// known returns the IPv4 addresses that a router's neighbours send from, by the
// plan and by what the agent hears.
func (h *Host) known(router string) []netip.Addr {
	var words []string
	for _, r := range h.routers() {
		if r.ID != router {
			continue
		}
		words = append(words, r.Peers...)
		for _, n := range r.Neighbours {
			words = append(words, n.Address)
		}
	}
	if h.Report != nil {
		for _, r := range h.Report.Routers {
			if r.ID == router {
				words = append(words, r.ActivePeer)
			}
		}
	}
	var all []netip.Addr
	for _, w := range words {
		if a, err := netip.ParseAddr(w); err == nil && a.Is4() {
			all = append(all, a)
		}
	}
	return all
}
