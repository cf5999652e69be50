package doctor

import (
	"fmt"

	"hactl/schemas/plan"
)

// examineLength looks whether the adverts fit the interfaces.
func examineLength(h *Host) []Finding {
	links, err := h.Machine.Links()
	if err != nil || len(h.routers()) == 0 {
		return nil // examineInterfaces says so
	}
	var all []Finding
	for _, r := range h.routers() {
		l, there := link(links, r.Interface)
		if n := advertLength(r); there && n > l.MTU {
			all = append(all, Finding{Severity: Error, Seen: fmt.Sprintf("an advert of %s has %d bytes, and %s passes %d", r.ID, n, l.Name, l.MTU),
				Why: "It cannot be sent, so every Backup becomes Active.",
				Do:  []string{fmt.Sprintf("sudo ip link set %s mtu 1500   # or split the vip", l.Name)}})
		}
	}
	return orGood(all, "adverts fit the interfaces")
}

// advertLength is the length of a router's IP packet: both headers, the addresses,
// and what authenticates them (RFC 9568 section 5, RFC 2338 section 5.3).
func advertLength(r plan.Router) int {
	header, each := 20+8, 4
	if r.Family == plan.IPv6 {
		header, each = 40+8, 16
	}
	listed := 0
	for _, a := range r.Addresses {
		if !a.Hidden {
			listed++
		}
	}
	length := header + each*listed
	if r.Version == 2 {
		length += 8
	}
	if r.Auth != nil && r.Auth.Type == plan.AuthHMAC {
		length += 28
	}
	return length
}
