package agent_test

import (
	"cmp"
	"flag"
	"fmt"
	"testing"
	"time"

	"hactl/schemas/plan"
)

// hactl beside keepalived, on the same hosts at the same time. It is a
// measurement: "make bench" writes docs/benchmarks.md.

var (
	rounds = flag.Int("rounds", 0, "measure hactl beside keepalived, in so many rounds of each incident")
	page   = flag.String("page", "", "write what was measured to this `file`, as Markdown")
)

// incident is what happens to lb01.
type incident struct {
	name   string // for tests
	title  string // for the page
	ours   []func(*plan.Router)
	theirs string                                // lines of each of keepalived's instances
	happen func(*scene) (ours, theirs time.Time) // makes it happen, and tells when it did, by program
	aim    string                                // ours
	known  string                                // of keepalived 150/100, measured earlier

	interval time.Duration // of all adverts; 0: advert
	stays    bool          // lb01 is to go on, and lb02 not to notice
	systemd  bool          // runs our agent of lb01, by its package
}

// every is the interval of the adverts of all contenders.
func (in incident) every() time.Duration { return cmp.Or(in.interval, advert) }

// speed gives a router that interval.
func (in incident) speed(r *plan.Router) { r.AdvertInterval = int(in.every() / time.Millisecond) }

var incidents = append(moving, staying...)

// moving are those after which lb02 is to answer.
var moving = []incident{
	{
		name: "leave", title: "Planned leave: SIGTERM to the agent, SIGTERM to keepalived",
		happen: (*scene).leave, aim: "0 lost", known: "612 ms",
	},
	{
		name: "drain", title: "Drain: an intent in the store, a `track_file` of weight -60",
		theirs: " track_file {\n  maintenance\n }\n",
		happen: (*scene).standBack, aim: "0 lost", known: "3.2 s to 4.0 s",
	},
	{
		name: "switchover", title: "Switchover: a hold in the store, a reload with priorities lower by 60",
		happen: (*scene).standAside, aim: "0 lost",
	},
	{
		name: "demote", title: "A check fails: effect `demote`, a `track_script` of weight -60",
		ours: []func(*plan.Router){track("web", plan.Demote, -20)}, theirs: " track_script {\n  web weight -60\n }\n",
		happen: (*scene).serviceFails, aim: "at most 0.7 s after detection, 0 lost", known: "3.2 s to 4.0 s",
	},
	{
		name: "fault", title: "A check fails: effect `fault`, a `track_script` without a weight",
		ours: []func(*plan.Router){track("web", plan.Fault, 0)}, theirs: " track_script {\n  web\n }\n",
		happen: (*scene).serviceFails, aim: "0 lost while the host still answers", known: "611 ms",
	},
	{
		name: "interface", title: "A tracked interface goes down: effect `fault`, `track_interface`",
		ours: []func(*plan.Router){track("eth1", plan.Fault, 0)}, theirs: " track_interface {\n  eth1\n }\n",
		happen: (*scene).backendDown, aim: "0 lost while the host still answers",
	},
	{
		name: "death", title: "The host dies: processes killed, cable pulled",
		happen: (*scene).die,
	},
}

// staying are those after which lb01 is to answer as before.
var staying = []incident{
	{
		name: "upgrade-1s", title: "An upgrade at 1 s: SIGUSR2 to hactl, for whose program another build has been put; SIGTERM to keepalived, and started again",
		happen: (*scene).upgrade, aim: "0 lost, no move", known: "3 s, two moves", interval: time.Second, stays: true,
	},
	{
		name: "upgrade-100ms", title: "An upgrade at 100 ms",
		happen: (*scene).upgrade, aim: "0 lost, no move", known: "3 s, two moves", interval: time.Second / 10, stays: true,
	},
	{
		name: "crash-1s", title: "A crash at 1 s: SIGKILL, and started again (hactl after the time that its unit says, keepalived by its other process)",
		happen: (*scene).crash, aim: "0 lost, no move", interval: time.Second, stays: true,
	},
	{
		name: "crash-100ms", title: "A crash at 100 ms",
		happen: (*scene).crash, aim: "0 lost, no move", interval: time.Second / 10, stays: true,
	},
	{
		name: "restart-1s", title: "A restart at 1 s: SIGTERM, and started again when it has ended",
		happen: (*scene).restart, aim: "0 lost", known: "3 s, two moves", interval: time.Second, stays: true,
	},
	{
		name: "restart-100ms", title: "A restart at 100 ms",
		happen: (*scene).restart, aim: "0 lost", known: "3 s, two moves", interval: time.Second / 10, stays: true,
	},
	{
		name: "systemctl-1s", title: "A restart at 1 s: `systemctl restart` of hactl's service; SIGTERM to keepalived, and started again",
		happen: (*scene).restartService, aim: "0 lost, no move", known: "3 s, two moves", interval: time.Second, stays: true, systemd: true,
	},
	{
		name: "systemctl-100ms", title: "A restart at 100 ms, by `systemctl restart`",
		happen: (*scene).restartService, aim: "0 lost, no move", known: "3 s, two moves", interval: time.Second / 10, stays: true, systemd: true,
	},
}

// TestSideBySideOnce is one short round, so that the measurement itself is known
// to work: we lose nothing, and keepalived hands over when its timers say.
func TestSideBySideOnce(t *testing.T) {
	t.Parallel()
	sights := newScene(t, incidents[0]).look(0)
	lossless(t, sights[0].Report, 1)
	for i, c := range contenders {
		second := router(c.second)
		if bound := activeDown(second) + time.Second; sights[i].took > bound {
			t.Errorf("%s moved after %v, more than %v:\n%v", c.name, sights[i].took, bound, sights[i].Report)
		}
	}
}

// An upgrade is one that nobody notices, unless it is keepalived's.
func TestSideBySideStays(t *testing.T) {
	t.Parallel()
	sights := newScene(t, staying[1]).look(0)
	lossless(t, sights[0].Report, 0)
	if sights[1].moves() < 2 {
		t.Errorf("keepalived restarted and did not move:\n%v", sights[1].Report)
	}
}

// TestSideBySide measures everything, if it is asked to.
func TestSideBySide(t *testing.T) {
	if *rounds == 0 {
		t.Skip("a measurement of many minutes: needs -rounds, as \"make bench\" has it")
	}
	m := measurement{Rounds: *rounds, Machine: describeMachine(t), Before: load(t)}
	for _, what := range incidents {
		m.incidents = append(m.incidents, repeat(t, what))
	}
	m.After = load(t)
	switch {
	case t.Failed():
	case *page == "":
		t.Log("\n" + m.write(t))
	default:
		if err := m.writeInto(t, *page); err != nil {
			t.Fatal(err)
		}
	}
}

// repeat measures an incident in all rounds. They differ in where between two
// adverts, and between two runs of a check, it happens.
func repeat(t *testing.T, what incident) measured {
	all := measured{incident: what, sights: make([][]sight, len(contenders))}
	for i := range *rounds {
		t.Run(fmt.Sprintf("%s/%d", what.name, i+1), func(t *testing.T) {
			phase := what.every() * time.Duration(i) / time.Duration(*rounds)
			for j, s := range newScene(t, what).look(phase) {
				all.sights[j] = append(all.sights[j], s)
			}
		})
	}
	return all
}
