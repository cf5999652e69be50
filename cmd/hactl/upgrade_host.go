package main

import (
	"fmt"
	"slices"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// upgradeHost is one host that an upgrade is carried through.
type upgradeHost struct {
	*fleet.Member
	goal    plan.Upgrade // of its plan
	started string       // the version that ran before; empty: unknown
	state   upgradeState
	order   *intent.Order  // that it has; nil: none was given yet
	last    status.Upgrade // what was reported of it last
	given   time.Time      // when it was given the order, or found with it
	moved   time.Time      // when last changed last
	written time.Time      // of the report that was read last
	heard   time.Time      // when that report was new

	takenBack bool // the order is one that was taken back, and not one to carry out
}

// upgradeState is how far an upgrade is on one host.
type upgradeState uint8

// The states, in this order but for a host that needs nothing.
const (
	notBegun upgradeState = iota
	underWay              // it has an order
	arrived               // the order was carried out, or there was none to give
	failed                // it was not
	returned              // it was, and then gone back on, since another host failed
)

// String returns the state's name.
func (s upgradeState) String() string {
	return [...]string{"not begun", "under way", "upgraded", "failed", "rolled back"}[s]
}

// report returns what the host says of the upgrade, nil when that is nothing.
func (h *upgradeHost) report() *status.Upgrade { return fleet.UpgradeReport(h.Status, h.goal.Name) }

// host returns the host of that name, nil when it does not take part.
func (r *upgradeRollout) host(name string) *upgradeHost {
	i := slices.IndexFunc(r.hosts, func(h *upgradeHost) bool { return h.Host == name })
	if i < 0 {
		return nil
	}
	return r.hosts[i]
}

// follows reports whether the host's agent runs and has the plan that the store has.
func (h *upgradeHost) follows() bool {
	return h.Alive && h.Stored != nil && h.Status.Plan.Hash == h.Stored.Hash
}

// current reports whether the plan's release runs there and stays, by its report: while
// an order is under way, it may go back yet.
func (h *upgradeHost) current() bool {
	u := h.report()
	return h.follows() && u != nil && u.Current && !fleet.IsUnderWay(u)
}

// ended reports whether an order of the host has been carried out, by its report.
func (h *upgradeHost) ended(o *intent.Order) bool {
	u := h.report()
	return u != nil && u.Order != nil && u.Order.ID == o.ID && u.Verdict != ""
}

// awaited says why nothing can be asked of the host's agent now; empty when it can.
func (h *upgradeHost) awaited() string {
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
	case h.report() == nil:
		return fmt.Sprintf("the agent of %s does not report upgrade %s yet", h.Host, h.goal.Name)
	}
	return ""
}

// runs is what is there; empty while that is unknown.
func (h *upgradeHost) runs() string {
	if u := h.report(); u != nil {
		return fleet.VersionOf(u)
	}
	return ""
}

// longest is how long the upgrade may stay at one stage, by its plan.
func longest(u plan.Upgrade) time.Duration {
	most := max(u.DrainTimeout, u.Verify.Soak)
	switch {
	case u.Nginx != nil:
		most = max(most, u.Nginx.WorkerTimeout)
	case u.HAProxy != nil:
		most = max(most, u.HAProxy.WorkerTimeout)
	case u.Exec != nil:
		most = max(most, u.Exec.Timeout)
	}
	return time.Duration(most) * time.Millisecond
}
