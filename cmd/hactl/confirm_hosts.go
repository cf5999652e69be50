package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hactl/cmd/hactl/internal/board"
	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/status"

	"github.com/spf13/cobra"
)

// confirming is what becomes of the trial of each host, as confirm prints it.
type confirming struct {
	Hosts []confirmedHost `json:"hosts"` // that have something on trial, or went back, in the order of names

	// Elsewhere are hosts of the same change that were not told, as they are not in the
	// store, or only one host was asked.
	Elsewhere []string `json:"elsewhere"`
}

// confirmedHost is one host.
type confirmedHost struct {
	Host  string `json:"host"`
	Trial string `json:"trial"`          // ID of the change
	State string `json:"state"`          // "confirmed", "returned" or "on trial" as in the report, or "told", "unknown" or "never"
	Words string `json:"text"`           // for people
	Plan  string `json:"plan,omitempty"` // hash of the plan that was on trial, where the host has reported it

	member *fleet.Member
}

// The states of a confirmedHost that its agent knows nothing of.
const (
	isTold    = "told"    // its report is still to come
	isUnknown = "unknown" // it cannot be reached
	isUntried = "never"   // its agent refuses the plan that was to be on trial
)

// trialsOf returns what the hosts of f have on trial, or went back from.
func trialsOf(f *fleet.Fleet) *confirming {
	c := &confirming{Hosts: []confirmedHost{}, Elsewhere: []string{}}
	var all []string
	trying := map[string]bool{} // changes that some host has on trial still
	for _, m := range f.Members {
		if id := m.OnTrial(); id != "" {
			trying[id] = true
		}
	}
	for _, m := range f.Members {
		if h, concerned := concerned(m, trying); concerned {
			c.Hosts = append(c.Hosts, h)
		}
		if mark := m.Stored.OnTrial(); mark != nil && trying[mark.ID] {
			all = append(all, mark.Hosts...)
		}
	}
	for _, host := range slices.Compact(slices.Sorted(slices.Values(all))) {
		if f.Member(host) == nil {
			c.Elsewhere = append(c.Elsewhere, host)
		}
	}
	return c
}

// concerned reports whether a confirmation concerns a host, and how it is now. One that
// went back from a change counts where others have that on trial still, or nobody has
// anything.
func concerned(m *fleet.Member, trying map[string]bool) (confirmedHost, bool) {
	h := confirmedHost{Host: m.Host, Trial: m.OnTrial(), State: status.OnTrial, member: m}
	t := reportedTrial(m)
	switch {
	case h.Trial != "":
	case m.NeverTried():
		h.Trial, h.State, h.Words = m.Stored.OnTrial().ID, isUntried, "was never on trial, as its agent refuses the plan: "+m.Status.Problem
	case m.Closed != nil:
		h.State, h.Words = isUnknown, m.Closed.Error()
	case t != nil && t.State == status.Returned && (len(trying) == 0 || trying[t.ID]):
		h.Trial, h.State = t.ID, status.Returned
	default:
		return h, false
	}
	return h, true
}

// reportedTrial is what the newest report of a host says of a trial, or nil.
func reportedTrial(m *fleet.Member) *status.Trial {
	if m.Status == nil {
		return nil
	}
	return m.Status.Trial
}

// tell tells a host that it is to stay.
func (h *confirmedHost) tell(ctx context.Context, f *fleet.Fleet) {
	if err := f.Confirm(ctx, h.member); err != nil {
		h.Words = fmt.Sprintf("cannot be told, and goes back in time: %v", err)
		return
	}
	h.State = isTold
}

// look takes over what the host's report says by now.
func (h *confirmedHost) look() {
	t := reportedTrial(h.member)
	switch {
	case t == nil || t.ID != h.Trial:
		if h.State == isTold {
			h.Words = "is told to stay; its agent has not reported it yet"
		}
		return
	case t.State == status.Confirmed || t.State == status.Returned:
		h.State = t.State
	}
	h.Plan = t.Plan
	switch h.State {
	case status.Confirmed:
		h.Words = "stays with plan " + fleet.Short(t.Plan)
	case status.Returned:
		h.Words = board.Trial(t, time.Now())
	case isTold:
		h.Words = "is told to stay; its agent has not reported it yet"
	}
}

// end prints what became of the hosts, and says how it ended.
func (c *confirming) end(cmd *cobra.Command, asJSON bool) error {
	out := cmd.OutOrStdout()
	var away, gone, never, silent []string
	width := 0
	for _, h := range c.Hosts {
		width = max(width, len(h.Host))
	}
	for _, h := range c.Hosts {
		switch h.State {
		case status.OnTrial, isUnknown:
			away = append(away, h.Host)
		case status.Returned:
			gone = append(gone, h.Host)
		case isUntried:
			never = append(never, h.Host)
		case isTold:
			silent = append(silent, h.Host)
		}
		if !asJSON {
			fmt.Fprintf(out, "%s  %s\n", paletteFor(cmd, out).Bold(fmt.Sprintf("%-*s", width, h.Host)), h.Words)
		}
	}
	switch {
	case asJSON:
		if err := terminal.PrintJSON(out, c); err != nil {
			return err
		}
	case len(c.Hosts) == 0:
		fmt.Fprintln(out, "Nothing is on trial.")
	}
	if !asJSON && len(c.Elsewhere) > 0 {
		fmt.Fprintf(out, "Of the same change, and not told from here: %s.\n", strings.Join(c.Elsewhere, ", "))
	}
	switch {
	case len(away) > 0:
		return exit{exitFailure, fmt.Sprintf("not confirmed on %s. On the host itself, \"hactl confirm\" lets it stay", strings.Join(away, ", "))}
	case len(gone) > 0:
		return exit{exitFailure, fmt.Sprintf("too late for %s. Apply the change again", strings.Join(gone, ", "))}
	case len(never) > 0:
		return exit{exitFailure, fmt.Sprintf("never on trial, and without the change: %s. Mend what the agents say, and apply again", strings.Join(never, ", "))}
	case len(silent) > 0:
		return exit{exitUnconfirmed, fmt.Sprintf("not reported in time by %s; \"hactl status\" shows who stays", strings.Join(silent, ", "))}
	}
	return nil
}
