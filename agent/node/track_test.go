package node

import (
	"testing"
	"time"

	"hactl/schemas/plan"
)

// An owner's priority is 255 whatever becomes of its tracks, in its report too.
func TestOwnersStayWhatTheyAre(t *testing.T) {
	s := active(t, router4(func(r *plan.Router) {
		r.Priority = plan.Owner
		r.Addresses = []plan.Address{{Prefix: "10.0.0.5/24"}}
		r.Tracks = []plan.Track{{Interface: "eth1", Effect: plan.Demote, Weight: -20}}
	}))
	s.links[1].Running = false
	s.step(Links{Links: s.links})
	line := s.node.Report(time.Unix(0, 0), Holdings{})[0]
	if line.Effective != plan.Owner || line.Rank != plan.Owner || line.Tracks[0].State != "down" {
		t.Errorf("priority %d, rank %d, track %+v", line.Effective, line.Rank, line.Tracks[0])
	}
}
