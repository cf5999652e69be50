package agent

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"hactl/agent/trial"
	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// trials knows what the host goes back to when nobody confirms the plan that it has on
// trial. It belongs to whoever looks into the store: Run, before the loop begins, and
// then the goroutine of the looks.
type trials struct {
	agent    *Agent
	host     string         // whose record it is; empty: there is none yet
	record   *trial.Record  // nil: nothing has been on trial
	unsaved  bool           // the record is to be saved still
	followed *plan.Document // by the node; nil: the agent has just started
	alarm    *time.Timer    // of the next look
	asked    chan confirming
}

// confirming is a confirmation that was given to the agent itself.
type confirming struct {
	said intent.Confirmation // Trial may be empty: whatever is on trial
	done chan *trial.Record  // gets what is known of the trial after the look
}

func newTrials(a *Agent) *trials {
	return &trials{agent: a, asked: make(chan confirming)}
}

// begin reads what was known when the agent before has ended.
func (t *trials) begin() {
	t.alarm = time.AfterFunc(time.Hour, t.agent.lookSoon)
	t.alarm.Stop()
	for _, name := range t.agent.names {
		data, err := t.agent.store.Trial(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			t.host = name
			t.record, err = trial.Decode(data, name)
		}
		if err != nil {
			t.agent.cfg.Log.Error("not known whether a plan is on trial; the host does not go back by itself", "error", err)
		}
		return
	}
}

// judge returns what is to be followed of what a look has found, and puts it into the
// store if something else is there. said, which may be nil, is a confirmation that was
// given to the agent itself.
func (t *trials) judge(ctx context.Context, f found, w wanted, said *intent.Confirmation) found {
	in := trial.Facts{Stored: f.doc, Followed: t.followed, Starting: t.followed == nil, Confirmed: said}
	switch {
	case said != nil && said.Trial == "" && t.record != nil:
		in.Confirmed = &intent.Confirmation{Trial: t.record.Trial.ID, Mark: said.Mark}
	case said == nil && w.host != nil:
		in.Confirmed = w.host.Confirmed
	}
	if in.Starting && f.doc.OnTrial() != nil {
		in.Followed = t.agent.good().doc
	}
	for {
		next, change, instead := trial.Step(t.record, t.now(), in)
		if next != t.record || t.unsaved {
			if err := t.keep(next, f); err != nil && change == trial.Armed {
				return found{problem: fmt.Sprintf("the plan in the store is to be confirmed, and is not followed, as the way back cannot be kept: %v", err)}
			}
		}
		if instead != nil {
			in.Stored = instead
		}
		if change == trial.Unchanged {
			break
		}
		t.tell(change)
	}
	t.rearm()
	if in.Stored == f.doc {
		return f
	}
	return t.goBack(ctx, f, in.Stored)
}

// keep makes r what is known of the trial, and saves it. Whatever cannot be saved is
// known all the same, unless a trial begins with it.
func (t *trials) keep(r *trial.Record, f found) error {
	host := t.host
	if f.doc != nil {
		host = f.doc.Plan.Host
	}
	var data []byte
	var err error
	if r != nil {
		data, err = r.Encode()
	}
	if err == nil {
		err = t.agent.store.SaveTrial(host, data)
	}
	begins := r != nil && r.State == status.OnTrial && (t.record == nil || t.record.Trial.ID != r.Trial.ID)
	if err != nil && begins {
		return err
	}
	if err != nil && !t.unsaved {
		t.agent.cfg.Log.Error("cannot save what is known of the plan on trial; tried again at the next look", "error", err)
	}
	t.host, t.record, t.unsaved = host, r, err != nil
	return nil
}

// goBack puts a plan into the store in the place of the one that was found, and
// returns it to be followed, whether that succeeds or not.
func (t *trials) goBack(ctx context.Context, f found, to *plan.Document) found {
	back := found{data: planText(to), doc: to}
	back.secrets, back.refused = readSecrets(&to.Plan)
	if err := t.agent.store.ReplacePlan(ctx, to.Plan.Host, back.data, f.data); err != nil {
		back.problem = fmt.Sprintf("the plan before is followed, as nobody confirmed the one in the store, which could not be replaced: %v", err)
	}
	return back
}

// now is this instant.
func (t *trials) now() trial.Now {
	boot, up := t.agent.cfg.Uptime()
	return trial.Now{Boot: boot, Up: up, Wall: time.Now()}
}

// rearm lets the agent look when the time of the plan on trial is over.
func (t *trials) rearm() {
	t.alarm.Stop()
	if t.record != nil && t.record.State == status.OnTrial {
		t.alarm.Reset(t.record.Left(t.now()))
	}
}

// overdue reports, in the loop, whether the time of a plan on trial is over.
func (a *Agent) overdue() bool {
	return a.trying() && a.trial.Left(a.trials.now()) == 0
}

// trying reports, in the loop, whether the plan that is followed is on trial.
func (a *Agent) trying() bool { return a.trial != nil && a.trial.State == status.OnTrial }

// tell logs what has changed.
func (t *trials) tell(change trial.Change) {
	log, r := t.agent.cfg.Log, t.record
	switch change {
	case trial.Armed, trial.Extended:
		log.Warn("the plan is "+string(change)+": the host goes back unless it is confirmed", "plan", r.Plan, "back_to", r.Before.Hash,
			"within", r.Left(t.now()).Round(time.Second), "trial", r.Trial.ID, "applied_by", r.By)
	case trial.Passed:
		log.Info("the plan is confirmed", "plan", r.Plan, "trial", r.Trial.ID, "by", r.Ended.By)
	case trial.Failed:
		log.Warn("the host goes back to the plan before", "plan", r.Plan, "back_to", r.Before.Hash, "trial", r.Trial.ID, "cause", r.Why)
	case trial.Dropped:
		log.Info("the plan is no longer on trial: another one is followed")
	}
}

// report is what is told of the trial r, which may be nil.
func (t *trials) report(r *trial.Record) *status.Trial {
	if r == nil {
		return nil
	}
	s := &status.Trial{State: r.State, ID: r.Trial.ID, By: r.By, Hosts: r.Trial.Hosts, Round: r.Trial.Round, Plan: r.Plan, Why: r.Why}
	if r.Before != nil {
		s.Before = r.Before.Hash
	}
	if r.State == status.OnTrial {
		now := t.now()
		s.Until = now.Wall.Add(r.Left(now)).UTC()
		return s
	}
	s.Ended = &r.Ended
	return s
}
