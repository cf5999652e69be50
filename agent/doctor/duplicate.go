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
	for _, v := range h.vips() {
		l, there := link(links, v.link)
		if !v.addr.Is4() || !there || !l.Running || len(l.MAC) != 6 {
			continue
		}
		asked++
		all = append(all, h.holder(v, l)...)
	}
	if asked == 0 {
		return nil
	}
	return orGood(all, fmt.Sprintf("no stranger answers for the %d virtual addresses of IPv4", asked))
}

// holder says whether a stranger answers for a virtual address.
func (h *Host) holder(v addressed, l Link) []Finding {
	mac, err := h.Machine.Holder(l, v.addr)
	switch {
	case err != nil:
		return cannot(fmt.Sprintf("nobody could be asked for %s on %s", v.addr, l.Name), err, "sudo hactl doctor")
	case mac == nil || h.isNeighbour(v, l, mac):
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
func (h *Host) isNeighbour(v addressed, l Link, mac net.HardwareAddr) bool {
	return slices.ContainsFunc(h.known(v.router.ID), func(a netip.Addr) bool {
		at, err := h.Machine.Holder(l, a)
		return err == nil && bytes.Equal(at, mac)
	})
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
