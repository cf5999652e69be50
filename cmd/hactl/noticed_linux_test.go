package main

import (
	"testing"
	"time"

	"hactl/agent/netlab"
)

// unnoticed fails when a client lost a reply, or was answered by more than one host,
// though the address had no reason to move, nor the machine to hold the client up.
func unnoticed(t *testing.T, r netlab.Report) {
	t.Helper()
	switch {
	case len(r.Turns) != 1 && !r.Stood():
		t.Errorf("the address moved:\n%v", r)
	case r.Lost > 0:
		excused(t, r, "the client noticed")
	}
}

// lossless fails when moves cost a client that asks every 10 ms more replies than
// change hands on the way: without a successor that takes over first it would be a
// Skew_Time each.
func lossless(t *testing.T, r netlab.Report, lost, moves int) {
	t.Helper()
	if lost > 3*moves {
		excused(t, r, "the client lost replies")
	}
}

// excused fails unless the client was held up itself, by a machine with other things
// to do.
func excused(t *testing.T, r netlab.Report, what string) {
	t.Helper()
	if !r.HeldUp(30 * time.Millisecond) {
		t.Errorf("%s:\n%v", what, r)
		return
	}
	t.Logf("%s, but it was held up for %v itself:\n%v", what, r.Gap.Round(time.Millisecond), r)
}
