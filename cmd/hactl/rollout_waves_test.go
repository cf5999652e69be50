package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/plan"
	"hactl/schemas/status"

	"github.com/aymanbagabas/go-udiff"
)

// Clusters that share no host go side by side, each with its backup first.
func TestRolloutSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{reports: map[string]*status.Host{}}
		m.onPut = func(host string, d *plan.Document) error {
			time.AfterFunc(950*time.Millisecond, func() {
				m.mu.Lock()
				defer m.mu.Unlock()
				m.follow(host, d, stateOf(strings.Replace(host, "mx", "lb", 1)))
			})
			return nil
		}
		var p proposal
		for _, cluster := range []string{"lb", "mx"} {
			old1, old2 := named(cluster, 50)
			new1, new2 := named(cluster, 51)
			for _, d := range [][2]*plan.Document{{old1, new1}, {old2, new2}} {
				host := d[0].Plan.Host
				m.follow(host, d[0], stateOf(strings.Replace(host, "mx", "lb", 1)))
				p.Hosts = append(p.Hosts, proposed{Known: fleet.Known{Host: host, Stored: d[0], Status: m.reports[host], Alive: true}, Next: d[1]})
			}
		}
		got, _ := carried(t, t.Context(), m, p)
		if d := udiff.Unified("want", "got", `0s    lb02 published; waiting for its agent
0s    mx02 published; waiting for its agent
1s    lb02 confirmed
1s    mx02 confirmed
1s    lb01 published; waiting for its agent
1s    mx01 published; waiting for its agent
2s    lb01 confirmed; Active for lb/public/ipv4
2s    mx01 confirmed; Active for mx/public/ipv4
`, got); d != "" {
			t.Error(d)
		}
	})
}

// What neighbours must agree on changes in three waves, each confirmed by all hosts
// before the next. Interrupted anywhere and applied again, it goes on from there.
func TestRolloutInWaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := slowly("lb01", "lb02")
		got, err := carried(t, t.Context(), m, m.proposal(signing))
		if d := udiff.Unified("want", "got", `0s    wave 1 of 3: take the old and the new
0s    lb02 published; waiting for its agent
1s    lb02 confirmed
1s    lb01 published; waiting for its agent
2s    lb01 confirmed; Active for web/public/ipv4
2s    wave 2 of 3: send the new
2s    lb02 published; waiting for its agent
3s    lb02 confirmed
3s    lb01 published; waiting for its agent
4s    lb01 confirmed; Active for web/public/ipv4
4s    wave 3 of 3: no longer take the old
4s    lb02 published; waiting for its agent
5s    lb02 confirmed
5s    lb01 published; waiting for its agent
6s    lb01 confirmed; Active for web/public/ipv4
`, got); d != "" || err != nil {
			t.Error(err, d)
		}
	})
	for stop := 500 * time.Millisecond; stop < 6*time.Second; stop += time.Second {
		synctest.Test(t, func(t *testing.T) {
			m := slowly("lb01", "lb02")
			ctx, cancel := context.WithTimeout(t.Context(), stop)
			defer cancel()
			if got, err := carried(t, ctx, m, m.proposal(signing)); err == nil || !strings.Contains(got, "Apply again to go on") && !strings.Contains(got, "apply again to wait") {
				t.Errorf("interrupted after %s: %v\n%s", stop, err, got)
			}
			<-time.After(time.Second) // what was published is followed meanwhile
			before := m.puts
			if got, err := carried(t, t.Context(), m, m.proposal(signing)); err != nil {
				t.Errorf("after an interruption at %s: %v\n%s", stop, err, got)
			}
			if n := m.puts; n != 6 {
				t.Errorf("interrupted at %s, after %d of the plans: %d were published, want 6", stop, before, n)
			}
		})
	}
}

// Interrupted before a host had taken up what the store has, a change-over goes on only
// when it has.
func TestRolloutWaitsForWhatIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := slowly("lb01", "lb02")
		p := m.proposal(signing)
		for _, turn := range p.waves(p.steps())[0].Turns {
			m.stored[turn[0].Host] = turn[0].Document
		}
		m.follow("lb02", m.stored["lb02"], status.Backup)
		time.AfterFunc(4950*time.Millisecond, func() {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.follow("lb01", m.stored["lb01"], status.Active)
		})
		got, err := carried(t, t.Context(), m, m.proposal(signing))
		if want := `0s    lb01 published; waiting for its agent
5s    lb01 confirmed; Active for web/public/ipv4
5s    wave 1 of 2: send the new
5s    lb02 published; waiting for its agent
`; !strings.HasPrefix(got, want) || err != nil {
			t.Error(err, udiff.Unified("want", "got", want, got))
		}
	})
}

