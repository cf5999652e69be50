package main

import (
	"testing"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// What is said of an agent that does not run what the store has.
func TestFollowed(t *testing.T) {
	stored, _ := pair(50)
	stored.Hash = stored.Plan.Hash()
	written := time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)
	report := func(change func(*status.Host)) *status.Host {
		s := &status.Host{State: status.Running, Written: written, Plan: status.Plan{Hash: stored.Hash}}
		if change != nil {
			change(s)
		}
		return s
	}
	other := &plan.Plan{Host: "lb01"}
	for _, c := range []struct {
		name string
		host proposed
		want string
	}{
		{"as it is to be", proposed{Known: fleet.Known{Stored: stored, Status: report(nil), Alive: true}}, ""},
		{"no plan yet", proposed{}, ""},
		{"another folder", proposed{Known: fleet.Known{Stored: stored}, Unasked: true}, ""},
		{"never reported", proposed{Known: fleet.Known{Stored: stored}}, "no agent has reported from there: whether it runs this is unknown"},
		{"silent", proposed{Known: fleet.Known{Stored: stored, Status: report(nil)}}, "its agent last reported at 2026-08-01T12:00:00Z: what it runs now is unknown"},
		{"stopped", proposed{Known: fleet.Known{Stored: stored, Status: report(func(s *status.Host) { s.State = "stopped" })}}, "its agent has stopped: nothing runs there"},
		{"refused", proposed{Known: fleet.Known{Stored: stored, Alive: true, Status: report(func(s *status.Host) { s.Problem = "the plan is for another host" })}},
			"its agent does not follow what the store has: the plan is for another host"},
		{"behind", proposed{Known: fleet.Known{Stored: stored, Alive: true, Status: report(func(s *status.Host) { s.Plan.Hash = other.Hash() })}},
			"its agent follows " + fleet.Short(other.Hash()) + ", and not yet what the store has, " + fleet.Short(stored.Hash)},
		{"none", proposed{Known: fleet.Known{Stored: stored, Alive: true, Status: report(func(s *status.Host) { s.Plan.Hash = "" })}},
			"its agent follows no plan, and not yet what the store has, " + fleet.Short(stored.Hash)},
	} {
		if got := c.host.followed(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
