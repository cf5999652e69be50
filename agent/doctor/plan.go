package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"hactl/schemas/status"
)

// fresh is the age up to which a report is that of an agent that runs: it writes
// one every 10 s at least.
const fresh = 15 * time.Second

// examinePlan looks whether there is a plan, and an agent that follows it.
func examinePlan(h *Host) []Finding {
	switch {
	case errors.Is(h.PlanFault, fs.ErrPermission):
		return cannot("the plan of this host cannot be read", h.PlanFault, "sudo hactl doctor")
	case h.PlanFault != nil:
		return []Finding{{Severity: Error, Seen: "the plan of this host cannot be read: " + h.PlanFault.Error(),
			Why: "An agent that starts now follows its last good plan, or none.", Do: []string{"hactl apply"}}}
	case h.Plan == nil && h.Report == nil:
		return good("no plan and no agent yet: what follows is about the host alone")
	case h.Proposed:
		return good("what follows is about a plan of " + h.Plan.Host + " that is not applied yet")
	case h.Report == nil:
		return []Finding{{Severity: Error, Seen: "there is a plan for " + h.Plan.Host + ", and no agent answers on " + h.Socket,
			Why: "Nobody on this host takes part in the election.", Do: []string{"sudo systemctl enable --now hactl"}}}
	}
	var all []Finding
	if h.Report.Problem != "" {
		all = append(all, Finding{Severity: Error, Seen: h.Report.Problem,
			Why: "What was applied is not what the host does.", Do: []string{"hactl status"}})
	}
	if age := h.Now.Sub(h.Report.Written); age > fresh {
		all = append(all, Finding{Severity: Warning, Seen: fmt.Sprintf("the agent's report is %s old", age.Round(time.Second)),
			Why: "The agent hangs, or the host's clock was changed.", Do: []string{"journalctl -u hactl -n 50"}})
	}
	for _, r := range h.Report.Routers {
		if r.Waiting != "" {
			all = append(all, Finding{Severity: Warning, Seen: fmt.Sprintf("%s waits: %s", r.ID, r.Waiting),
				Why: "It takes part in no election meanwhile, or hears nobody.", Do: []string{"hactl status"}})
		}
		if r.Differs != "" && !slices.ContainsFunc(r.Conflicts, func(c status.Conflict) bool { return c.Kind == status.OtherAddresses }) {
			all = append(all, Finding{Severity: Warning, Seen: fmt.Sprintf("adverts of %s list other addresses for %s", r.Differs, r.ID),
				Why: "After a move the addresses are others. keepalived up to 2.3.2 drops such adverts, and two hosts are Active.",
				Do:  []string{"hactl plan   # and compare with the other host's configuration"}})
		}
	}
	return orGood(all, fmt.Sprintf("the agent follows the plan of %s", h.Report.Host))
}
