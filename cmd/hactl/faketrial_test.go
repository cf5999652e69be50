package main

import (
	"context"
	"time"

	probation "hactl/agent/trial"
	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// try lets the machine of agents judge what is in the store, and returns what is to be
// followed.
func (a *fakeAgent) try(ctx context.Context, data []byte, doc *plan.Document, said *intent.Confirmation) *plan.Document {
	now := probation.Now{Boot: "boot", Up: time.Since(fakeBoot), Wall: time.Now()}
	in := probation.Facts{Stored: doc, Followed: a.doc, Confirmed: said}
	for {
		next, change, instead := probation.Step(a.trial, now, in)
		a.trial = next
		if instead != nil {
			in.Stored = instead
		}
		if change == probation.Unchanged {
			break
		}
	}
	if in.Stored != doc {
		back, err := plan.Encode(&in.Stored.Plan, in.Stored.Envelope)
		if err != nil {
			panic(err)
		}
		_ = a.dir.ReplacePlan(ctx, a.host, back, data)
	}
	if a.trial != nil && a.trial.State == status.OnTrial {
		time.AfterFunc(a.trial.Left(now), a.again)
	}
	return in.Stored
}

// fakeBoot is when the machine of fake agents has started.
var fakeBoot = time.Now().Add(-time.Hour)

// tried is what the agent reports of a trial.
func (a *fakeAgent) tried() *status.Trial {
	r := a.trial
	if r == nil {
		return nil
	}
	t := &status.Trial{State: r.State, ID: r.Trial.ID, By: r.By, Hosts: r.Trial.Hosts, Round: r.Trial.Round, Plan: r.Plan, Why: r.Why}
	if r.Before != nil {
		t.Before = r.Before.Hash
	}
	if r.State == status.OnTrial {
		t.Until = fakeBoot.Add(r.Until)
	} else {
		t.Ended = &r.Ended
	}
	return t
}
