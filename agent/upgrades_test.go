package agent_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hactl/agent"
	"hactl/agent/changeover"
	"hactl/agent/upgrade"
	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// fakeChangeover carries out upgrades as a test says.
type fakeChangeover struct {
	mu      sync.Mutex
	records map[string]*upgrade.Record // that others have left; a run takes its own away
	sights  map[string]changeover.Sight
	looks   time.Duration // how long a look takes
	begun   []changeover.Task
	cleared []string
	going   int
	script  func(ctx context.Context, t changeover.Task) (upgrade.Outcome, error) // of a run

	successor fakeSuccessor // of the agent
}

func (f *fakeChangeover) Records() (map[string]*upgrade.Record, error) { return f.records, nil }

func (f *fakeChangeover) Clear(name string, o upgrade.Outcome) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cleared = append(f.cleared, name+": "+string(o.Verdict))
	return nil
}

func (f *fakeChangeover) Look(_ context.Context, u plan.Upgrade) changeover.Sight {
	<-time.After(f.looks)
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sights[u.Name]
}

func (f *fakeChangeover) Run(ctx context.Context, t changeover.Task) (upgrade.Outcome, error) {
	f.mu.Lock()
	f.begun = append(f.begun, t)
	f.going++
	most, script := f.going, f.script
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.going--
		f.mu.Unlock()
	}()
	if most > 1 {
		panic("two upgrades at once")
	}
	return script(ctx, t)
}

// tasks returns what was begun.
func (f *fakeChangeover) tasks() []changeover.Task {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.begun)
}

// times returns how many runs of an upgrade were begun.
func (f *fakeChangeover) times(name string) (n int) {
	for _, t := range f.tasks() {
		if t.Name == name {
			n++
		}
	}
	return n
}

// The builds of the tests: what runs, and what is to.
var (
	older = plan.Build{Version: "1.26.3", Source: "/usr/sbin/nginx.1.26.3.x.hactl", SHA256: strings.Repeat("a", 64)}
	newer = plan.Build{Version: "1.27.2", Source: "/srv/nginx-1.27.2", SHA256: strings.Repeat("b", 64)}
)

// upgraded is a plan with upgrades of these names.
func upgraded(names ...string) *plan.Plan {
	p := &plan.Plan{Host: "lb01", Routers: []plan.Router{router(254)}}
	for _, name := range names {
		p.Upgrades = append(p.Upgrades, plan.Upgrade{
			Name: name, Release: newer, OnFailure: plan.Halt,
			Nginx: &plan.NginxStrategy{Binary: "/usr/sbin/nginx", PIDFile: "/run/nginx.pid", WorkerTimeout: 1000},
		})
	}
	return p
}

// order is one for the newer release.
func order(name, id string) intent.Order {
	return intent.Order{Name: name, ID: id, SHA256: newer.SHA256, Mark: intent.Mark{By: "ops@desk", Since: time.Unix(1, 0).UTC()}}
}

// orders are intents.
func orders(all ...intent.Order) []byte {
	h := &intent.Host{Host: "lb01"}
	for _, o := range all {
		h.SetOrder(o)
	}
	return intent.Encode(h)
}

// ends lets a run end so, after its stages.
func ends(o upgrade.Outcome) func(context.Context, changeover.Task) (upgrade.Outcome, error) {
	return func(ctx context.Context, t changeover.Task) (upgrade.Outcome, error) {
		t.Tell(changeover.Progress{Stage: upgrade.Backup, Text: "backup"})
		t.Tell(changeover.Progress{Stage: upgrade.Retire, Text: "wait for 1 worker", Connections: 7})
		select {
		case <-time.After(time.Second):
		case cause := <-t.Aborts:
			o = upgrade.Outcome{Verdict: upgrade.Reverted, Text: cause}
		case <-ctx.Done():
			return upgrade.Outcome{}, ctx.Err()
		}
		return o, t.Ended(upgrade.Record{Old: older, New: newer}, o)
	}
}

// committed is how a good upgrade ends.
var committed = upgrade.Outcome{Verdict: upgrade.Committed, Text: "version 1.27.2 serves"}

// upgrading runs f on an agent whose plan has upgrades of these names.
func upgrading(t *testing.T, prepare func(*bench, *fakeChangeover), f func(*testing.T, *bench, *fakeChangeover), names ...string) {
	fake := &fakeChangeover{script: ends(committed), sights: map[string]changeover.Sight{}}
	for _, name := range names {
		fake.sights[name] = changeover.Sight{SHA256: older.SHA256, Version: older.Version, Running: older.SHA256}
	}
	inBubbleOf(t, agent.Config{Changeover: fake, Successor: &fake.successor}, func(b *bench) {
		b.store.put(t, upgraded(names...))
		if prepare != nil {
			prepare(b, fake)
		}
	}, func(t *testing.T, b *bench) { f(t, b, fake) })
}

// kept returns the file with the orders of an upgrade.
func (b *bench) kept(name string) string {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	return string(b.store.histories[name])
}