// A desk whose clock is ahead takes every report for an old one: each wave waits for
// all hosts of the one before all the same, also when it is applied again.
func TestRolloutWavesByOldReports(t *testing.T) {
	old := func(m *pairMemory) {
		m.onRead = func(host string) error {
			m.reports[host].Written = time.Now().Add(-2 * time.Minute)
			return nil
		}
	}
	unheard := func(m *pairMemory) proposal {
		p := m.proposal(signing)
		for i := range p.Hosts {
			p.Hosts[i].Alive = false
		}
		return p
	}
	synctest.Test(t, func(t *testing.T) {
		m := slowly("lb01", "lb02")
		old(m)
		got, _ := carried(t, t.Context(), m, unheard(m))
		var waves []string
		for line := range strings.Lines(got) {
			if at, what, _ := strings.Cut(line, " "); !strings.Contains(line, "published") && !strings.Contains(line, "exit") {
				waves = append(waves, at+" "+strings.TrimLeft(what, " "))
			}
		}
		if d := udiff.Unified("want", "got", `0s wave 1 of 3: take the old and the new
1s lb02 confirmed
1s lb01 confirmed; Active for web/public/ipv4
1s wave 2 of 3: send the new
2s lb02 confirmed
2s lb01 confirmed; Active for web/public/ipv4
2s wave 3 of 3: no longer take the old
3s lb02 confirmed
3s lb01 confirmed; Active for web/public/ipv4
`, strings.Join(waves, "")); d != "" {
			t.Error(d, got)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		m := slowly("lb01", "lb02")
		old(m)
		p := unheard(m)
		for _, turn := range p.waves(p.steps())[0].Turns {
			m.broken = append(m.broken, turn[0].Document.Hash)
		}
		for range 2 {
			got, err := carried(t, t.Context(), m, unheard(m))
			for _, want := range []string{"lb01 did not confirm in time", "lb02 did not confirm in time", "; not published: lb02, lb01. Apply again to go on"} {
				if codeOf(err) != exitUnconfirmed || !strings.Contains(err.Error(), want) {
					t.Errorf("%v, want %q\n%s", err, want, got)
				}
			}
			if m.puts != 2 {
				t.Errorf("%d plans were published, want the 2 of the first wave\n%s", m.puts, got)
			}
		}
	})
}

// signing gives routers a password.
func signing(d *plan.Document) {
	r := &d.Plan.Routers[0]
	r.Auth = &plan.Auth{Type: plan.AuthPass, Secret: "s3cret"}
	d.Hash = d.Plan.Hash()
}

// slowly is a memory whose hosts, of a pair that speaks version 2, follow each
// plan after 950 ms. It counts what is published, and fails what is split.
func slowly(hosts ...string) *pairMemory {
	m := &pairMemory{memory: memory{reports: map[string]*status.Host{}}, stored: map[string]*plan.Document{}}
	for _, host := range hosts {
		m.stored[host] = version2(host)
		m.follow(host, m.stored[host], stateOf(host))
	}
	m.onPut = func(host string, d *plan.Document) error {
		m.puts++
		m.stored[host] = d
		time.AfterFunc(950*time.Millisecond, func() {
			m.mu.Lock()
			defer m.mu.Unlock()
			if !slices.Contains(m.broken, d.Hash) {
				m.follow(host, d, stateOf(host))
			}
		})
		return nil
	}
	return m
}

// pairMemory is a memory that knows what it stores.
type pairMemory struct {
	memory
	stored map[string]*plan.Document
	broken []string // hashes of plans that no host follows
	puts   int
}

// version2 is the plan of a host of the pair.
func version2(host string) *plan.Document {
	first, second := pair(50)
	for _, d := range []*plan.Document{first, second} {
		d.Plan.Routers[0].Version = 2
		d.Hash = d.Plan.Hash()
	}
	return map[string]*plan.Document{"lb01": first, "lb02": second}[host]
}

// proposal is that of the pair's plans after edit.
func (m *pairMemory) proposal(edit func(*plan.Document)) proposal {
	m.mu.Lock()
	defer m.mu.Unlock()
	var p proposal
	for _, host := range []string{"lb01", "lb02"} {
		next := version2(host)
		edit(next)
		p.Hosts = append(p.Hosts, proposed{Known: fleet.Known{Host: host, Stored: m.stored[host], Status: m.reports[host], Alive: true}, Next: next})
	}
	return p
}

// named is pair for a cluster of that name, whose hosts are called after it.
func named(cluster string, vrid int) (first, second *plan.Document) {
	first, second = pair(vrid)
	for _, d := range []*plan.Document{first, second} {
		r := &d.Plan.Routers[0]
		d.Plan.Host = strings.Replace(d.Plan.Host, "lb", cluster, 1)
		r.ID, r.Vip = cluster+"/public/ipv4", cluster+"/public"
		r.Neighbours[0].Host = strings.Replace(r.Neighbours[0].Host, "lb", cluster, 1)
		d.Hash = d.Plan.Hash()
	}
	return first, second
}
