package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/rollout"
	"hactl/schemas/plan"
	"hactl/schemas/status"

	"github.com/aymanbagabas/go-udiff"
)

// memory is a plan store whose hosts do what a function says.
type memory struct {
	mu      sync.Mutex // its functions run from timers, too
	reports map[string]*status.Host
	onPut   func(host string, d *plan.Document) error
	onRead  func(host string) error
}

func (m *memory) PutPlan(_ context.Context, host string, data []byte) error {
	d, err := plan.Decode(data)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.onPut(host, d)
}

func (m *memory) Status(_ context.Context, host string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.onRead != nil {
		if err := m.onRead(host); err != nil {
			return nil, err
		}
	}
	if m.reports[host] == nil {
		return nil, fs.ErrNotExist
	}
	return status.Encode(m.reports[host]), nil
}

// follow makes host's report one of an agent that follows d, in state.
func (m *memory) follow(host string, d *plan.Document, state string) {
	m.reports[host] = reporting(host, d, state)
}

func reporting(host string, d *plan.Document, state string) *status.Host {
	s := &status.Host{Format: status.Format, Host: host, Written: time.Now(), State: status.Running}
	s.Plan.Hash = d.Hash
	for _, r := range d.Plan.Routers {
		s.Routers = append(s.Routers, status.Router{ID: r.ID, Vip: r.Vip, VRID: r.VRID, State: state, Priority: r.Priority})
	}
	return s
}

// pair returns the plans of two hosts with one vip.
func pair(vrid int) (lb01, lb02 *plan.Document) {
	document := func(host, other string, priority, others int) *plan.Document {
		p := plan.Plan{Host: host, Routers: []plan.Router{{
			ID: "web/public/ipv4", Vip: "web/public", Family: plan.IPv4, VRID: vrid, Version: 3, Priority: priority,
			AdvertInterval: 1000, Interface: "eth0", Group: "224.0.0.18", Checksum: plan.PseudoHeader,
			Preemption: plan.Preemption{Mode: plan.Always}, Announce: plan.Announce{Burst: 5},
			Addresses: []plan.Address{{Prefix: "10.0.0.100/24"}}, OnAgentLoss: plan.Release,
			Neighbours: []plan.Neighbour{{Host: other, Kind: plan.Hactl, Priority: others}},
		}}}
		return &plan.Document{Format: plan.Format, Hash: p.Hash(), Plan: p}
	}
	return document("lb01", "lb02", 254, 244), document("lb02", "lb01", 244, 254)
}

// longer adds an address to the plans of the pair: a change in place.
func longer(documents ...*plan.Document) {
	for _, d := range documents {
		r := &d.Plan.Routers[0]
		r.Addresses = append(r.Addresses, plan.Address{Prefix: "10.0.0.101/24"})
		d.Hash = d.Plan.Hash()
	}
}

// scenario runs a rollout of new1 and new2, where the VRID was 50, over lb02
// (Backup) and lb01 (Active) and returns what it told, with virtual times.
func scenario(t *testing.T, ctx context.Context, new1, new2 *plan.Document, act func(m *memory, host string, d *plan.Document) error) (string, error) {
	t.Helper()
	old1, old2 := pair(50)
	m := &memory{reports: map[string]*status.Host{}}
	m.follow("lb01", old1, status.Active)
	m.follow("lb02", old2, status.Backup)
	m.onPut = func(host string, d *plan.Document) error { return act(m, host, d) }
	p := proposal{Hosts: []proposed{
		{Known: fleet.Known{Host: "lb01", Stored: old1, Status: m.reports["lb01"], Alive: true}, Next: new1},
		{Known: fleet.Known{Host: "lb02", Stored: old2, Status: m.reports["lb02"], Alive: true}, Next: new2},
	}}
	return carried(t, ctx, m, p)
}

// carried carries p out over the hosts of m, and returns what it told.
func carried(t *testing.T, ctx context.Context, m rollout.Publisher, p proposal) (string, error) {
	t.Helper()
	r := p.rollout(nil, 10*time.Second)
	r.Store, r.Poll = m, 100*time.Millisecond
	return tells(ctx, r)
}

