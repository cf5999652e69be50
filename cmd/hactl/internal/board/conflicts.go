package board

import (
	"fmt"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/status"
)

// conflictProblems says what is on the wire that contradicts a router, since when,
// and what to look at, with the line of the configuration that it comes from.
func conflictProblems(r status.Router, now time.Time) []string {
	var words []string
	for _, c := range r.Conflicts {
		line := fmt.Sprintf("%s: %s, first seen %s: %s", r.ID, c.Kind, fleet.Ago(c.Since, now), c.Words)
		if r.Origin != "" {
			line += " (" + r.Origin + ")"
		}
		words = append(words, line)
	}
	return words
}
