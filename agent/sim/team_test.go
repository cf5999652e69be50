package sim

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hactl/schemas/plan"
)

var update = flag.Bool("update", false, "rewrite testdata/sim")

// settled is long enough for every election.
const settled = 15 * time.Second

// hookTakes is how long each hook takes.
const hookTakes = 350 * time.Millisecond

// fataler is a test of either kind.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

var _, _ fataler = (*testing.T)(nil), (*rapid.T)(nil)

// team is hosts lb0, lb1, … on the segments eth0, eth1, … with one vip each, all of
// which track the same checks.
type team struct {
	*LAN
	t      fataler
	mode   plan.Mode
	checks int
	vips   int // more than one are a unit
	effect plan.Effect
	cost   int // of a failure, but for fault
	hooks  []plan.Hook
	failed [][]bool // by host and check
}

// drawTeam starts hosts one after the other and waits until one is Active. The
// priorities are those that the compiler deals out.
func drawTeam(t *rapid.T, effect plan.Effect, hooks ...plan.Hook) *team {
	m := &team{t: t, effect: effect, hooks: hooks}
	m.checks, m.vips = rapid.IntRange(1, 3).Draw(t, "checks"), rapid.IntRange(1, 2).Draw(t, "vips")
	m.mode = rapid.SampledFrom([]plan.Mode{plan.Always, plan.Never}).Draw(t, "mode")
	m.LAN = New(time.Duration(rapid.IntRange(0, 2000).Draw(t, "delay"))*time.Microsecond, hookTakes)
	n := rapid.IntRange(2, 4).Draw(t, "hosts")
	step := min(10, 253/(n*(m.checks+1)-1))
	m.cost = step * n
	for i := range n {
		m.join(254 - step*i)
		m.Run(time.Duration(rapid.IntRange(0, 2000).Draw(t, "start")) * time.Millisecond)
	}
	m.Run(settled)
	return m
}

func name(host int) string { return fmt.Sprint("lb", host) }

func vip(v int) string { return fmt.Sprint("lan/v", v) }

// join starts the next host.
func (m *team) join(priority int) {
	p := &plan.Plan{Host: name(len(m.failed))}
	for c := range m.checks {
		p.Checks = append(p.Checks, plan.Check{
			Name: fmt.Sprint("c", c), Interval: 1000, Timeout: 1000, Fall: 1, Rise: 1, Initial: plan.Up,
			File: &plan.FileProbe{Path: "/run/ready", Expect: plan.Exists},
		})
	}
	for v := range m.vips {
		p.Routers = append(p.Routers, m.router(v, priority))
	}
	if err := p.Validate(); err != nil {
		m.t.Fatalf("plan: %v", err)
	}
	m.failed = append(m.failed, make([]bool, m.checks))
	m.Join(p)
}

// router is that of vip v.
func (m *team) router(v, priority int) plan.Router {
	r := plan.Router{
		ID: vip(v) + "/ipv4", Vip: vip(v), Family: plan.IPv4, VRID: 1 + v, Version: 3, Priority: priority,
		AdvertInterval: 1000, Interface: fmt.Sprint("eth", v), Group: "224.0.0.18", Checksum: plan.PseudoHeader,
		Preemption: plan.Preemption{Mode: m.mode}, Announce: plan.Announce{Burst: 5, Repeat: 5000},
		Addresses: []plan.Address{{Prefix: fmt.Sprintf("10.%d.0.100/24", v)}}, OnAgentLoss: plan.Release,
		Neighbours: []plan.Neighbour{{Host: "other", Kind: plan.Hactl, Priority: 254}}, Hooks: m.hooks,
	}
	if m.mode == plan.Delayed {
		r.Preemption.Delay = 10_000
	}
	if m.vips > 1 {
		r.Unit = "lan"
	}
	for c := range m.checks {
		track := plan.Track{Check: fmt.Sprint("c", c), Effect: m.effect}
		if m.effect != plan.Fault {
			track.Weight = -m.cost
		}
		r.Tracks = append(r.Tracks, track)
	}
	return r
}

// pause lets some time pass until the next check changes: longer than packets
// are on their way, since a claim that crosses a withdrawn one leaves both
// hosts Backup for a Skew_Time.
func (m *team) pause(t *rapid.T) {
	m.Run(time.Duration(rapid.IntRange(5, 4000).Draw(t, "pause")) * time.Millisecond)
}

// flip lets any check of any host fail or recover.
func (m *team) flip(t *rapid.T) {
	m.turn(rapid.IntRange(0, len(m.failed)-1).Draw(t, "host"), rapid.IntRange(0, m.checks-1).Draw(t, "check"))
}

// turn lets one check fail, or recover.
func (m *team) turn(host, check int) {
	m.failed[host][check] = !m.failed[host][check]
	m.Check(name(host), fmt.Sprint("c", check), !m.failed[host][check])
}

// failures returns how many checks have failed on each host.
func (m *team) failures() []int {
	var all []int
	for _, checks := range m.failed {
		n := 0
		for _, failed := range checks {
			if failed {
				n++
			}
		}
		all = append(all, n)
	}
	return all
}

// best returns the host that should have the addresses.
func (m *team) best() int {
	failures := m.failures()
	return slices.Index(failures, slices.Min(failures))
}

// gap returns for how long a vip was on no host: the longest of all vips.
func (m *team) gap() time.Duration {
	var most time.Duration
	for v := range m.vips {
		most = max(most, m.Gap(vip(v)))
	}
	return most
}

// active returns the host whose routers are all Active while all others are
// not; -1 when all are not. Anything between fails.
func (m *team) active() int {
	m.t.Helper()
	first, _ := m.Active(vip(0))
	for v := range m.vips {
		hosts, whole := m.Active(vip(v))
		if len(hosts) > 1 || !whole || !slices.Equal(hosts, first) {
			m.t.Fatalf("%v are Active for %s, %v for %s", hosts, vip(v), first, vip(0))
		}
	}
	for i := range m.failed {
		if len(first) > 0 && first[0] == name(i) {
			return i
		}
	}
	return -1
}
