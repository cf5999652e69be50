package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hactl/cmd/hactl/internal/rollout"
	"hactl/schemas/plan"
	"hactl/schemas/status"

	"github.com/aymanbagabas/go-udiff"
)

// takenBack carries p out over m, goes back when that fails, and returns what was told.
func takenBack(t *testing.T, ctx context.Context, m rollout.Publisher, p proposal) (string, error) {
	t.Helper()
	var told strings.Builder
	start := time.Now()
	line := func(format string, args ...any) {
		fmt.Fprintf(&told, "%-5s %s\n", time.Since(start), fmt.Sprintf(format, args...))
	}
	r := p.rollout(nil, 10*time.Second)
	r.Store, r.Poll, r.Previous = m, 100*time.Millisecond, p.previous()
	r.Say = func(e rollout.Event) {
		switch e.Kind {
		case rollout.WaveBegun:
			line("%s", e.Text)
		case rollout.GoingBack:
			line("going back: %s", e.Text)
		case rollout.WaveEnded, rollout.Stopped, rollout.WentBack:
		default:
			line("%s %s", e.Host, e.Text)
		}
	}
	err := r.Run(ctx)
	if err != nil {
		err = r.GoBack(ctx, err)
		line("exit %d: %v", codeOf(err), err)
	}
	return told.String(), err
}

// renumbered gives routers another VRID.
func renumbered(d *plan.Document) {
	d.Plan.Routers[0].VRID = 51
	d.Hash = d.Plan.Hash()
}

