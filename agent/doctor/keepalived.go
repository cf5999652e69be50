package doctor

import (
	"fmt"
	"net/netip"
	"slices"

	"hactl/schemas/plan"
)

// enabled is where systemd keeps what starts with the machine.
const enabled = "etc/systemd/system/multi-user.target.wants/keepalived.service"

// disable ends keepalived for good.
const disable = "sudo systemctl disable --now keepalived"

// examineKeepalived looks for another daemon that claims what the plan claims, now
// or after the next boot, and for addresses that a dead one has left behind.
func examineKeepalived(h *Host) []Finding {
	var all []Finding
	for _, k := range h.Keepalived {
		all = append(all, h.rival(k)...)
	}
	if len(h.Keepalived) == 0 {
		all = append(all, h.leftBehind()...)
		if h.Plan != nil && h.exists(enabled) {
			all = append(all, Finding{Severity: Warning, Seen: "keepalived does not run, but starts with the machine",
				Why: "After the next boot two daemons claim the same addresses.", Do: []string{"sudo systemctl disable keepalived"}})
		}
	}
	return orGood(all, "no keepalived claims what hactl does")
}

// rival says what a keepalived has in common with the plan. Without a plan it is
// the one that is to be moved.
func (h *Host) rival(k Keepalived) []Finding {
	name := fmt.Sprintf("keepalived (process %d)", k.PID)
	if k.Fault != "" {
		return []Finding{{Severity: Unknown, Seen: fmt.Sprintf("%s runs, and its %s cannot be read: %s", name, k.File, k.Fault),
			Why: "It may claim the same VRID or address.", Do: []string{"sudo hactl doctor"}}}
	}
	var all []Finding
	for _, theirs := range k.Routers {
		for _, ours := range h.routers() {
			if common := shared(theirs, addressesOf(h, ours.ID)); theirs.same(ours) || common.IsValid() {
				all = append(all, h.claimed(fmt.Sprintf("%s has VRID %d on %s in %s (%s), and %s here is VRID %d on %s%s",
					name, theirs.VRID, theirs.Interface, k.File, theirs.Name, ours.ID, ours.VRID, ours.Interface, also(common)), common.IsValid()))
			}
		}
	}
	if len(all) == 0 && h.Plan == nil {
		return good(fmt.Sprintf("%s runs, and hactl has no plan here (routers in %s: %d)", name, k.File, len(k.Routers)))
	}
	return all
}

// same reports whether two routers send and hear the same adverts: each family has
// VRIDs of its own. A router without addresses may be of either.
func (r Router) same(ours plan.Router) bool {
	family := len(r.Addresses) == 0 || slices.ContainsFunc(r.Addresses, func(a netip.Addr) bool { return plan.Of(a) == ours.Family })
	return r.VRID == ours.VRID && r.Interface == ours.Interface && family
}

// claimed is a claim of two daemons, for an address or for a VRID alone. Before the
// plan is applied it is what a move begins with.
func (h *Host) claimed(seen string, address bool) Finding {
	f := Finding{Severity: Error, Seen: seen,
		Why: "Two daemons on one host do not hear each other: both claim the address, and each takes it from the other.",
		Do:  []string{disable}}
	if !address {
		f.Why = "Other hosts take the adverts of both for those of one router: while one of the two is Active they leave the addresses of the other alone."
		f.Do = []string{disable + "   # if hactl is to take its place; otherwise another vrid for one of the two"}
	}
	if h.Proposed {
		f.Severity, f.Do = Warning, []string{"stop it right before the agent starts: docs/moving-a-live-pair.md says in which order"}
	}
	return f
}

// also names an address that both have.
func also(common netip.Addr) string {
	if !common.IsValid() {
		return ""
	}
	return ", both with " + common.String()
}

// addressesOf returns the virtual addresses of a router of the plan.
func addressesOf(h *Host, router string) []netip.Addr {
	var all []netip.Addr
	for _, v := range h.vips() {
		if v.router.ID == router {
			all = append(all, v.addr)
		}
	}
	return all
}

// shared returns an address of the router that is among ours; the zero Addr for
// none.
func shared(r Router, ours []netip.Addr) netip.Addr {
	for _, a := range r.Addresses {
		if slices.Contains(ours, a) {
			return a
		}
	}
	return netip.Addr{}
}

// leftBehind returns the addresses that carry keepalived's mark although none
// runs.
func (h *Host) leftBehind() []Finding {
	links, err := h.Machine.Links()
	if err != nil {
		return cannot("the interfaces cannot be read", err)
	}
	var all []Finding
	for _, l := range links {
		for _, a := range l.Addresses {
			if a.Mark == markKeepalived {
				all = append(all, Finding{Severity: Error, Seen: fmt.Sprintf("%s on %s was put there by a keepalived that does not run", a.Prefix, l.Name),
					Why: "Nobody takes it away: this host answers for it while another one is Active. hactl leaves it alone, as it is not its own.",
					Do:  []string{fmt.Sprintf("sudo ip address del %s dev %s", a.Prefix, l.Name)}})
			}
		}
	}
	return all
}
