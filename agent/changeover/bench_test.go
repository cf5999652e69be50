package changeover

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"hactl/agent/rehearsal"
	"hactl/agent/upgrade"
)

// Upgrades beside the runbook by hand, under the same clients. It is a measurement:
// "make bench" writes docs/benchmarks-upgrade.md.

var (
	rounds = flag.Int("rounds", 0, "measure upgrades beside the runbook by hand, in so many rounds")
	page   = flag.String("page", "", "write what was measured to this `file`, as Markdown")
)

// The clients of the measurement, and how long they are watched before.
var watchers = rehearsal.Clients{Address: rehearsal.Usual.Address, Paced: 500, Kept: 16}

const (
	steady = 3 * time.Second
	soak   = time.Second
)

// change is a way to replace a binary, measured.
type change struct {
	title   string
	waits   time.Duration // of its own, on purpose
	waiting string        // that, in words
	back    bool          // what ran before runs in the end
	carry   func(*stage, rehearsal.Build) error
	turns   []turn
}

// turn is one measurement.
type turn struct {
	took           time.Duration
	before, during []time.Duration // how long requests took
	seen           rehearsal.Tally
}

// changes are those that are measured.
func changes() []*change {
	return []*change{
		{
			title: "hactl, to the release", waits: soak, waiting: "1 s of soak",
			carry: func(s *stage, to rehearsal.Build) error { return s.carryOut(to, upgrade.Committed, 0) },
		},
		{
			title: "hactl, back, since a check goes down", waits: soak / 2, waiting: "0.5 s until it does", back: true,
			carry: func(s *stage, to rehearsal.Build) error { return s.carryOut(to, upgrade.Reverted, soak/2) },
		},
		{
			title: "The runbook by hand", waits: rehearsal.Pauses, waiting: "4 s of pauses",
			carry: func(s *stage, to rehearsal.Build) error {
				return s.host.Run(rehearsal.Runbook(to.Path, s.path("nginx"), s.pidFile()))
			},
		},
	}
}

// TestUpgradeBench measures everything, if it is asked to.
func TestUpgradeBench(t *testing.T) {
	if *rounds == 0 {
		t.Skip("a measurement of minutes: needs -rounds, as \"make bench\" has it")
	}
	s := newStage(t)
	m := measurement{Rounds: *rounds, Machine: describeMachine(s), Before: loadAverage(t), changes: changes()}
	for range *rounds {
		for _, c := range m.changes {
			c.turns = append(c.turns, s.measure(c))
		}
	}
	m.After = loadAverage(t)
	if *page == "" {
		t.Log("\n" + m.write(t))
		return
	}
	s.must(os.WriteFile(*page, []byte(m.write(t)), 0o644))
}

// measure carries out one change under clients.
func (s *stage) measure(c *change) turn {
	s.t.Helper()
	stop := s.clients(watchers)
	watched := time.Now()
	<-time.After(steady)
	begun := time.Now()
	err := c.carry(s, s.other)
	ended := time.Now()
	seen := stop()
	s.must(err)
	if !c.back {
		s.one, s.other = s.other, s.one
	}
	s.runs(s.one)
	return turn{took: ended.Sub(begun), before: seen.Between(watched, begun), during: seen.Between(begun, ended), seen: seen}
}

// carryOut lets a runner of this process carry out the upgrade to a build. Its check goes
// down some time after the beginning of the soak; 0: it does not.
func (s *stage) carryOut(to rehearsal.Build, want upgrade.Verdict, down time.Duration) error {
	u := s.upgrade(to)
	u.Verify.Soak = int(soak / time.Millisecond)
	var soaks time.Time
	r := NewRunner(u, s.path("record"), func() upgrade.Checks {
		if down > 0 && !soaks.IsZero() && time.Since(soaks) > down {
			return upgrade.Checks{Health: upgrade.Unwell, Cause: "check web is down: it answers 500"}
		}
		return upgrade.Checks{Health: upgrade.Up}
	}, func(p Progress) {
		if p.Stage == upgrade.Verify && soaks.IsZero() {
			soaks = time.Now()
		}
	})
	if kept := s.kept(); len(kept) > 0 {
		r.Spare = kept[0]
	}
	o, err := r.Run(s.t.Context())
	if err == nil && o.Verdict != want {
		err = fmt.Errorf("%s: %s, want %s", o.Verdict, o.Text, want)
	}
	return err
}

// percentile returns that of all, 0 of none.
func percentile(all []time.Duration, percent int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(all))[(len(all)-1)*percent/100]
}
