package sim

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hactl/schemas/plan"
)

// TestPlannedMovesLoseNothing drains hosts of a lan and puts them into service at
// random instants while checks fail and recover, with and without hooks. Then
// under "always" the best host in service has the addresses, if there is one;
// under "never" none that was just drained, if another was in service. Whatever
// happens, every vip is on some host all the time.
func TestPlannedMovesLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var hooks []plan.Hook
		if rapid.Bool().Draw(t, "hooks") {
			hooks = []plan.Hook{
				{When: plan.BeforeRelease, Command: []string{"/bin/demote"}, User: "root", Timeout: 1000},
				{When: plan.AfterAcquire, Command: []string{"/bin/promote"}, User: "root", Timeout: 1000},
			}
		}
		m := drawTeam(t, plan.Demote, hooks...)
		drained := make([]bool, len(m.failed))
		turn := func(i int) {
			drained[i] = !drained[i]
			m.Drain(name(i), map[bool]string{true: "drained"}[drained[i]])
		}
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			if rapid.Bool().Draw(t, "drain") {
				turn(rapid.IntRange(0, len(m.failed)-1).Draw(t, "host"))
			} else {
				m.flip(t)
			}
			m.pause(t)
		}
		m.Run(settled)
		m.holdsAll(drained)
		if was := m.active(); !drained[was] {
			turn(was)
			m.Run(settled)
			m.holdsAll(drained)
			if is := m.active(); is == was && slices.Contains(drained, false) {
				t.Fatalf("drained %v: host %d is Active still", drained, is)
			}
		}
	})
}

// holdsAll fails unless exactly one host is Active, under "always" the best that is
// in service, and nobody was ever without an answer.
func (m *team) holdsAll(drained []bool) {
	m.t.Helper()
	active, best, failures := m.active(), -1, m.failures()
	for i := range m.failed {
		if !drained[i] && (best < 0 || failures[i] < failures[best]) {
			best = i
		}
	}
	if active < 0 || m.gap() > 0 {
		m.t.Fatalf("drained %v, failures %v: host %d is Active; addresses were on no host for %v", drained, failures, active, m.gap())
	}
	if m.mode == plan.Always && best >= 0 && active != best {
		m.t.Fatalf("drained %v, failures %v: host %d is Active, want %d", drained, failures, active, best)
	}
}
