package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// reportEvery is how often agents write a report, at least.
const reportEvery = 10 * time.Second

// fresh is how old a report may be for its agent to count as running. Agents
// write one at least every reportEvery; the rest is for clocks that differ.
const fresh = time.Minute

// alive tells whether s, read at now, comes from an agent that runs. A nil
// report comes from none.
func alive(s *status.Host, now time.Time) bool {
	return s != nil && s.State == status.Running && now.Sub(s.Written) < fresh
}

// living returns those of reports, read at now, that come from running agents:
// what a dead one last said of its routers counts for nothing.
func living(reports map[string]*status.Host, now time.Time) map[string]*status.Host {
	some := map[string]*status.Host{}
	for host, s := range reports {
		if alive(s, now) {
			some[host] = s
		}
	}
	return some
}

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

// reportOf returns what s says of the router id, or nil.
func reportOf(s *status.Host, id string) *status.Router {
	if s == nil {
		return nil
	}
	for i := range s.Routers {
		if s.Routers[i].ID == id {
			return &s.Routers[i]
		}
	}
	return nil
}

// activeOn returns the hosts whose reports say that they are Active for the
// router id, sorted. One that yields is on its way out and does not count.
func activeOn(id string, reports map[string]*status.Host) []string {
	var hosts []string
	for _, host := range slices.Sorted(maps.Keys(reports)) {
		if r := reportOf(reports[host], id); r != nil && r.State == status.Active && !r.Yielding {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// activesOf is activeOn for all routers, by ID.
func activesOf(reports map[string]*status.Host) map[string][]string {
	actives := map[string][]string{}
	for _, host := range slices.Sorted(maps.Keys(reports)) {
		for _, r := range reports[host].Routers {
			if r.State == status.Active && !r.Yielding {
				actives[r.ID] = append(actives[r.ID], host)
			}
		}
	}
	return actives
}

// split says that the router id is Active on more than one of these hosts; empty
// when it is not.
func split(id string, on []string) string {
	if len(on) < 2 {
		return ""
	}
	return fmt.Sprintf("%s is Active on %s at once", id, strings.Join(on, " and "))
}

// splits says which of all routers that are reported have more than one Active.
func splits(reports map[string]*status.Host) []string {
	var wrong []string
	actives := activesOf(reports)
	for _, id := range slices.Sorted(maps.Keys(actives)) {
		if words := split(id, actives[id]); words != "" {
			wrong = append(wrong, words)
		}
	}
	return wrong
}

// elections says which routers of plans have no Active, or more than one, as
// reports have it; empty when each has exactly one. A router with members that
// hactl has no report of may have its Active there.
func elections(plans generation, reports map[string]*status.Host) []string {
	var wrong []string
	actives := activesOf(reports)
	for _, id := range plans.ids() {
		words := split(id, actives[id])
		if len(actives[id]) == 0 && allReported(id, plans, reports) {
			words = id + " is Active nowhere"
		}
		if words != "" {
			wrong = append(wrong, words)
		}
	}
	return wrong
}

// allReported tells whether there is a report of every member of the router.
func allReported(id string, plans generation, reports map[string]*status.Host) bool {
	for _, member := range plans.preference(id) {
		if reportOf(reports[member.Host], id) == nil {
			return false
		}
	}
	return true
}

// backupsFirst returns the hosts of plans in the order of a rollout: those that
// are Active for the fewest routers first. Where the reports do not tell which
// host is Active, the one that is preferred counts. Names break ties.
func backupsFirst(plans generation, reports map[string]*status.Host) []string {
	load, actives := map[string]int{}, activesOf(reports)
	for _, id := range plans.ids() {
		on := actives[id]
		if len(on) == 0 {
			on = []string{plans.preference(id)[0].Host}
		}
		for _, host := range on {
			load[host]++
		}
	}
	hosts := plans.names()
	slices.SortStableFunc(hosts, func(a, b string) int { return load[a] - load[b] })
	return hosts
}
