package main

import (
	"testing"
	"testing/synctest"
	"time"

	"hactl/schemas/plan"
	"hactl/schemas/status"

	"github.com/aymanbagabas/go-udiff"
)

// A check that the plan changes has to succeed once more before the next host follows;
// one that runs too seldom is not waited for.
func TestRolloutWaitsForChangedChecks(t *testing.T) {
	for name, c := range map[string]struct {
		interval int
		want     string
	}{
		"soon": {1000, `0s    lb02 published; waiting for its agent
4s    lb02 confirmed
4s    lb01 published; waiting for its agent
5s    lb01 confirmed; Active for web/public/ipv4
`},
		"seldom": {60_000, `0s    lb02 published; waiting for its agent
1s    lb02 confirmed
1s    lb01 published; waiting for its agent
2s    lb01 confirmed; Active for web/public/ipv4
`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := slowly("lb01", "lb02")
				p := m.proposal(renumbered)
				probed := plan.Check{Name: "nginx", TCP: &plan.TCPProbe{Address: "127.0.0.1:80"}, Interval: c.interval, Timeout: 1000, Fall: 3, Rise: 1, Initial: plan.Unknown}
				ran := func(d *plan.Document, at time.Time) {
					r := *m.reports["lb02"]
					r.Plan.Hash, r.Plan.Loaded = d.Hash, time.Now()
					r.Checks = []status.Check{{Name: "nginx", State: status.Up, Ran: at}}
					m.reports["lb02"] = &r
				}
				ran(m.stored["lb02"], time.Now())
				p.Hosts[1].Status = m.reports["lb02"]
				put := m.onPut
				m.onPut = func(host string, d *plan.Document) error {
					if err := put(host, d); host != "lb02" {
						return err
					}
					for _, after := range []time.Duration{960 * time.Millisecond, 3950 * time.Millisecond} {
						time.AfterFunc(after, func() {
							m.mu.Lock()
							defer m.mu.Unlock()
							now := time.Now()
							ran(d, now.Add(-time.Second))
							m.reports["lb02"].Plan.Loaded = now.Add(960*time.Millisecond - after)
						})
					}
					return nil
				}
				r := p.rollout(nil, time.Minute)
				r.Waves[0].Turns[0][0].Retried = []plan.Check{probed}
				r.Store, r.Poll = m, 100*time.Millisecond
				got, _ := tells(t.Context(), r)
				if d := udiff.Unified("want", "got", c.want, got); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

// What a plan changes is what both plans have, and not in the same way.
func TestChangedChecks(t *testing.T) {
	check := func(name, address string) plan.Check {
		return plan.Check{Name: name, TCP: &plan.TCPProbe{Address: address}, Interval: 1000, Timeout: 1000, Fall: 3, Rise: 1, Initial: plan.Unknown}
	}
	was := &plan.Plan{Checks: []plan.Check{check("gone", "127.0.0.1:1"), check("nginx", "127.0.0.1:80"), check("same", "127.0.0.1:2")}}
	is := &plan.Plan{Checks: []plan.Check{check("new", "127.0.0.1:3"), check("nginx", "127.0.0.1:81"), check("same", "127.0.0.1:2")}}
	got := changedChecks(was, is)
	if len(got) != 1 || got[0].Name != "nginx" || got[0].TCP.Address != "127.0.0.1:81" {
		t.Errorf("got %v", got)
	}
}
