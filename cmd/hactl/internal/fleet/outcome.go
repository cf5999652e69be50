package fleet

import (
	"fmt"
	"slices"
	"strings"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Outcome is what a report says of a plan that was published.
type Outcome struct {
	Confirmed bool   // the host follows the plan, and its routers work
	Failed    string // why it never will be; empty when that is not known
	Missing   string // what is still to come, when neither
}

// Judge compares now, the newest report of a host, with the plan that was
// published for it. before is the last report before that: what was wrong then
// is not held against the plan. Both reports may be nil.
func Judge(published *plan.Document, before, now *status.Host) Outcome {
	switch {
	case now == nil:
		return Outcome{Missing: "no report yet"}
	case now.State == status.Stopped:
		return Outcome{Missing: "its agent is stopped"}
	case strings.HasPrefix(now.Problem, status.NoPlan):
		return Outcome{Missing: "its agent has not seen the plan yet"}
	case now.Problem != "" && (before == nil || before.Problem != now.Problem):
		return Outcome{Failed: now.Problem}
	case hasReturned(now, published.Hash):
		return Outcome{Failed: fmt.Sprintf("it went back to the plan before: %s", now.Trial.Why)}
	case now.Plan.Hash != published.Hash && now.Problem != "":
		return Outcome{Missing: now.Problem}
	case now.Plan.Hash != published.Hash:
		return Outcome{Missing: "its agent has not loaded the plan yet"}
	}
	for _, want := range published.Plan.Routers {
		if missing := lacking(want.ID, before, now); missing != "" {
			return Outcome{Missing: missing}
		}
	}
	return Outcome{Confirmed: true}
}

// lacking says what keeps the router id from working, or "".
func lacking(id string, before, now *status.Host) string {
	r := ReportOf(now, id)
	if r == nil {
		return id + " is not reported"
	}
	if was := ReportOf(before, id); r.State == status.Initialize && was != nil && was.State == status.Initialize && was.Waiting == r.Waiting {
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

// IsUp tells whether a check is, as a host reports.
func IsUp(s *status.Host, check string) bool {
	return slices.ContainsFunc(s.Checks, func(c status.Check) bool { return c.Name == check && c.State == status.Up })
}

// Worse says which checks of a host were up before and are down now, or fail since
// the plan that the host follows.
func Worse(host string, before, now *status.Host) []string {
	var wrong []string
	for _, is := range now.Checks {
		switch {
		case !IsUp(before, is.Name):
		case is.State == status.Down:
			wrong = append(wrong, fmt.Sprintf("check %s of %s was up before and is down: %s", is.Name, host, is.Cause))
		case is.Streak > 0 && is.Ran.After(now.Plan.Loaded):
			wrong = append(wrong, fmt.Sprintf("check %s of %s begins to fail: %s", is.Name, host, is.Cause))
		}
	}
	return wrong
}
