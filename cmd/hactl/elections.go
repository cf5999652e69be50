package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hactl/schemas/status"
)

// election is how long it may take until one of several routers is Active and
// the reports say so.
func (g generation) election() time.Duration {
	longest := 0
	for _, on := range g.routers {
		for _, r := range on {
			longest = max(longest, r.AdvertInterval)
		}
	}
	return 4*time.Duration(longest)*time.Millisecond + patience
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
