package main

import (
	"fmt"
	"strings"
	"time"

	"hactl/schemas/status"
)

// onTrial returns the ID of the change that the host has on trial, as its report has
// it, or else what is in the store for it; empty when nothing is to be confirmed.
func (h proposed) onTrial() string {
	mark := h.Stored.OnTrial()
	var told status.Trial
	if h.Status != nil && h.Status.Trial != nil {
		told = *h.Status.Trial
	}
	switch {
	case h.neverTried():
	case mark != nil && (mark.ID != told.ID || told.State == status.OnTrial):
		return mark.ID
	case mark == nil && h.Stored != nil && told.State == status.OnTrial && told.Plan == h.Stored.Hash:
		return told.ID
	}
	return ""
}

// neverTried reports whether the host has a plan in the store that was to be on trial,
// and its agent refuses it. An agent that is older than trials does so, and would refuse
// intents with a confirmation, too.
func (h proposed) neverTried() bool {
	mark := h.Stored.OnTrial()
	return mark != nil && refusesTrial(h.Status, mark.ID, h.Stored.Hash)
}

// refusesTrial reports whether an agent refuses the plan that is to be on trial by the
// change id, as its report has it; nil: there is none.
func refusesTrial(h *status.Host, id, plan string) bool {
	return h != nil && h.Problem != "" && !strings.HasPrefix(h.Problem, status.NoPlan) && h.Plan.Hash != plan && (h.Trial == nil || h.Trial.ID != id)
}

// trial says that what the host has is on trial and until when, or that it went back;
// empty: neither.
func (h proposed) trial(now time.Time) string {
	words := ""
	if h.Status != nil {
		words = trialWords(h.Status.Trial, now)
	}
	if words == "" && h.onTrial() != "" {
		words = "has a plan on trial, and its agent has not reported until when"
	}
	return words
}

// trialWords says what people are to know of a trial; empty: nothing, or no more.
func trialWords(t *status.Trial, now time.Time) string {
	switch {
	case t == nil:
	case t.State == status.OnTrial:
		return fmt.Sprintf("has a plan on trial%s: it goes back to plan %s in %v, unless \"hactl confirm\" comes before", by(t.By), short(t.Before), left(t.Until, now))
	case t.State == status.Returned && t.Ended != nil:
		return fmt.Sprintf("went back to plan %s %s: %s", short(t.Before), ago(t.Ended.Since, now), t.Why)
	}
	return ""
}

// by says who did something, if that is known.
func by(who string) string {
	if who == "" {
		return ""
	}
	return " by " + who
}

// clock says when something will be.
func clock(at, now time.Time) string {
	return fmt.Sprintf("at %s, in %v", at.Local().Format(time.TimeOnly), left(at, now))
}

// left is the time until then in whole seconds, 0 when it is over.
func left(at, now time.Time) time.Duration { return max(0, at.Sub(now)).Round(time.Second) }

// hasReturned reports whether a host has gone back from a plan.
func hasReturned(h *status.Host, plan string) bool {
	t := h.Trial
	return t != nil && t.State == status.Returned && t.Plan == plan && h.Plan.Hash == t.Before
}
