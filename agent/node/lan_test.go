package node

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hactl/agent/packet"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// TestFewerFailuresWin connects two to four hosts by lossless segments, lets
// checks of all hosts fail and recover at random instants, and checks who has
// the addresses then: under "always" the host with the fewest failed checks, of
// several the first in order; under "never" exactly one, and the best after a
// failure of its own. Nobody gives an address up without a successor.
func TestFewerFailuresWin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLAN(t, plan.Demote)
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			l.flip()
			l.pause()
		}
		l.run(settled)
		active := l.active()
		if l.mode == plan.Always && active != l.best() {
			t.Fatalf("failures %v: %v is Active, want host %d", l.failures(), active, l.best())
		}
		if active < 0 || l.gap > 0 {
			t.Fatalf("failures %v: host %d is Active; addresses were on no host for %v", l.failures(), active, l.gap)
		}
		if c := slices.Index(l.hosts[active].failed, false); c >= 0 {
			l.turn(active, c)
			l.run(settled)
			if next := l.active(); next != l.best() || l.gap > 0 {
				t.Fatalf("failures %v: %v is Active, want host %d; addresses were on no host for %v", l.failures(), next, l.best(), l.gap)
			}
		}
	})
}

// TestFaultsAreNotEligible is the same for the effect fault: the first host
// without a failed check, or none.
func TestFaultsAreNotEligible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLAN(t, plan.Fault)
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			l.flip()
			l.pause()
		}
		l.run(settled)
		active, best := l.active(), l.best()
		if l.failures()[best] > 0 {
			best = -1
		}
		if l.mode == plan.Always && active != best {
			t.Fatalf("failures %v: host %d is Active, want %d", l.failures(), active, best)
		}
		if active >= 0 && l.failures()[active] > 0 {
			t.Fatalf("failures %v: host %d is Active", l.failures(), active)
		}
	})
}

// settled is long enough for every election.
const settled = 15 * time.Second

// lan is a number of hosts on the segments eth0, eth1, … with one vip each.
type lan struct {
	t      *rapid.T
	mode   plan.Mode
	checks int
	vips   int           // more than one are a unit
	delay  time.Duration // of every packet: none overtakes another
	now    vrrp.Instant
	hosts  []*lanHost
	wire   []frame // in the order of arrival
	hooks  []plan.Hook
	runs   []run // of hooks, in the order of their ends

	claimed bool          // somebody has been Active
	gap     time.Duration // for which a vip was on no host after that
}

// lanHost is one host and the state of its checks.
type lanHost struct {
	node     *Node
	deadline vrrp.Instant
	failed   []bool
}

// frame is on its way to all hosts but one.
type frame struct {
	arrives vrrp.Instant
	from    int
	in      Input
}

// newLAN starts hosts one after the other and waits until one is Active. The
// priorities are those that the compiler deals out.
func newLAN(t *rapid.T, effect plan.Effect, hooks ...plan.Hook) *lan {
	l := &lan{t: t, hooks: hooks, checks: rapid.IntRange(1, 3).Draw(t, "checks"), vips: rapid.IntRange(1, 2).Draw(t, "vips")}
	l.mode = rapid.SampledFrom([]plan.Mode{plan.Always, plan.Never}).Draw(t, "mode")
	l.delay = time.Duration(rapid.IntRange(0, 2000).Draw(t, "delay")) * time.Microsecond
	n := rapid.IntRange(2, 4).Draw(t, "hosts")
	step := min(10, 253/(n*(l.checks+1)-1))
	for i := range n {
		l.join(i, 254-step*i, effect, step*n)
		l.run(time.Duration(rapid.IntRange(0, 2000).Draw(t, "start")) * time.Millisecond)
	}
	l.run(settled)
	return l
}

// join starts host i.
func (l *lan) join(i, priority int, effect plan.Effect, cost int) {
	h := &lanHost{node: New(), failed: make([]bool, l.checks)}
	l.hosts = append(l.hosts, h)
	p := &plan.Plan{Host: fmt.Sprintf("lb%d", i)}
	for c := range l.checks {
		p.Checks = append(p.Checks, check(fmt.Sprint("c", c), plan.Up))
	}
	links := Links{}
	for v := range l.vips {
		name := fmt.Sprint("eth", v)
		links.Links = append(links.Links, Link{
			Index: 2 + v, Name: name, MAC: net.HardwareAddr{2, 0, 0, 0, byte(v), byte(i)}, MTU: 1500, Up: true, Running: true,
			Addresses: []Assigned{{Prefix: netip.MustParsePrefix(fmt.Sprintf("10.%d.0.%d/24", v, 9-i))}},
		})
		p.Routers = append(p.Routers, l.router(v, priority, 254, effect, cost))
	}
	l.step(i, links)
	l.step(i, Plan{Plan: p})
	l.step(i, Sockets{Open: h.node.Sockets()})
}

