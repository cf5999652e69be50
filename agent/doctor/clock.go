package doctor

import (
	"slices"

	"hactl/schemas/plan"
)

// examineClock looks whether the clock is kept right. How far it is from those of
// other hosts is not seen from here: status compares them.
func examineClock(h *Host) []Finding {
	signs := false
	for _, r := range h.routers() {
		signs = signs || slices.ContainsFunc(r.Auths(), func(a *plan.Auth) bool { return a.Type == plan.AuthHMAC })
	}
	right, err := h.Machine.Synchronised()
	switch {
	case err != nil:
		return cannot("the state of the clock cannot be read", err)
	case right:
		return good("the clock is synchronised")
	case signs:
		return []Finding{{Severity: Error, Seen: "nothing synchronises the clock, and adverts are signed",
			Why: "With clocks more than 5 s apart (or three intervals, if those are longer) signed adverts are dropped, and both hosts are Active.",
			Do:  []string{"sudo apt install chrony   # or: sudo timedatectl set-ntp true"}}}
	case h.Plan == nil:
		return good("nothing synchronises the clock, which signed adverts and the times of reports need")
	}
	return []Finding{{Severity: Warning, Seen: "nothing synchronises the clock",
		Why: "The election does not need it. But whoever applies or drains takes an agent for gone whose clock is a minute behind theirs.",
		Do:  []string{"sudo apt install chrony   # or: sudo timedatectl set-ntp true"}}}
}
