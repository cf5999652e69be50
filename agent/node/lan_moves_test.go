package node

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// hookTakes is how long the hooks of a moment take on every host of a lan.
const hookTakes = 700 * time.Millisecond

// run is hooks that run on a host.
type run struct {
	ends vrrp.Instant
	host int
	in   Ran
}

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
		l := newLAN(t, plan.Demote, hooks...)
		drained := make([]bool, len(l.hosts))
		turn := func(i int) {
			drained[i] = !drained[i]
			l.step(i, Intents{Drained: map[bool]string{true: "drained"}[drained[i]]})
		}
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			if rapid.Bool().Draw(t, "drain") {
				turn(rapid.IntRange(0, len(l.hosts)-1).Draw(t, "host"))
			} else {
				l.flip()
			}
			l.pause()
		}
		l.run(settled)
		l.holdsAll(drained)
		if was := l.active(); !drained[was] {
			turn(was)
			l.run(settled)
			l.holdsAll(drained)
			if is := l.active(); is == was && slices.Contains(drained, false) {
				t.Fatalf("drained %v: host %d is Active still", drained, is)
			}
		}
	})
}

// holdsAll fails unless exactly one host is Active, under "always" the best that is
// in service, and nobody was ever without an answer.
func (l *lan) holdsAll(drained []bool) {
	l.t.Helper()
	active, best, failures := l.active(), -1, l.failures()
	for i := range l.hosts {
		if !drained[i] && (best < 0 || failures[i] < failures[best]) {
			best = i
		}
	}
	if active < 0 || l.gap > 0 {
		l.t.Fatalf("drained %v, failures %v: host %d is Active; addresses were on no host for %v", drained, failures, active, l.gap)
	}
	if l.mode == plan.Always && best >= 0 && active != best {
		l.t.Fatalf("drained %v, failures %v: host %d is Active, want %d", drained, failures, active, best)
	}
}
