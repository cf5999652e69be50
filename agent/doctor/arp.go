package doctor

import (
	"fmt"
	"slices"
)

// examineARP looks for two interfaces on one subnet: by default both answer for
// every address of the host.
func examineARP(h *Host) []Finding {
	links, err := h.Machine.Links()
	if err != nil {
		return cannot("the interfaces cannot be read", err)
	}
	var all []Finding
	for _, name := range h.interfaces() {
		l, _ := link(links, name)
		other := slices.IndexFunc(links, func(o Link) bool { return o.Name != name && o.Up && sameSubnet(l, o) })
		if other < 0 || max(h.text("proc/sys/net/ipv4/conf/all/arp_ignore"), h.text("proc/sys/net/ipv4/conf/"+links[other].Name+"/arp_ignore")) >= "1" {
			continue
		}
		all = append(all, Finding{Severity: Warning, Seen: fmt.Sprintf("%s and %s are on one subnet, and arp_ignore is 0", name, links[other].Name),
			Why: "Both answer for the virtual addresses, with two MACs: clients keep the wrong one after a move.",
			Do:  []string{"echo net.ipv4.conf.all.arp_ignore=1 | sudo tee -a /etc/sysctl.d/90-hactl.conf", "sudo sysctl --system"}})
	}
	if len(h.interfaces()) == 0 {
		return nil
	}
	return orGood(all, "one interface answers for each address")
}

// sameSubnet reports whether two interfaces have IPv4 addresses of one subnet,
// longer ones than hosts' own aside.
func sameSubnet(a, b Link) bool {
	for _, x := range a.Addresses {
		for _, y := range b.Addresses {
			if x.Prefix.Addr().Is4() && y.Prefix.Addr().Is4() && !x.Prefix.IsSingleIP() && x.Prefix.Masked() == y.Prefix.Masked() {
				return true
			}
		}
	}
	return false
}
