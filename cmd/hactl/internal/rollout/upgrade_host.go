package rollout

import (
	"fmt"
	"slices"
	"time"

	"hactl/agent/changeover"
	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Host is one host that an upgrade is carried through.
type Host struct {
	*fleet.Member                // what is known of it
	Goal          plan.Upgrade   // of its plan
	Started       string         // the version that ran before; empty: unknown
	State         State          // how far it is
	Order         *intent.Order  // that it has; nil: none was given yet
	Last          status.Upgrade // what was reported of it last
	Given         time.Time      // when it was given the order, or found with it
	Moved         time.Time      // when Last changed last
	written       time.Time      // of the report that was read last
	heard         time.Time      // when that report was new

	takenBack bool // the order is one that was taken back, and not one to carry out
}

// State is how far an upgrade is on one host.
type State uint8

// The states, in this order but for a host that needs nothing.
const (
	NotBegun State = iota
	UnderWay       // it has an order
	Arrived        // the order was carried out, or there was none to give
	Failed         // it was not
	Returned       // it was, and then gone back on, since another host failed
)

// String returns the state's name.
func (s State) String() string {
	return [...]string{"not begun", "under way", "upgraded", "failed", "rolled back"}[s]
}

// Report returns what the host says of the upgrade, nil when that is nothing.
func (h *Host) Report() *status.Upgrade { return fleet.UpgradeReport(h.Status, h.Goal.Name) }

// Host returns the host of that name, nil when it does not take part.
func (r *Upgrade) Host(name string) *Host {
	i := slices.IndexFunc(r.Hosts, func(h *Host) bool { return h.Host == name })
	if i < 0 {
		return nil
	}
	return r.Hosts[i]
}

// follows reports whether the host's agent runs and has the plan that the store has.
func (h *Host) follows() bool {
	return h.Alive && h.Stored != nil && h.Status.Plan.Hash == h.Stored.Hash
}

// current reports whether the plan's release runs there and stays, by its report: while
// an order is under way, it may go back yet.
func (h *Host) current() bool {
	u := h.Report()
	return h.follows() && u != nil && u.Current && !fleet.IsUnderWay(u)
}

// ended reports whether an order of the host has been carried out, by its report.
func (h *Host) ended(o *intent.Order) bool {
	u := h.Report()
	return u != nil && u.Order != nil && u.Order.ID == o.ID && u.Verdict != ""
}

// Awaited says why nothing can be asked of the host's agent now; empty when it can.
func (h *Host) Awaited() string {
	switch {
	case h.Unread != nil:
		return fmt.Sprintf("%s cannot be read: %v", h.Host, h.Unread)
	case h.Status == nil:
		return "no agent has reported from " + h.Host + " yet"
	case !h.Alive:
		return fmt.Sprintf("%s does not answer: %s", h.Host, unheard(h.Status, time.Second))
	case !h.follows():
		return "the agent of " + h.Host + " does not follow the plan that the store has yet"
	case h.Status.Trial != nil && h.Status.Trial.State == status.OnTrial:
		return fmt.Sprintf("the plan of %s is on trial, until it is confirmed or goes back: see \"hactl confirm\"", h.Host)
	case h.Report() == nil:
		return fmt.Sprintf("the agent of %s does not report upgrade %s yet", h.Host, h.Goal.Name)
	}
	return ""
}

// Runs is what is there; empty while that is unknown.
func (h *Host) Runs() string {
	if u := h.Report(); u != nil {
		return fleet.VersionOf(u)
	}
	return ""
}

// longest is how long the upgrade may stay at one stage, by the plan: most of all where
// it drains, lets workers finish, or looks whether the release is good.
func (h *Host) longest() time.Duration {
	u := h.Goal
	good := changeover.Patience + h.recovery() + time.Duration(u.Verify.Soak)*time.Millisecond
	if u.Exec != nil {
		good += time.Duration(u.Exec.Timeout) * time.Millisecond
	}
	return max(good, time.Duration(max(u.DrainTimeout, u.WorkerTimeout()))*time.Millisecond)
}

// recovery is how long the checks of the upgrade may take to be up, by the plan.
func (h *Host) recovery() (most time.Duration) {
	if h.Stored == nil {
		return 0
	}
	for _, c := range h.Stored.Plan.Checks {
		if slices.Contains(h.Goal.Verify.Checks, c.Name) {
			most = max(most, time.Duration(c.Rise*(c.Interval+c.Timeout))*time.Millisecond)
		}
	}
	return most
}
