package main

import (
	"fmt"
	"time"

	"hactl/cmd/hactl/internal/board"
	"hactl/cmd/hactl/internal/fleet"
)

// trial says that what the host has is on trial and until when, or that it went back;
// empty: neither.
func (h proposed) trial(now time.Time) string {
	words := ""
	if h.Status != nil {
		words = board.Trial(h.Status.Trial, now)
	}
	if words == "" && h.OnTrial() != "" {
		words = "has a plan on trial, and its agent has not reported until when"
	}
	return words
}

// clock says when something will be.
func clock(at, now time.Time) string {
	return fmt.Sprintf("at %s, in %v", at.Local().Format(time.TimeOnly), fleet.Left(at, now))
}
