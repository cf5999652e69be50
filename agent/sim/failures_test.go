package sim

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hactl/schemas/plan"
)

// TestFewerFailuresWin connects two to four hosts by lossless segments, lets
// checks of all hosts fail and recover at random instants, and checks who has
// the addresses then: under "always" the host with the fewest failed checks, of
// several the first in order; under "never" exactly one, and the best after a
// failure of its own. Nobody gives an address up without a successor.
func TestFewerFailuresWin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawTeam(t, plan.Demote)
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			m.flip(t)
			m.pause(t)
		}
		m.Run(settled)
		active := m.active()
		if m.mode == plan.Always && active != m.best() {
			t.Fatalf("failures %v: %v is Active, want host %d", m.failures(), active, m.best())
		}
		if active < 0 || m.gap() > 0 {
			t.Fatalf("failures %v: host %d is Active; addresses were on no host for %v", m.failures(), active, m.gap())
		}
		if c := slices.Index(m.failed[active], false); c >= 0 {
			m.turn(active, c)
			m.Run(settled)
			if next := m.active(); next != m.best() || m.gap() > 0 {
				t.Fatalf("failures %v: %v is Active, want host %d; addresses were on no host for %v", m.failures(), next, m.best(), m.gap())
			}
		}
	})
}

// TestFaultsAreNotEligible is the same for the effect fault: the first host
// without a failed check, or none.
func TestFaultsAreNotEligible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawTeam(t, plan.Fault)
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			m.flip(t)
			m.pause(t)
		}
		m.Run(settled)
		active, best := m.active(), m.best()
		if m.failures()[best] > 0 {
			best = -1
		}
		if m.mode == plan.Always && active != best {
			t.Fatalf("failures %v: host %d is Active, want %d", m.failures(), active, best)
		}
		if active >= 0 && m.failures()[active] > 0 {
			t.Fatalf("failures %v: host %d is Active", m.failures(), active)
		}
	})
}
