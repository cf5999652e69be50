package main

import (
	"context"
	"fmt"
	"time"

	"hactl/agent/store"
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
)

// fakeAgent follows the plans of a store without touching a kernel: as far as a
// rollout can see, it is an agent.
type fakeAgent struct {
	dir       *store.Dir
	host      string
	behaviour string
	doc       *plan.Document // that it follows
	problem   string
}

// newFakeAgent returns one that has read the plan that is there, and reported.
func newFakeAgent(dir, host, behaviour string) (*fakeAgent, error) {
	d, err := store.OpenDir(dir)
	if err != nil {
		return nil, err
	}
	a := &fakeAgent{dir: d, host: host, behaviour: behaviour}
	if data, err := d.Plan(context.Background(), host); err == nil {
		a.doc, _ = plan.Decode(data)
	}
	return a, a.report()
}

// run follows plans until ctx ends.
func (a *fakeAgent) run(ctx context.Context) {
	_ = a.dir.Watch(ctx, a.host, func() {
		if a.behaviour == deaf {
			return
		}
		data, err := a.dir.Plan(ctx, a.host)
		if err != nil {
			return
		}
		doc, err := plan.Decode(data)
		if a.behaviour == refuses && (a.doc == nil || doc.Hash != a.doc.Hash) {
			err = fmt.Errorf("secret file /etc/hactl/web.key is missing")
		}
		if err == nil {
			a.doc, a.problem = doc, ""
		} else {
			a.problem = err.Error()
		}
		_ = a.report() // the folder is gone when the script has ended
	})
}

func (a *fakeAgent) report() error {
	now := time.Now().UTC()
	s := status.Host{Format: status.Format, Host: a.host, Version: "fake", PID: 1, Started: now, Written: now, State: status.Running, Problem: a.problem}
	if a.doc != nil {
		e := a.doc.Envelope
		s.Plan = status.Plan{Hash: a.doc.Hash, Commit: e.Commit, AppliedBy: e.AppliedBy, AppliedAt: e.AppliedAt, Loaded: now}
		for _, r := range a.doc.Plan.Routers {
			s.Routers = append(s.Routers, a.router(r, now))
		}
	}
	return a.dir.PutStatus(a.host, status.Encode(&s))
}

func (a *fakeAgent) router(r plan.Router, now time.Time) status.Router {
	out := status.Router{
		ID: r.ID, Vip: r.Vip, VRID: r.VRID, Interface: r.Interface, State: active, Since: now, Cause: "Active_Down_Timer fired",
		Priority: r.Priority, Effective: r.Priority,
	}
	for _, n := range r.Neighbours {
		if n.Priority > r.Priority && a.behaviour != greedy {
			out.State, out.Cause, out.ActivePeer = "backup", "Startup", n.Host
		}
	}
	if a.behaviour == waits {
		out.State, out.Waiting = initialize, "interface "+r.Interface+" is missing"
	}
	for _, x := range r.Addresses {
		out.Addresses = append(out.Addresses, status.Address{Prefix: x.Prefix, Present: out.State == active})
	}
	return out
}