// history returns what it says.
func (b *bench) history(name string) (upgrade.History, error) {
	return upgrade.DecodeHistory([]byte(b.kept(name)))
}

// lineOf returns the report of an upgrade.
func (b *bench) lineOf(t *testing.T, name string) status.Upgrade {
	t.Helper()
	for _, u := range b.store.last(t).Upgrades {
		if u.Name == name {
			return u
		}
	}
	t.Fatalf("upgrade %s is not reported", name)
	return status.Upgrade{}
}

// An order is carried out, once; how far it is, and how it ended, is reported, and
// known to the next agent.
func TestLoopCarriesOutAnOrder(t *testing.T) {
	upgrading(t, nil, func(t *testing.T, b *bench, f *fakeChangeover) {
		if l := b.lineOf(t, "nginx"); l.Current || l.Outdated != "version 1.26.3 is there, not 1.27.2" || l.Order != nil || l.Version != "1.26.3" {
			t.Errorf("before: %+v", l)
		}
		b.wishes(orders(order("nginx", "A")))
		if l := b.lineOf(t, "nginx"); l.Stage != "retire" || l.Connections != 7 || l.Text != "wait for 1 worker" || l.Verdict != "" || l.Order.ID != "A" {
			t.Errorf("under way: %+v", l)
		}
		f.mu.Lock()
		f.sights["nginx"] = changeover.Sight{SHA256: newer.SHA256, Version: newer.Version, Running: newer.SHA256}
		f.mu.Unlock()
		pass(time.Second)
		l := b.lineOf(t, "nginx")
		if l.Stage != "" || l.Verdict != "committed" || l.Text != "version 1.27.2 serves" || l.Ended.IsZero() || !l.Current || l.Outdated != "" {
			t.Errorf("after: %+v", l)
		}
		if l.Previous == nil || l.Previous.Version != "1.26.3" {
			t.Errorf("previous: %+v", l.Previous)
		}
		b.wishes(orders(order("nginx", "A")))
		pass(time.Minute)
		if n := f.times("nginx"); n != 1 {
			t.Errorf("begun %d times, want once", n)
		}
		b.wishes(orders(order("nginx", "B")))
		pass(2 * time.Second)
		b.wishes(orders(order("nginx", "A"))) // as of a backup that somebody has restored
		pass(2 * time.Second)
		if n := f.times("nginx"); n != 2 {
			t.Errorf("begun %d times, want twice", n)
		}
		h, err := b.history("nginx")
		if err != nil || len(h.Orders) != 2 || h.Orders[0].Order.ID != "A" || h.Orders[1].Verdict != upgrade.Committed || h.Previous != older {
			t.Errorf("kept %+v, %v", h, err)
		}
	}, "nginx")
}

// What is not the plan's is not begun, and it is said why.
func TestLoopRefusesOrders(t *testing.T) {
	other, back := order("nginx", "A"), intent.Order{Name: "nginx", ID: "B", Back: true, Mark: order("", "").Mark}
	other.SHA256 = older.SHA256
	for says, o := range map[string]intent.Order{
		"the order asks for the release with sha256 aaaa":    other,
		"nothing is kept that it could go back to":           back,
		"the plan that is followed has no upgrade something": order("something", "C"),
	} {
		upgrading(t, nil, func(t *testing.T, b *bench, f *fakeChangeover) {
			b.wishes(orders(o))
			if l := b.lineOf(t, o.Name); l.Verdict != "refused" || !strings.HasPrefix(l.Text, says) || l.Order.ID != o.ID {
				t.Errorf("%+v, want %s", l, says)
			}
			pass(time.Minute)
			if len(f.tasks()) != 0 {
				t.Errorf("%s: begun", says)
			}
			if h, err := b.history(o.Name); err != nil || !h.Knows(o.ID) {
				t.Errorf("kept %+v, %v", h, err)
			}
		}, "nginx")
	}
}

// Back goes to what ran before, as to a release of its own.
func TestLoopGoesBack(t *testing.T) {
	upgrading(t, nil, func(t *testing.T, b *bench, f *fakeChangeover) {
		b.wishes(orders(order("nginx", "A")))
		pass(2 * time.Second)
		b.wishes(orders(intent.Order{Name: "nginx", ID: "B", Back: true, Mark: order("", "").Mark}))
		pass(2 * time.Second)
		if task := f.tasks()[1]; task.Upgrade.Release != older || task.Spare != older.Source {
			t.Errorf("began %+v", task)
		}
	}, "nginx")
}