// tells carries r out, and returns what it told.
func tells(ctx context.Context, r *rollout.Plans) (string, error) {
	var told strings.Builder
	start := time.Now()
	r.Say = func(e rollout.Event) {
		if e.Kind != rollout.WaveEnded {
			fmt.Fprintf(&told, "%-5s %s\n", time.Since(start), strings.TrimSpace(e.Host+" "+e.Text))
		}
	}
	err := r.Run(ctx)
	if err != nil {
		fmt.Fprintf(&told, "%-5s exit %d: %v\n", time.Since(start), codeOf(err), err)
	}
	return told.String(), err
}

// stateOf is the state that a host of the pair has when all is well.
func stateOf(host string) string {
	if host == "lb01" {
		return status.Active
	}
	return status.Backup
}

func TestRollout(t *testing.T) {
	later := func(m *memory, d time.Duration, f func()) {
		time.AfterFunc(d, func() {
			m.mu.Lock()
			defer m.mu.Unlock()
			f()
		})
	}
	for name, c := range map[string]struct {
		inPlace bool // an address more; otherwise the VRID changes
		act     func(m *memory, host string, d *plan.Document) error
		want    string
	}{
		"each host is confirmed before the next": {
			act: func(m *memory, host string, d *plan.Document) error {
				later(m, 950*time.Millisecond, func() { m.follow(host, d, stateOf(host)) })
				return nil
			},
			want: `
0s    lb02 published; waiting for its agent
1s    lb02 confirmed
1s    lb01 published; waiting for its agent
2s    lb01 confirmed; Active for web/public/ipv4
`},
		"the store refuses": {
			act: func(*memory, string, *plan.Document) error { return errors.New("disk full") },
			want: `
0s    exit 1: publish plan of lb02: disk full; not published: lb02, lb01. Apply again to go on
`},
		"a host reports a failure that stands": {
			act: func(m *memory, host string, d *plan.Document) error {
				s := *m.reports[host]
				s.Problem = "secret file is missing"
				m.reports[host] = &s
				return nil
			},
			want: `
0s    lb02 published; waiting for its agent
3s    exit 1: lb02 reports a failure: secret file is missing; not published: lb01. Apply again to go on
`},
		"a problem that passes is none": {
			act: func(m *memory, host string, d *plan.Document) error {
				s := *m.reports[host]
				s.Problem = "secret file is missing"
				m.reports[host] = &s
				later(m, 1950*time.Millisecond, func() { m.follow(host, d, stateOf(host)) })
				return nil
			},
			want: `
0s    lb02 published; waiting for its agent
2s    lb02 confirmed
2s    lb01 published; waiting for its agent
4s    lb01 confirmed; Active for web/public/ipv4
`},
		"a host does not confirm in time": {
			act: func(m *memory, host string, d *plan.Document) error { return nil },
			want: `
0s    lb02 published; waiting for its agent
10s   exit 3: lb02 did not confirm in time: its agent has not loaded the plan yet; not published: lb01. Apply again to go on
`},
		"a host goes away meanwhile": {
			act: func(m *memory, host string, d *plan.Document) error {
				m.onRead = func(string) error { return errors.New("no route to host") }
				return nil
			},
			want: `
0s    lb02 published; waiting for its agent
10s   exit 3: lb02 did not confirm in time: read status of lb02: no route to host; not published: lb01. Apply again to go on
`},
		"and comes back": {
			act: func(m *memory, host string, d *plan.Document) error {
				m.onRead = func(string) error { return errors.New("no route to host") }
				later(m, 4950*time.Millisecond, func() {
					m.onRead = nil
					m.follow(host, d, stateOf(host))
				})
				return nil
			},
			want: `
0s    lb02 published; waiting for its agent
5s    lb02 confirmed
5s    lb01 published; waiting for its agent
10s   lb01 confirmed; Active for web/public/ipv4
`},
		"the address has left its host before the other has it": {
			act: func(m *memory, host string, d *plan.Document) error {
				m.follow(host, d, stateOf(host))
				s := *m.reports["lb01"]
				s.Routers = []status.Router{{ID: "web/public/ipv4", State: "backup"}}
				m.reports["lb01"] = &s
				return nil
			},
			want: `
0s    lb02 published; waiting for its agent
0s    lb02 confirmed
10s   exit 1: web/public/ipv4 is Active nowhere; not published: lb01. Apply again to go on
`},
		"two Actives of which the change is not to blame": {
			inPlace: true,
			act: func(m *memory, host string, d *plan.Document) error {
				m.follow(host, d, status.Active)
				return nil
			},
			want: `
0s    lb02 published; waiting for its agent
0s    lb02 confirmed; Active for web/public/ipv4
10s   exit 1: web/public/ipv4 is Active on lb01 and lb02 at once; not published: lb01. Apply again to go on
`},
		"two Actives until an election has ended": {
			inPlace: true,
			act: func(m *memory, host string, d *plan.Document) error {
				m.follow(host, d, status.Active)
				later(m, 950*time.Millisecond, func() { m.follow(host, d, stateOf(host)) })
				return nil
			},
			want: `
0s    lb02 published; waiting for its agent
0s    lb02 confirmed; Active for web/public/ipv4
1s    lb01 published; waiting for its agent
1s    lb01 confirmed; Active for web/public/ipv4
`},
		"two Actives in the end": {
			act: func(m *memory, host string, d *plan.Document) error {
				m.follow(host, d, status.Active)
				return nil
			},
			want: `
0s    lb02 published; waiting for its agent
0s    lb02 confirmed; Active for web/public/ipv4
0s    lb01 published; waiting for its agent
0s    lb01 confirmed; Active for web/public/ipv4
10s   exit 1: every host confirmed, but web/public/ipv4 is Active on lb01 and lb02 at once
`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				new1, new2 := pair(51)
				if c.inPlace {
					new1, new2 = pair(50)
					longer(new1, new2)
				}
				got, _ := scenario(t, t.Context(), new1, new2, c.act)
				if d := udiff.Unified("want", "got", strings.TrimPrefix(c.want, "\n"), got); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

// Ctrl-C says what was not done. Applied again, it goes on there.
func TestRolloutInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		new1, new2 := pair(51)
		got, err := scenario(t, ctx, new1, new2, func(m *memory, host string, d *plan.Document) error {
			if host == "lb02" {
				m.follow(host, d, stateOf(host))
				m.reports["lb01"] = &status.Host{Format: 1, Host: "lb01", Written: time.Now(), State: status.Running} // holds the rollout
			}
			return nil
		})
		const want = `0s    lb02 published; waiting for its agent
0s    lb02 confirmed
2.5s  exit 1: interrupted; not published: lb01. Apply again to go on
`
		if d := udiff.Unified("want", "got", want, got); d != "" {
			t.Error(d)
		}
		if codeOf(err) != exitFailure {
			t.Errorf("exit code %d", codeOf(err))
		}
	})
}

