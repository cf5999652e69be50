package main

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"hactl/agent/store"
	probation "hactl/agent/trial"
	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// The behaviours of a fake agent.
const (
	follows = "follows" // follows each plan, Active where no neighbour is preferred
	refuses = "refuses" // reports a problem with each new plan
	waits   = "waits"   // follows, but its interfaces are missing
	deaf    = "deaf"    // reports once, and never sees a plan
	greedy  = "greedy"  // follows, and is Active for everything
	shy     = "shy"     // follows, and is Active for nothing
	dated   = "dated"   // follows, but knows of no trials
)

// fakeNetwork is where fake agents hear each other: the highest priority among
// the plans that they follow is Active, at once.
type fakeNetwork struct {
	mu     sync.Mutex
	agents map[string]*fakeAgent // by host
}

// fakeAgent follows the plans of a store without touching a kernel: as far as a
// rollout can see, it is an agent.
type fakeAgent struct {
	network   *fakeNetwork
	dir       *store.Dir
	host      string
	behaviour string
	doc       *plan.Document // that it follows
	problem   string
	wanted    intent.Host
	trial     *probation.Record       // nil: nothing has been on trial
	again     func()                  // looks into the store
	programs  map[string]*fakeProgram // by upgrade
}

// join adds an agent that has read the plan that is there, and reports.
func (n *fakeNetwork) join(dir, host, behaviour string) (*fakeAgent, error) {
	d, err := store.OpenDir(dir)
	if err != nil {
		return nil, err
	}
	a := &fakeAgent{network: n, dir: d, host: host, behaviour: behaviour, programs: map[string]*fakeProgram{}}
	n.mu.Lock()
	defer n.mu.Unlock()
	if before := n.agents[host]; before != nil {
		a.programs = before.programs
	}
	if data, err := d.Plan(context.Background(), host); err == nil {
		a.doc, _ = plan.Decode(data)
	}
	a.read(context.Background())
	a.upgrade()
	n.agents[host] = a
	return a, n.report()
}

// report lets all agents report.
func (n *fakeNetwork) report() error {
	var errs []error
	for _, a := range n.agents {
		errs = append(errs, a.report())
	}
	return errors.Join(errs...)
}

// active returns the host that wins the router id.
func (n *fakeNetwork) active(id string) string {
	best, host := 0, ""
	for name, a := range n.agents {
		if a.doc == nil || a.behaviour == waits {
			continue
		}
		for _, r := range a.doc.Plan.Routers {
			if p := a.effective(r); r.ID == id && (p > best || p == best && name > host) {
				best, host = p, name
			}
		}
	}
	return host
}

// effective is the priority of a router whose host may stand aside for it.
func (a *fakeAgent) effective(r plan.Router) int {
	if a.wanted.Drain != nil || a.wanted.Hold(r.Vip) != nil {
		return 1
	}
	return r.Priority
}

// run follows plans and intents until ctx ends.
func (a *fakeAgent) run(ctx context.Context) {
	var both sync.WaitGroup
	a.again = func() { a.look(ctx) }
	both.Go(func() { a.watch(ctx, a.dir.Watch) })
	both.Go(func() { a.watch(ctx, a.dir.WatchIntents) })
	both.Wait()
}

// watch loads what there is after each change of a file.
func (a *fakeAgent) watch(ctx context.Context, watch func(context.Context, string, func()) error) {
	_ = watch(ctx, a.host, func() { a.look(ctx) })
}

// look loads what there is, and reports.
func (a *fakeAgent) look(ctx context.Context) {
	a.network.mu.Lock()
	defer a.network.mu.Unlock()
	if ctx.Err() != nil || a.network.agents[a.host] != a || a.behaviour == deaf {
		return
	}
	a.load(ctx)
	_ = a.network.report() // the folder is gone when the script has ended
}

// read reads what people want of the host.
func (a *fakeAgent) read(ctx context.Context) {
	a.wanted = intent.Host{}
	if data, err := a.dir.Intents(ctx, a.host); err == nil {
		if h, err := intent.Decode(data); err == nil && (a.behaviour != dated || h.Confirmed == nil) {
			a.wanted = *h
		}
	}
}

// load reads the plan that is there, and follows it as it behaves.
func (a *fakeAgent) load(ctx context.Context) {
	a.read(ctx)
	data, err := a.dir.Plan(ctx, a.host)
	if err != nil {
		return
	}
	doc, err := plan.Decode(data)
	if a.behaviour == refuses {
		err = errors.New("secret file /etc/hactl/web.key is missing")
	}
	if err == nil && a.behaviour == dated && doc.OnTrial() != nil {
		err = errors.New(`json: unknown field "trial"`)
	}
	if err != nil {
		a.problem = err.Error()
		return
	}
	a.doc, a.problem = a.try(ctx, data, doc, a.wanted.Confirmed), ""
	a.upgrade()
}

func (a *fakeAgent) report() error {
	now := time.Now().UTC()
	s := status.Host{Format: status.Format, Host: a.host, Version: "fake", PID: 1, Started: now, Written: now, State: status.Running, Problem: a.problem}
	if a.wanted.Drain != nil || len(a.wanted.Holds) > 0 {
		s.Intents = &status.Intents{Drained: a.wanted.Drain, Holds: a.wanted.Holds}
	}
	s.Trial = a.tried()
	if a.doc != nil {
		e := a.doc.Envelope
		s.Plan = status.Plan{Hash: a.doc.Hash, Commit: e.Commit, AppliedBy: e.AppliedBy, AppliedAt: e.AppliedAt, Loaded: now}
		for _, r := range a.doc.Plan.Routers {
			s.Routers = append(s.Routers, a.router(r, now))
		}
		for _, u := range a.doc.Plan.Upgrades {
			s.Upgrades = append(s.Upgrades, a.programs[u.Name].report(u, now))
		}
	}
	return a.dir.PutStatus(a.host, func(to io.Writer) error { _, err := to.Write(status.Encode(&s)); return err })
}

func (a *fakeAgent) router(r plan.Router, now time.Time) status.Router {
	out := status.Router{
		ID: r.ID, Vip: r.Vip, VRID: r.VRID, Interface: r.Interface, State: status.Active, Since: now, Cause: "Active_Down_Timer fired",
		Priority: r.Priority, Effective: a.effective(r), Rank: r.Priority,
	}
	if out.Effective < out.Rank {
		out.Aside = "as people want"
	}
	switch host := a.network.active(r.ID); {
	case a.behaviour == waits:
		out.State, out.Waiting, out.Cause = status.Initialize, "interface "+r.Interface+" is missing", ""
	case a.behaviour == shy || a.behaviour != greedy && host != a.host:
		out.State, out.Cause, out.ActivePeer = status.Backup, "Startup", host
	}
	for _, x := range r.Addresses {
		out.Addresses = append(out.Addresses, status.Address{Prefix: x.Prefix, Present: out.State == status.Active})
	}
	return out
}
