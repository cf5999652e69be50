package board

import (
	"fmt"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/intent"
	"hactl/schemas/status"
)

// asides says what people want of a host beside its plan, which may be nothing.
func asides(i *status.Intents, now time.Time) []string {
	if i == nil {
		return nil
	}
	var lines []string
	if i.Drained != nil {
		lines = append(lines, "drained "+whose(*i.Drained, now))
	}
	for _, h := range i.Holds {
		until := ""
		if h.Plan != "" {
			until = ", until it follows another plan"
		}
		lines = append(lines, fmt.Sprintf("%s is held elsewhere, %s%s", h.Vip, whose(h.Mark, now), until))
	}
	return lines
}

// whose says who wanted something, and when.
func whose(m intent.Mark, now time.Time) string {
	if m.By == "" {
		return fleet.Ago(m.Since, now)
	}
	return fmt.Sprintf("%s by %s", fleet.Ago(m.Since, now), m.By)
}
