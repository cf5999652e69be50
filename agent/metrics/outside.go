package metrics

import (
	"time"

	"hactl/schemas/status"
)

var (
	notifyEvents  = counter("hactl_notify_events_total", "Events for a notification target, by what became of them: delivered, failed for good, or dropped because a newer state of the vip overtook them.", "target", "result")
	notifyQueue   = gauge("hactl_notify_queue_length", "Events that a notification target has not been told yet.", "target")
	notifyProblem = gauge("hactl_notify_problem", "1 while something keeps a notification target from being told; hactl status says what.", "target")

	hookFailed = gauge("hactl_hook_failed", "Hooks of a vip at one moment whose last run failed, or that could not run.", "vip", "when")
	hookTook   = gauge("hactl_hook_duration_seconds", "How long the last run of a vip's hooks at one moment took, all of them together.", "vip", "when")
	hookEnded  = gauge("hactl_hook_last_run_timestamp_seconds", "When the last run of a vip's hooks at one moment ended; absent before the first.", "vip", "when")
)

var outsideFamilies = []*family{notifyEvents, notifyQueue, notifyProblem, hookFailed, hookTook, hookEnded}

// targets writes how the notification targets do.
func (w writer) targets(targets []status.Target) {
	for _, t := range targets {
		w.put(notifyEvents, float64(t.Delivered), t.Name, "delivered")
		w.put(notifyEvents, float64(t.Failed), t.Name, "failed")
		w.put(notifyEvents, float64(t.Dropped), t.Name, "dropped")
		w.put(notifyQueue, float64(t.Waiting), t.Name)
		w.flag(notifyProblem, t.Problem != "", t.Name)
	}
}

// run is the last run of a vip's hooks at one moment.
type run struct {
	vip, when string
	failed    int
	took      float64 // seconds
	ended     time.Time
}

// hooks writes how the hooks went.
func (w writer) hooks(lines []status.Hook) {
	for _, r := range runs(lines) {
		w.put(hookFailed, float64(r.failed), r.vip, r.when)
		if !r.ended.IsZero() {
			w.put(hookTook, r.took, r.vip, r.when)
			w.instant(hookEnded, r.ended, r.vip, r.when)
		}
	}
}

// runs gathers the hooks of one vip and moment.
func runs(lines []status.Hook) []*run {
	type key struct{ vip, when string }
	by := map[key]*run{}
	var all []*run
	for _, l := range lines {
		k := key{l.Vip, l.When}
		if by[k] == nil {
			by[k] = &run{vip: l.Vip, when: l.When}
			all = append(all, by[k])
		}
		r := by[k]
		if l.Problem != "" {
			r.failed++
		}
		r.took += l.Took / 1000
		if l.Ended.After(r.ended) {
			r.ended = l.Ended
		}
	}
	return all
}
