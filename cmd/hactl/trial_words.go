package main

import (
	"fmt"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/status"
)

// trial says that what the host has is on trial and until when, or that it went back;
// empty: neither.
func (h proposed) trial(now time.Time) string {
	words := ""
	if h.Status != nil {
		words = trialWords(h.Status.Trial, now)
	}
	if words == "" && h.OnTrial() != "" {
		words = "has a plan on trial, and its agent has not reported until when"
	}
	return words
}

// trialWords says what people are to know of a trial; empty: nothing, or no more.
func trialWords(t *status.Trial, now time.Time) string {
	switch {
	case t == nil:
	case t.State == status.OnTrial:
		return fmt.Sprintf("has a plan on trial%s: it goes back to plan %s in %v, unless \"hactl confirm\" comes before", by(t.By), fleet.Short(t.Before), left(t.Until, now))
	case t.State == status.Returned && t.Ended != nil:
		return fmt.Sprintf("went back to plan %s %s: %s", fleet.Short(t.Before), fleet.Ago(t.Ended.Since, now), t.Why)
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
