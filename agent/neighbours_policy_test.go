package agent_test

import (
	"testing"
	"time"

	"hactl/schemas/plan"
)

// policed are the transports on which policies are tried: those of each family
// and mode decide in the same way.
var policed = []transport{transports[1], transports[4]}

// onEach runs a test on the policed transports.
func onEach(t *testing.T, test func(t *testing.T, tr transport)) {
	for _, tr := range policed {
		t.Run(tr.String(), func(t *testing.T) {
			t.Parallel()
			test(t, tr)
		})
	}
}

// Under our "never" keepalived keeps the address when we return, until it dies.
func TestKeepalivedOurPreemptionNever(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, tr transport) {
		m := newMixed(t, setup{transport: tr, preferred: us, ours: func(r *plan.Router) { r.Preemption.Mode = plan.Never }})
		m.startBoth()
		m.settle(m.die(us), them)
		m.settle(m.revive(us), them)
		m.settle(m.die(them), us)
		m.settle(m.revive(them), us)
		m.saw(us, them, us)
	})
}

// Under our "delayed" it keeps the address for the delay, and no longer.
func TestKeepalivedOurPreemptionDelayed(t *testing.T) {
	t.Parallel()
	const delay = 6 * time.Second // longer than every Active_Down_Interval and its 1 s
	onEach(t, func(t *testing.T, tr transport) {
		m := newMixed(t, setup{transport: tr, preferred: us, ours: func(r *plan.Router) {
			r.Preemption = plan.Preemption{Mode: plan.Delayed, Delay: int(delay / time.Millisecond)}
		}})
		m.startBoth()
		m.settle(m.die(us), them)
		at := m.revive(us)
		m.settle(at, them)
		back := m.settleWithin(delay+m.bound(), at, us)
		if back < delay {
			t.Errorf("back after %v, before the delay of %v", back, delay)
		}
		r := m.saw(us, them, us)
		t.Logf("back after %v, no answer for %v", back, silence(r, 1))
	})
}

// Under its nopreempt we keep the address when keepalived returns; it takes
// over all the same when we leave.
func TestKeepalivedItsNopreempt(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, tr transport) {
		m := newMixed(t, setup{transport: tr, preferred: them, theirs: "nopreempt"})
		m.startBoth()
		m.settle(m.die(them), us)
		m.settle(m.revive(them), us)
		m.settle(m.leave(us), them)
		if r := m.saw(them, us, them); silence(r, 1) >= 2*tr.interval {
			t.Errorf("keepalived waited:\n%v", r)
		}
	})
}