// router is that of vip v.
func (l *lan) router(v, priority, rival int, effect plan.Effect, cost int) plan.Router {
	return router4(func(r *plan.Router) {
		r.ID, r.Vip, r.Interface = fmt.Sprintf("lan/v%d/ipv4", v), fmt.Sprint("lan/v", v), fmt.Sprint("eth", v)
		r.VRID, r.Priority, r.Preemption.Mode = 1+v, priority, l.mode
		r.Addresses = []plan.Address{{Prefix: fmt.Sprintf("10.%d.0.100/24", v)}}
		if l.mode == plan.Delayed {
			r.Preemption.Delay = 10_000
		}
		r.Hooks = l.hooks
		r.Neighbours = []plan.Neighbour{{Host: "other", Kind: plan.Hactl, Priority: rival}}
		if l.vips > 1 {
			r.Unit = "lan"
		}
		for c := range l.checks {
			track := plan.Track{Check: fmt.Sprint("c", c), Effect: effect}
			if effect != plan.Fault {
				track.Weight = -cost
			}
			r.Tracks = append(r.Tracks, track)
		}
	})
}

// step tells one host one input, and puts what it sends on the wire.
func (l *lan) step(i int, in Input) {
	res := l.hosts[i].node.Step(l.now, in)
	l.hosts[i].deadline = res.Deadline
	arrives := l.now.Add(l.delay)
	for _, e := range res.Effects {
		switch e := e.(type) {
		case *Send:
			l.wire = append(l.wire, frame{arrives, i, Received{
				Socket: e.Socket, Header: packet.Header{Source: e.Source, Destination: e.Destination, TTL: 255}, Payload: slices.Clone(e.Payload),
			}})
		case Announce:
			mac, address, _ := packet.ParseAnnouncement(e.Frame)
			l.wire = append(l.wire, frame{arrives, i, Announced{Interface: e.Interface, Address: address, MAC: mac}})
		case Run:
			l.runs = append(l.runs, run{l.now.Add(hookTakes), i, Ran{e.Number}})
		}
	}
}

// run lets time pass: what arrives is read before timers fire.
func (l *lan) run(d time.Duration) {
	for end := l.now.Add(d); ; {
		next, who := end, -1
		for i, h := range l.hosts {
			if h.deadline != vrrp.Never && h.deadline < next {
				next, who = h.deadline, i
			}
		}
		if len(l.runs) > 0 && l.runs[0].ends <= next && (len(l.wire) == 0 || l.runs[0].ends <= l.wire[0].arrives) {
			r := l.runs[0]
			l.runs = l.runs[1:]
			l.pass(r.ends)
			l.step(r.host, r.in)
			continue
		}
		if len(l.wire) > 0 && l.wire[0].arrives <= next {
			f := l.wire[0]
			l.wire = l.wire[1:]
			l.pass(f.arrives)
			for i := range l.hosts {
				if i != f.from {
					l.step(i, f.in)
				}
			}
			continue
		}
		l.pass(next)
		if who < 0 {
			return
		}
		l.step(who, Timeout{})
	}
}

// pass moves the clock on.
func (l *lan) pass(to vrrp.Instant) {
	to = max(to, l.now)
	held := 0
	for v := range l.vips {
		if slices.ContainsFunc(l.hosts, func(h *lanHost) bool { return h.holds(v) }) {
			held++
		}
	}
	l.claimed = l.claimed || held == l.vips
	if l.claimed && held < l.vips {
		l.gap += to.Sub(l.now)
	}
	l.now = to
}

// holds reports whether a host has the address of vip v.
func (h *lanHost) holds(v int) bool {
	return slices.ContainsFunc(h.node.Wishes().Addresses, func(w Wish) bool { return w.Interface == fmt.Sprint("eth", v) })
}

// pause lets some time pass until the next check changes: longer than packets
// are on their way, since a claim that crosses a withdrawn one leaves both
// hosts Backup for a Skew_Time.
func (l *lan) pause() {
	l.run(time.Duration(rapid.IntRange(5, 4000).Draw(l.t, "pause")) * time.Millisecond)
}

// flip lets any check of any host fail or recover.
func (l *lan) flip() {
	l.turn(rapid.IntRange(0, len(l.hosts)-1).Draw(l.t, "host"), rapid.IntRange(0, l.checks-1).Draw(l.t, "check"))
}

// turn lets one check fail, or recover.
func (l *lan) turn(i, c int) {
	h := l.hosts[i]
	h.failed[c] = !h.failed[c]
	l.step(i, Checked{Name: fmt.Sprint("c", c), Health: map[bool]Health{false: Up, true: Down}[h.failed[c]], Cause: "test"})
}

// failures returns how many checks have failed on each host.
func (l *lan) failures() []int {
	var all []int
	for _, h := range l.hosts {
		n := 0
		for _, failed := range h.failed {
			if failed {
				n++
			}
		}
		all = append(all, n)
	}
	return all
}

// best returns the host that should have the addresses.
func (l *lan) best() int {
	failures := l.failures()
	return slices.Index(failures, slices.Min(failures))
}

// active returns the host whose routers are all Active while all others are
// not; -1 when all are not. Anything between fails.
func (l *lan) active() int {
	l.t.Helper()
	who := -1
	for i, h := range l.hosts {
		n := 0
		for _, r := range h.node.all() {
			if r.machine.State() == vrrp.Active {
				n++
			}
		}
		switch {
		case n > 0 && (n < l.vips || who >= 0):
			l.t.Fatalf("%d of %d vips are Active on host %d, and host %d is Active", n, l.vips, i, who)
		case n > 0:
			who = i
		}
	}
	return who
}
