package fleet

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hactl/schemas/status"
)

// Election is how long it may take until one of several routers is Active and
// the reports say so.
func (g Generation) Election() time.Duration {
	longest := 0
	for _, on := range g.routers {
		for _, r := range on {
			longest = max(longest, r.AdvertInterval)
		}
	}
	return 4*time.Duration(longest)*time.Millisecond + Patience
}

// Elections says which routers of plans have no Active, or more than one, as
// reports have it; empty when each has exactly one. A router with members that
// hactl has no report of may have its Active there.
func Elections(plans Generation, reports map[string]*status.Host) []string {
	var wrong []string
	actives := Actives(reports)
	for _, id := range plans.IDs() {
		words := Split(id, actives[id])
		if len(actives[id]) == 0 && allReported(id, plans, reports) {
			words = id + " is Active nowhere"
		}
		if words != "" {
			wrong = append(wrong, words)
		}
	}
	return wrong
}

// Split says that the router id is Active on more than one of these hosts; empty
// when it is not.
func Split(id string, on []string) string {
	if len(on) < 2 {
		return ""
	}
	return fmt.Sprintf("%s is Active on %s at once", id, strings.Join(on, " and "))
}

// Splits says which of all routers that are reported have more than one Active.
func Splits(reports map[string]*status.Host) []string {
	var wrong []string
	actives := Actives(reports)
	for _, id := range slices.Sorted(maps.Keys(actives)) {
		if words := Split(id, actives[id]); words != "" {
			wrong = append(wrong, words)
		}
	}
	return wrong
}

// allReported tells whether there is a report of every member of the router.
func allReported(id string, plans Generation, reports map[string]*status.Host) bool {
	for _, member := range plans.Preference(id) {
		if ReportOf(reports[member.Host], id) == nil {
			return false
		}
	}
	return true
}

// BackupsFirst returns the hosts of plans in the order of a rollout: those that
// are Active for the fewest routers first. Where the reports do not tell which
// host is Active, the one that is preferred counts. Names break ties.
func BackupsFirst(plans Generation, reports map[string]*status.Host) []string {
	load, actives := map[string]int{}, Actives(reports)
	for _, id := range plans.IDs() {
		on := actives[id]
		if len(on) == 0 {
			on = []string{plans.Preference(id)[0].Host}
		}
		for _, host := range on {
			load[host]++
		}
	}
	hosts := plans.Names()
	slices.SortStableFunc(hosts, func(a, b string) int { return load[a] - load[b] })
	return hosts
}
