package notify

import (
	"time"

	"hactl/schemas/status"
)

// standing is how long a router may wait in Initialize before that is a fault:
// interfaces come up, and checks have their first result, meanwhile.
const standing = 5 * time.Second

// Overdue finds the routers that have never begun: no transition tells of them.
// It is pure.
type Overdue struct {
	since map[string]time.Time // of each router that waits in Initialize, by ID
}

// Look takes in the routers as they are at now, and returns those that have been
// waiting in Initialize for long, in order, as often as it is called.
func (o *Overdue) Look(now time.Time, routers []status.Router) []status.Router {
	since := map[string]time.Time{}
	var overdue []status.Router
	for _, r := range routers {
		if r.State != status.Initialize || r.Waiting == "" {
			continue
		}
		begun, known := o.since[r.ID]
		if !known {
			begun = now
		}
		since[r.ID] = begun
		if now.Sub(begun) >= standing {
			overdue = append(overdue, r)
		}
	}
	o.since = since
	return overdue
}
