package main

import (
	"fmt"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/status"
)

// followed says what is to be known of the host's agent beside the plan that the
// store has: that it follows another one, does not run, or has never reported.
// Empty when it runs that plan, and where there is none.
func (h proposed) followed() string {
	switch s := h.Status; {
	case h.Unasked || h.Stored == nil:
		return ""
	case s == nil:
		return "no agent has reported from there: whether it runs this is unknown"
	case s.State != status.Running:
		return fmt.Sprintf("its agent has %s: nothing runs there", s.State)
	case !h.Alive:
		return fmt.Sprintf("its agent last reported at %s: what it runs now is unknown", s.Written.UTC().Format(time.RFC3339))
	case s.Problem != "":
		return fmt.Sprintf("its agent does not follow what the store has: %s", s.Problem)
	case s.Plan.Hash != h.Stored.Hash:
		return fmt.Sprintf("its agent follows %s, and not yet what the store has, %s", fleet.ShortOrNone(s.Plan.Hash), fleet.Short(h.Stored.Hash))
	}
	return ""
}