// Ctrl-C after the last plan says who has not confirmed.
func TestRolloutInterruptedAtTheEnd(t *testing.T) {
	for name, c := range map[string]struct {
		lb01 string // its state, empty: it never confirms
		want string
	}{
		"while one has not confirmed": {want: `0s    lb02 published; waiting for its agent
0s    lb02 confirmed
0s    lb01 published; waiting for its agent
2.5s  exit 1: interrupted; published, but not confirmed yet: lb01. All plans are published; apply again to wait for these
`},
		"while no router has its Active yet": {lb01: status.Backup, want: `0s    lb02 published; waiting for its agent
0s    lb02 confirmed
0s    lb01 published; waiting for its agent
0s    lb01 confirmed
2.5s  exit 1: interrupted; every host has confirmed, but it was not seen whether each router has one Active
`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
				defer cancel()
				new1, new2 := pair(51)
				got, _ := scenario(t, ctx, new1, new2, func(m *memory, host string, d *plan.Document) error {
					if host == "lb02" {
						m.follow(host, d, status.Backup)
					} else if c.lb01 != "" {
						m.follow(host, d, c.lb01)
					}
					return nil
				})
				if d := udiff.Unified("want", "got", c.want, got); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

// An agent that has started just now, and has not seen its plan when it reports for
// the first time, has refused nothing.
func TestFirstReportWithoutPlan(t *testing.T) {
	lb01, _ := pair(50)
	r := reporting("lb01", lb01, status.Backup)
	r.Plan, r.Routers, r.Problem = status.Plan{}, nil, status.NoPlan+"lb01 yet; hactl apply brings one"
	if o := fleet.Judge(lb01, nil, r); o.Confirmed || o.Failed != "" || o.Missing == "" {
		t.Errorf("got %+v", o)
	}
	r.Problem = "damaged plan"
	if o := fleet.Judge(lb01, nil, r); o.Failed != "damaged plan" {
		t.Errorf("got %+v", o)
	}
}
