package doctor

import (
	"fmt"
	"net/netip"

	"hactl/schemas/plan"
)

// examineWaysBack looks whether the kernel lets in what comes from neighbours: with
// rp_filter 1 it drops an advert on another interface than the one by which it
// would answer (RFC 3704 section 2.2, strict).
func examineWaysBack(h *Host) []Finding {
	var all []Finding
	asked := map[plan.Neighbour]bool{}
	for _, r := range h.routers() {
		if r.Family != plan.IPv4 || !h.isStrict(r.Interface) {
			continue
		}
		for _, n := range r.Neighbours {
			key := plan.Neighbour{Host: r.Interface, Address: n.Address}
			if addr, err := netip.ParseAddr(n.Address); err == nil && !asked[key] {
				asked[key] = true
				all = append(all, h.wayBack(r.Interface, n.Host, addr)...)
			}
		}
	}
	if len(h.routers()) == 0 {
		return nil
	}
	return orGood(all, "adverts come in where answers would leave, or that is not asked (rp_filter)")
}

// isStrict reports whether an interface drops what it would answer by another one.
// The greater of its own setting and that of all counts.
func (h *Host) isStrict(name string) bool {
	return max(h.text("proc/sys/net/ipv4/conf/all/rp_filter"), h.text("proc/sys/net/ipv4/conf/"+name+"/rp_filter")) == "1"
}

// wayBack says whether adverts of a neighbour are dropped on an interface.
func (h *Host) wayBack(name, host string, addr netip.Addr) []Finding {
	way, err := h.Machine.WayTo(addr)
	switch {
	case err != nil:
		return cannot("the way back to "+host+" is not known", err)
	case way == name:
		return nil
	case way == "":
		way = "no interface"
	}
	return []Finding{{Severity: Error, Seen: fmt.Sprintf("adverts of %s (%s) come in on %s, the way back is by %s, and rp_filter is 1", host, addr, name, way),
		Why: "The kernel drops them: this host hears nobody, and becomes Active beside the other one.",
		Do:  []string{"echo net.ipv4.conf." + name + ".rp_filter=2 | sudo tee -a /etc/sysctl.d/90-hactl.conf", "sudo sysctl --system   # or mend the routes"}}}
}
