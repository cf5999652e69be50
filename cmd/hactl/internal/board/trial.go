package board

import (
	"fmt"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/status"
)

// Trial says what people are to know of a trial; empty: nothing, or no more.
func Trial(t *status.Trial, now time.Time) string {
	switch {
	case t == nil:
	case t.State == status.OnTrial:
		return fmt.Sprintf("has a plan on trial%s: it goes back to plan %s in %v, unless \"hactl confirm\" comes before", by(t.By), fleet.Short(t.Before), fleet.Left(t.Until, now))
	case t.State == status.Returned && t.Ended != nil:
		return fmt.Sprintf("went back to plan %s %s: %s", fleet.Short(t.Before), fleet.Ago(t.Ended.Since, now), t.Why)
	}
	return ""
}

// by says who did something, if that is known.
func by(who string) string {
	if who == "" {
		return ""
	}
	return " by " + who
}