// An order that is taken back, or replaced, leads back; the one that replaces it is
// carried out then.
func TestLoopAborts(t *testing.T) {
	upgrading(t, nil, func(t *testing.T, b *bench, f *fakeChangeover) {
		b.wishes(orders(order("nginx", "A")))
		b.wishes(orders())
		if l := b.lineOf(t, "nginx"); l.Verdict != "rolled back" || !strings.HasPrefix(l.Text, "the order of ops@desk, ") || !strings.HasSuffix(l.Text, " was taken back") {
			t.Errorf("taken back: %+v", l)
		}
		b.wishes(orders(order("nginx", "B")))
		b.wishes(orders(order("nginx", "C")))
		if l := b.lineOf(t, "nginx"); l.Order.ID != "C" || l.Stage != "retire" {
			t.Errorf("replaced: %+v", l)
		}
		h, _ := b.history("nginx")
		if o := h.Orders[1]; o.Verdict != upgrade.Reverted || !strings.HasPrefix(o.Text, "another order has come, of ops@desk") {
			t.Errorf("replaced: %+v", o)
		}
		pass(2 * time.Second)
	}, "nginx")
}

// Several upgrades are carried out one after the other.
func TestLoopOneUpgradeAfterTheOther(t *testing.T) {
	upgrading(t, nil, func(t *testing.T, b *bench, f *fakeChangeover) {
		b.wishes(orders(order("nginx", "A"), order("app", "A")))
		if f.times("app") != 1 || f.times("nginx") != 0 {
			t.Errorf("begun %+v", f.tasks())
		}
		pass(3 * time.Second)
		for _, name := range []string{"app", "nginx"} {
			if l := b.lineOf(t, name); l.Verdict != "committed" {
				t.Errorf("%+v", l)
			}
		}
	}, "app", "nginx")
}

// drainedFirst is a plan with an upgrade that lets the vip go first.
func drainedFirst() *plan.Plan {
	p := upgraded("nginx")
	p.Upgrades[0].Vips, p.Upgrades[0].DrainTimeout = []string{"web/public"}, 30_000
	return p
}

// The host stands aside from the drain on until the upgrade has ended, and whoever
// carries it out is told where the vips are.
func TestLoopHoldsVips(t *testing.T) {
	var away upgrade.Away
	prepare := func(b *bench, f *fakeChangeover) {
		b.store.put(t, drainedFirst())
		f.script = func(ctx context.Context, task changeover.Task) (upgrade.Outcome, error) {
			if away, _ := task.Away(); away.Held {
				t.Error("held before the drain")
			}
			task.Tell(changeover.Progress{Stage: upgrade.Drain})
			<-time.After(settled)
			away, _ = task.Away()
			return ends(committed)(ctx, task)
		}
	}
	upgrading(t, prepare, func(t *testing.T, b *bench, f *fakeChangeover) {
		b.wishes(orders(order("nginx", "A")))
		pass(settled)
		const why = "kept away while nginx is upgraded"
		s := b.store.last(t)
		if l := b.lineOf(t, "nginx"); len(l.Held) != 1 || l.Held[0] != "web/public" || s.Routers[0].Effective != 1 || s.Routers[0].Aside != why {
			t.Errorf("held %v, the router has priority %d: %s", l.Held, s.Routers[0].Effective, s.Routers[0].Aside)
		}
		if !away.Held || len(away.Here) > 0 || away.Within != 10*time.Second {
			t.Errorf("told %+v", away)
		}
		pass(2 * time.Second)
		if s := b.store.last(t); s.Routers[0].Effective != 254 || s.Upgrades[0].Held != nil {
			t.Errorf("after it the router has priority %d, held %v", s.Routers[0].Effective, s.Upgrades[0].Held)
		}
	}, "nginx")
}

// An agent that finds a record stands aside before it follows its plan, and goes on
// doing so for as long as it cannot look.
func TestLoopHoldsVipsOfARecord(t *testing.T) {
	prepare := func(b *bench, f *fakeChangeover) {
		b.store.put(t, drainedFirst())
		f.records = map[string]*upgrade.Record{"nginx": {Upgrade: drainedFirst().Upgrades[0], Stage: upgrade.Drain}}
		f.script = func(ctx context.Context, task changeover.Task) (upgrade.Outcome, error) {
			return upgrade.Outcome{}, errors.New("too many open files")
		}
	}
	upgrading(t, prepare, func(t *testing.T, b *bench, f *fakeChangeover) {
		pass(20 * time.Second)
		for _, s := range b.store.written() {
			if len(s.Routers) > 0 && s.Routers[0].Effective != 1 {
				t.Fatalf("the router had priority %d", s.Routers[0].Effective)
			}
		}
		if f.times("nginx") < 3 {
			t.Errorf("tried %d times", f.times("nginx"))
		}
	}, "nginx")
}

// An agent that is about to leave stops what is under way, and begins nothing.
func TestLoopLeavesAnUpgrade(t *testing.T) {
	upgrading(t, nil, func(t *testing.T, b *bench, f *fakeChangeover) {
		b.wishes(orders(order("app", "A"), order("nginx", "A")))
		b.Leave("asked to")
		pass(2 * time.Second)
		h, err := b.history("app")
		if err != nil || h.Underway() == nil || f.times("app") != 1 || f.times("nginx") != 0 {
			t.Errorf("begun %d and %d times, kept %+v, %v", f.times("app"), f.times("nginx"), h, err)
		}
	}, "app", "nginx")
}
