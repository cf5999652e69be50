package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hactl/schemas/status"
)

var (
	agentInfo     = gauge("hactl_agent_info", "Always 1; its labels are the name that the plan has for the host, and the version of hactl.", "host", "version")
	agentStarted  = gauge("hactl_agent_started_timestamp_seconds", "When the agent started.")
	agentReported = gauge("hactl_agent_reported_timestamp_seconds", "When the agent last looked at itself: every metric here is of that moment. It does so soon after each change, and every five seconds in any case, ten on a host with thousands of routers.")
	agentDrained  = gauge("hactl_agent_drained", "1 while the host is drained: it is Active only where nobody else can be.")
	loopLateness  = histogram("hactl_loop_lateness_seconds", "How late the agent's loop was for the deadlines of its routers. An advert that is late by more than a tenth of its interval is on its way to a failover that nobody wants.")
	loopWorst     = gauge("hactl_loop_lateness_worst_seconds", "The worst of those of the last minute or two.")
	logDropped    = counter("hactl_log_lines_dropped_total", "Lines of the agent's log that were lost because whoever reads it was too slow.")

	planInfo    = gauge("hactl_plan_info", "Always 1 for the plan that is followed; absent when there is none. Its labels are the plan's hash, and the commit of the configuration that it was made from.", "hash", "commit")
	planApplied = gauge("hactl_plan_applied_timestamp_seconds", "When the plan that is followed was applied.")
	planLoaded  = gauge("hactl_plan_loaded_timestamp_seconds", "When the agent began to follow its plan.")
	planRefused = gauge("hactl_plan_refused", "1 while the newest plan in the store, or what people want beside it, is not followed; hactl status says why.")
	planUntil   = gauge("hactl_plan_trial_until_timestamp_seconds", "When the host goes back to the plan before, unless somebody confirms the one that it follows; absent while none is to be confirmed.")
	planGone    = gauge("hactl_plan_returned_timestamp_seconds", "When the host went back by itself to the plan that it follows, since nobody had confirmed the one after it; absent otherwise.")

	transitions = counter("hactl_transitions_total", "Changes of state of all routers of the host, by reason.", "reason")
	dropped     = counter("hactl_packets_dropped_total", "VRRP packets that were received and not acted on, by reason.", "reason")
)

var hostFamilies = []*family{
	agentInfo, agentStarted, agentReported, agentDrained, loopLateness, loopWorst, logDropped,
	planInfo, planApplied, planLoaded, planRefused, planUntil, planGone, transitions, dropped,
}

// host writes what is said of the host as a whole.
func (w writer) host(h *status.Host) {
	w.put(agentInfo, 1, h.Host, h.Version)
	w.instant(agentStarted, h.Started)
	w.instant(agentReported, h.Written)
	w.flag(agentDrained, h.Intents != nil && h.Intents.Drained != nil)
	w.lateness(h.Lateness)
	w.put(logDropped, float64(h.LogDropped))
	if h.Plan.Hash != "" {
		w.put(planInfo, 1, h.Plan.Hash, h.Plan.Commit)
		w.instant(planLoaded, h.Plan.Loaded)
	}
	if at, err := time.Parse(time.RFC3339, h.Plan.AppliedAt); err == nil { // a plan may never have been applied
		w.instant(planApplied, at)
	}
	w.flag(planRefused, h.Problem != "" || h.Intents != nil && h.Intents.Problem != "")
	if t := h.Trial; t != nil {
		w.instant(planUntil, t.Until)
		if t.State == status.Returned && t.Ended != nil {
			w.instant(planGone, t.Ended.Since)
		}
	}
	w.counts(transitions, h.Transitions, transitionReasons)
	w.counts(dropped, h.Dropped, dropReasons)
}

// lateness writes how late the loop was; nothing when that is not known.
func (w writer) lateness(l *status.Lateness) {
	if l == nil {
		return
	}
	var all uint64
	buckets := map[float64]uint64{}
	for i, n := range l.Counts {
		all += n
		if i < len(l.Bounds) {
			buckets[l.Bounds[i]] = all
		}
	}
	w <- prometheus.MustNewConstHistogram(loopLateness.desc, all, l.Sum, buckets)
	w.put(loopWorst, l.Worst)
}

// counts writes counters by a word, which is the last label: those of a set whether they have been counted
// or not, so that the first of a kind is seen to be one more, and any other that
// was.
func (w writer) counts(f *family, counted map[string]uint64, words []string, labels ...string) {
	labels = labels[:len(labels):len(labels)]
	known := map[string]bool{}
	for _, word := range words {
		known[word] = true
		w.put(f, float64(counted[word]), append(labels, word)...)
	}
	for word, n := range counted {
		if !known[word] {
			w.put(f, float64(n), append(labels, word)...)
		}
	}
}