// When a host does not follow, all have their previous plans again, the last one
// first; in waves where the change went in waves.
func TestRollback(t *testing.T) {
	for _, c := range []struct {
		name   string
		edit   func(*plan.Document)
		broken func(p proposal) rollout.Step // that no agent follows
		want   string
	}{
		{"the second of two", renumbered, func(p proposal) rollout.Step { return p.waves(p.steps())[0].Turns[1][0] }, `
0s    lb02 published; waiting for its agent
1s    lb02 confirmed
1s    lb01 published; waiting for its agent
11s   going back: lb01 did not confirm in time: its agent has not loaded the plan yet
11s   lb01 published; waiting for its agent
11s   lb01 confirmed; Active for web/public/ipv4
11s   lb02 published; waiting for its agent
12s   lb02 confirmed
12s   exit 1: lb01 did not confirm in time: its agent has not loaded the plan yet; it was taken back. lb02 follows its previous plan, lb01 follows its previous plan
`},
		{"the first of two", renumbered, func(p proposal) rollout.Step { return p.waves(p.steps())[0].Turns[0][0] }, `
0s    lb02 published; waiting for its agent
10s   going back: lb02 did not confirm in time: its agent has not loaded the plan yet
10s   lb02 published; waiting for its agent
10s   lb02 confirmed
10s   lb01 follows its plan already
10s   exit 1: lb02 did not confirm in time: its agent has not loaded the plan yet; it was taken back. lb02 follows its previous plan, lb01 follows its previous plan
`},
		{"in the first wave", signing, func(p proposal) rollout.Step { return p.waves(p.steps())[0].Turns[1][0] }, `
0s    wave 1 of 3: take the old and the new
0s    lb02 published; waiting for its agent
1s    lb02 confirmed
1s    lb01 published; waiting for its agent
11s   going back: lb01 did not confirm in time: its agent has not loaded the plan yet
11s   lb01 published; waiting for its agent
11s   lb01 confirmed; Active for web/public/ipv4
11s   lb02 published; waiting for its agent
12s   lb02 confirmed
12s   exit 1: lb01 did not confirm in time: its agent has not loaded the plan yet; it was taken back. lb02 follows its previous plan, lb01 follows its previous plan
`},
		{"in the second wave", signing, func(p proposal) rollout.Step { return p.waves(p.steps())[1].Turns[1][0] }, `
0s    wave 1 of 3: take the old and the new
0s    lb02 published; waiting for its agent
1s    lb02 confirmed
1s    lb01 published; waiting for its agent
2s    lb01 confirmed; Active for web/public/ipv4
2s    wave 2 of 3: send the new
2s    lb02 published; waiting for its agent
3s    lb02 confirmed
3s    lb01 published; waiting for its agent
13s   going back: lb01 did not confirm in time: its agent has not loaded the plan yet
13s   wave 1 of 2: send the old again
13s   lb01 published; waiting for its agent
13s   lb01 confirmed; Active for web/public/ipv4
13s   lb02 published; waiting for its agent
14s   lb02 confirmed
14s   wave 2 of 2: no longer take the new
14s   lb01 published; waiting for its agent
15s   lb01 confirmed; Active for web/public/ipv4
15s   lb02 published; waiting for its agent
16s   lb02 confirmed
16s   exit 1: lb01 did not confirm in time: its agent has not loaded the plan yet; it was taken back. lb02 follows its previous plan, lb01 follows its previous plan
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := slowly("lb01", "lb02")
				p := m.proposal(c.edit)
				m.broken = append(m.broken, c.broken(p).Document.Hash)
				got, _ := takenBack(t, t.Context(), m, p)
				if d := udiff.Unified("want", "got", strings.TrimPrefix(c.want, "\n"), got); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

// A host that cannot be reached any more does not keep the others from going back, and
// it is said what is where. A host that had no plan gives everything up.
func TestRollbackOfWhatCannotBeReached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := slowly("lb01", "lb02")
		p := m.proposal(renumbered)
		p.Hosts[1].Stored, p.Hosts[1].Status.Plan.Hash = nil, "" // lb02, which goes first
		put := m.onPut
		m.onPut = func(host string, d *plan.Document) error {
			if host == "lb01" {
				return errors.New("no route to host")
			}
			return put(host, d)
		}
		got, err := takenBack(t, t.Context(), m, p)
		const want = `0s    lb02 published; waiting for its agent
1s    lb02 confirmed
1s    going back: publish plan of lb01: no route to host
1s    lb02 published; waiting for its agent
2s    lb02 confirmed
2s    lb01 follows its plan already
2s    exit 1: publish plan of lb01: no route to host; it was taken back. lb02 follows its previous plan, lb01 follows its previous plan
`
		if d := udiff.Unified("want", "got", want, got); d != "" || codeOf(err) != exitFailure {
			t.Error(d)
		}
		if routers := m.stored["lb02"].Plan.Routers; len(routers) != 0 {
			t.Errorf("lb02 has %v", routers)
		}
	})
}

// A check that was up before, and is down after a plan, stops the rollout.
func TestRollbackForACheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := slowly("lb01", "lb02")
		checked := func(host, state string) {
			r := *m.reports[host]
			r.Checks = []status.Check{{Name: "nginx", State: state, Cause: "connection refused"}}
			m.reports[host] = &r
		}
		checked("lb02", status.Up)
		put := m.onPut
		m.onPut = func(host string, d *plan.Document) error {
			time.AfterFunc(960*time.Millisecond, func() {
				m.mu.Lock()
				defer m.mu.Unlock()
				checked("lb02", map[bool]string{true: status.Up, false: status.Down}[d.Hash == version2("lb02").Hash])
			})
			return put(host, d)
		}
		got, _ := takenBack(t, t.Context(), m, m.proposal(renumbered))
		const want = `0s    lb02 published; waiting for its agent
1s    lb02 confirmed
11s   going back: check nginx of lb02 was up before and is down: connection refused
11s   lb02 published; waiting for its agent
12s   lb02 confirmed
12s   lb01 follows its plan already
12s   exit 1: check nginx of lb02 was up before and is down: connection refused; it was taken back. lb02 follows its previous plan, lb01 follows its previous plan
`
		if d := udiff.Unified("want", "got", want, got); d != "" {
			t.Error(d)
		}
	})
}

// An interruption is no failure: nothing is taken back.
func TestRollbackIsNotForInterruptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		got, _ := takenBack(t, ctx, slowly("lb01", "lb02"), slowly("lb01", "lb02").proposal(renumbered))
		if !strings.Contains(got, "interrupted; published, but not confirmed yet: lb02; not published: lb01. Apply again to go on") {
			t.Error(got)
		}
	})
}
