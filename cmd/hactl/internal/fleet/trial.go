package fleet

import (
	"strings"

	"hactl/schemas/status"
)

// OnTrial returns the ID of the change that the host has on trial, as its report has
// it, or else what is in the store for it; empty when nothing is to be confirmed.
func (h Known) OnTrial() string {
	mark := h.Stored.OnTrial()
	var told status.Trial
	if h.Status != nil && h.Status.Trial != nil {
		told = *h.Status.Trial
	}
	switch {
	case h.NeverTried():
	case mark != nil && (mark.ID != told.ID || told.State == status.OnTrial):
		return mark.ID
	case mark == nil && h.Stored != nil && told.State == status.OnTrial && told.Plan == h.Stored.Hash:
		return told.ID
	}
	return ""
}

// NeverTried reports whether the host has a plan in the store that was to be on trial,
// and its agent refuses it. An agent that is older than trials does so, and would refuse
// intents with a confirmation, too.
func (h Known) NeverTried() bool {
	mark := h.Stored.OnTrial()
	return mark != nil && RefusesTrial(h.Status, mark.ID, h.Stored.Hash)
}

// RefusesTrial reports whether an agent refuses the plan that is to be on trial by the
// change id, as its report has it; nil: there is none.
func RefusesTrial(h *status.Host, id, plan string) bool {
	return h != nil && h.Problem != "" && !strings.HasPrefix(h.Problem, status.NoPlan) && h.Plan.Hash != plan && (h.Trial == nil || h.Trial.ID != id)
}

// hasReturned reports whether a host has gone back from a plan.
func hasReturned(h *status.Host, plan string) bool {
	t := h.Trial
	return t != nil && t.State == status.Returned && t.Plan == plan && h.Plan.Hash == t.Before
}
