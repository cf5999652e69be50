package main

import (
	"fmt"
	"slices"
	"strings"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// outcome is what a report says of a plan that was published.
type outcome struct {
	confirmed bool
	failed    string // why it never will be; empty when that is not known
	missing   string // what is still to come, when neither
}

// judge compares now, the newest report of a host, with the plan that was
// published for it. before is the last report before that: what was wrong then
// is not held against the plan. Both reports may be nil.
func judge(published *plan.Document, before, now *status.Host) outcome {
	switch {
	case now == nil:
		return outcome{missing: "no report yet"}
	case now.State == status.Stopped:
		return outcome{missing: "its agent is stopped"}
	case strings.HasPrefix(now.Problem, status.NoPlan):
		return outcome{missing: "its agent has not seen the plan yet"}
	case now.Problem != "" && (before == nil || before.Problem != now.Problem):
		return outcome{failed: now.Problem}
	case hasReturned(now, published.Hash):
		return outcome{failed: fmt.Sprintf("it went back to the plan before: %s", now.Trial.Why)}
	case now.Plan.Hash != published.Hash && now.Problem != "":
		return outcome{missing: now.Problem}
	case now.Plan.Hash != published.Hash:
		return outcome{missing: "its agent has not loaded the plan yet"}
	}
	for _, want := range published.Plan.Routers {
		if missing := lacking(want.ID, before, now); missing != "" {
			return outcome{missing: missing}
		}
	}
	return outcome{confirmed: true}
}

// lacking says what keeps the router id from working, or "".
func lacking(id string, before, now *status.Host) string {
	r := reportOf(now, id)
	if r == nil {
		return id + " is not reported"
	}
	if was := reportOf(before, id); r.State == status.Initialize && was != nil && was.State == status.Initialize && was.Waiting == r.Waiting {
		return ""
	}
	if r.State == status.Initialize {
		return fmt.Sprintf("%s waits: %s", id, r.Waiting)
	}
	for _, a := range r.Addresses {
		if a.Problem != "" {
			return fmt.Sprintf("%s, address %s: %s", id, a.Prefix, a.Problem)
		}
		if r.State == status.Active && !a.Present {
			return fmt.Sprintf("%s, address %s: not there yet", id, a.Prefix)
		}
	}
	return ""
}

// isUp tells whether a check is, as a host reports.
func isUp(s *status.Host, check string) bool {
	return slices.ContainsFunc(s.Checks, func(c status.Check) bool { return c.Name == check && c.State == status.Up })
}

// worse says which checks of a host were up before and are down now, or fail since
// the plan that the host follows.
func worse(host string, before, now *status.Host) []string {
	var wrong []string
	for _, is := range now.Checks {
		switch {
		case !isUp(before, is.Name):
		case is.State == status.Down:
			wrong = append(wrong, fmt.Sprintf("check %s of %s was up before and is down: %s", is.Name, host, is.Cause))
		case is.Streak > 0 && is.Ran.After(now.Plan.Loaded):
			wrong = append(wrong, fmt.Sprintf("check %s of %s begins to fail: %s", is.Name, host, is.Cause))
		}
	}
	return wrong
}
