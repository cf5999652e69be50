package agent_test

import (
	"fmt"
	"testing"
	"time"

	"hactl/agent/netlab"
)

// TestKeepalivedHostDies lets each of the two hosts die in each role: there is
// one owner within the larger Active_Down_Interval and 1 s, and when the dead
// host is back it is the preferred one.
func TestKeepalivedHostDies(t *testing.T) {
	t.Parallel()
	for _, tr := range transports {
		for _, preferred := range []string{us, them} {
			for _, dies := range []string{us, them} {
				t.Run(fmt.Sprintf("%v/%s active/%s dies", tr, speaks[preferred], speaks[dies]), func(t *testing.T) {
					t.Parallel()
					dieAndReturn(t, setup{transport: tr, preferred: preferred}, dies)
				})
			}
		}
	}
}

// dieAndReturn lets a host die and return.
func dieAndReturn(t *testing.T, s setup, dies string) {
	t.Helper()
	m := newMixed(t, s)
	m.startBoth()
	took := m.settle(m.die(dies), other(dies))
	back := m.settle(m.revive(dies), m.preferred)
	if dies == m.preferred {
		r := m.saw(m.preferred, other(dies), m.preferred)
		t.Logf("death: one owner after %v, no answer for %v; return: after %v, no answer for %v (the client paused for %v)",
			took, silence(r, 0), back, silence(r, 1), r.Gap.Round(time.Millisecond))
		return
	}
	unnoticed(t, m.saw(m.preferred)) // the death of a Backup
}

// silence is the time between the last answer of a turn and the first one of
// the next.
func silence(r netlab.Report, turn int) time.Duration {
	if turn+1 >= len(r.Turns) {
		return 0
	}
	return (r.Turns[turn+1].First - r.Turns[turn].Last).Round(time.Millisecond)
}

// A planned leave of ours loses next to nothing: we answer until keepalived
// has taken over, however long its Skew_Time is. What is lost under load is lost
// at keepalived's: an IPv6 address answers only some time after it was added.
func TestKeepalivedSucceedsUs(t *testing.T) {
	t.Parallel()
	for _, tr := range transports {
		t.Run(tr.String(), func(t *testing.T) {
			t.Parallel()
			m := newMixed(t, setup{transport: tr, preferred: us, lower: 100})
			m.startBoth()
			took := m.settle(m.leave(us), them)
			r := m.saw(us, them)
			if skew := tr.interval * (256 - 100) / 256; r.Proven > skew/4 && !heldUp(t, r, 0) {
				t.Errorf("an outage, though a Skew_Time of %v was to be bridged:\n%v", skew, r)
			}
			t.Logf("one owner after %v, %d lost", took, r.Lost)
		})
	}
}

// A planned leave of keepalived's makes a hole of our Skew_Time, since it gives
// the address up first; not one of Active_Down_Interval.
func TestKeepalivedLeavesToUs(t *testing.T) {
	t.Parallel()
	for _, tr := range transports {
		t.Run(tr.String(), func(t *testing.T) {
			t.Parallel()
			m := newMixed(t, setup{transport: tr, preferred: them})
			m.startBoth()
			took := m.settle(m.leave(them), us)
			r := m.saw(them, us)
			if r.Proven >= 2*tr.interval && !heldUp(t, r, 0) {
				t.Errorf("priority 0 was not heard:\n%v", r)
			}
			t.Logf("one owner after %v, %d lost (%v)", took, r.Lost, r.Outage.Round(time.Millisecond))
		})
	}
}
