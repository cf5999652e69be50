package agent_test

import (
	"testing"
	"time"

	"hactl/agent/netlab"
)

// What a client noticed, and what that proves. A test judges what its client has
// witnessed, Report.Proven, since the client may have been held up itself. When that
// was for long, so may the agents have been, and short times prove nothing.

// leeway is how much longer than timers say something may take on a machine with other
// things to do. It is less than the Active_Down_Interval of adverts every second.
const leeway = 2 * time.Second

// heldUp reports whether what a client missed beyond a bound is explained by the
// machine, and logs it.
func heldUp(t *testing.T, r netlab.Report, bound time.Duration) bool {
	t.Helper()
	if r.HeldUp(bound) {
		t.Logf("the client was held up for %v itself, so this proves nothing:\n%v", r.Gap.Round(time.Millisecond), r)
	}
	return r.HeldUp(bound)
}

// unnoticed fails when a reply was lost, or more than one host answered, though the
// address had no reason to move.
func unnoticed(t *testing.T, r netlab.Report) {
	t.Helper()
	if len(r.Turns) != 1 && !stood(t, r) || r.Lost > 0 && !heldUp(t, r, 0) {
		t.Errorf("the client noticed:\n%v", r)
	}
}

// stood reports whether the machine held everybody up for so long that routers may have
// moved by their timers, and logs it.
func stood(t *testing.T, r netlab.Report) bool {
	t.Helper()
	if r.Stood() {
		t.Logf("the client was held up for %v itself, so that a move proves nothing:\n%v", r.Gap.Round(time.Millisecond), r)
	}
	return r.Stood()
}

// lossless fails when one of the moves made a gap: without a successor that takes
// over first it would be a Skew_Time. Some replies in a row may be lost where the
// address changes hands under load, but in no move two thirds of that.
func lossless(t *testing.T, r netlab.Report, moves int) {
	t.Helper()
	bound := skew * 2 / 3
	if (r.Proven > bound || r.Lost > 6*moves) && !heldUp(t, r, bound) {
		t.Errorf("%d replies are lost in %d moves, %v in a row:\n%v", r.Lost, moves, r.Proven, r)
	}
}

// within fails when the client got no answers for longer than a bound, and tells how
// long that was.
func within(t *testing.T, what string, r netlab.Report, bound time.Duration) {
	t.Helper()
	t.Logf("%s: no answer for %v, bound %v", what, r.Proven.Round(time.Millisecond), bound)
	if r.Proven > bound && !heldUp(t, r, bound) {
		t.Errorf("%s: no answer for longer than %v:\n%v", what, bound, r)
	}
}

// bounded is within what timers and a second say.
func bounded(t *testing.T, what string, r netlab.Report, timers time.Duration) {
	t.Helper()
	within(t, what, r, timers+time.Second)
}
