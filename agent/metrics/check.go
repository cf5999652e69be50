package metrics

import "hactl/schemas/status"

var (
	checkState = gauge("hactl_check_state", "1 for the state that a check is in, 0 for the others. While it is unknown there is no result yet.", "check", "state")
	checkRuns  = counter("hactl_check_runs_total", "Runs of a check, by result.", "check", "result")
	checkTook  = gauge("hactl_check_duration_seconds", "How long the last run of a check took.", "check")
	checkRan   = gauge("hactl_check_last_run_timestamp_seconds", "When the last run of a check ended; absent before the first.", "check")
)

var checkFamilies = []*family{checkState, checkRuns, checkTook, checkRan}

// healths are the values of the label state of a check.
var healths = []string{status.Up, status.Down, status.Unknown}

// check writes what is said of one check.
func (w writer) check(c *status.Check) {
	w.choice(checkState, c.State, healths, c.Name)
	w.put(checkRuns, float64(c.Runs-c.Failures), c.Name, "success")
	w.put(checkRuns, float64(c.Failures), c.Name, "failure")
	if !c.Ran.IsZero() {
		w.put(checkTook, c.Took/1000, c.Name)
		w.instant(checkRan, c.Ran, c.Name)
	}
}
