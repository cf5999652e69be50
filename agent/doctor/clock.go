package doctor

import (
	"slices"

	"hactl/schemas/plan"
)

// examineClock looks whether the clock is kept right, where adverts are signed
// with the time.
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
			Why: "With clocks more than 5 s apart signed adverts are dropped, and both hosts are Active.",
			Do:  []string{"sudo apt install chrony   # or: sudo timedatectl set-ntp true"}}}
	case h.Plan == nil:
		return good("nothing synchronises the clock, which only signed adverts need")
	}
	return good("nothing synchronises the clock, and no advert is signed")
}
