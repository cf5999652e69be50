package trial

import (
	"cmp"
	"fmt"
	"time"

	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Now is an instant.
type Now struct {
	Boot string        // tells one boot of the machine from another
	Up   time.Duration // since that boot, suspends included
	Wall time.Time     // for people; and for plans that came while no agent ran
}

// Facts are what a look has brought.
type Facts struct {
	Stored    *plan.Document       // the newest in the store; nil: none that can be followed
	Followed  *plan.Document       // by the host, now or last; nil: it never followed one
	Starting  bool                 // the agent follows nothing yet
	Confirmed *intent.Confirmation // the newest; nil: none
}

// Change is what a step has made of a record.
type Change string

// The changes. After any but Unchanged there may be another step to take.
const (
	Unchanged Change = ""
	Armed     Change = "on trial"            // the host goes back unless the plan is confirmed; to be saved before the plan is followed
	Extended  Change = "on trial for longer" // the time has begun anew
	Passed    Change = "confirmed"
	Failed    Change = "not confirmed"      // the host goes back
	Dropped   Change = "no longer on trial" // people have gone on to another plan
)

// Step tells what is known of the trial by now, nil for nothing, and what has changed.
// The record r stays as it is. instead is a plan to be followed, and to be put, in the
// place of the one in the store, also for the steps that follow; nil: that one is right.
func Step(r *Record, now Now, in Facts) (next *Record, change Change, instead *plan.Document) {
	if r != nil && r.State == status.OnTrial {
		return r.goOn(now, in)
	}
	mark := in.Stored.OnTrial()
	switch {
	case mark != nil && (r == nil || r.Trial.ID != mark.ID):
		next, change = begin(now, in, in.Followed)
		return next, change, nil
	case r == nil || in.Stored == nil:
		return r, Unchanged, nil
	case r.State == status.Returned && mark != nil: // it could not be replaced, or was published once more
		return r, Unchanged, r.Before
	case r.State == status.Returned && in.Stored.Hash == r.Before.Hash:
		return r, Unchanged, nil
	case r.State == status.Confirmed && (mark != nil || in.Stored.Hash == r.Plan):
		return r, Unchanged, nil
	}
	return nil, Dropped, nil
}

// goOn is Step for a plan that is on trial.
func (r *Record) goOn(now Now, in Facts) (*Record, Change, *plan.Document) {
	next := *r
	mark := in.Stored.OnTrial()
	why := r.over(now)
	switch {
	case in.Confirmed != nil && in.Confirmed.Trial == r.Trial.ID:
		next.State, next.Ended, next.Why, next.Before = status.Confirmed, in.Confirmed.Mark, "", nil
		return &next, Passed, nil
	case mark != nil && mark.ID != r.Trial.ID: // nobody has confirmed that which is followed: it is nothing to go back to
		next, change := begin(now, in, r.Before)
		return next, change, nil
	case in.Stored != nil && mark == nil && in.Stored.Hash != r.Plan:
		return nil, Dropped, nil
	case why != "":
		next.State, next.Ended, next.Why = status.Returned, intent.Mark{Since: now.Wall.UTC()}, why
		return &next, Failed, r.Before
	case mark == nil: // the same plan without a mark, or none to be read: no confirmation
		return r, Unchanged, nil
	case mark.Round > r.Trial.Round:
		next.Trial, next.Plan = *mark, in.Stored.Hash
		next.arm(now)
		return &next, Extended, nil
	case in.Stored.Hash != r.Plan: // a further step of the same change
		next.Plan = in.Stored.Hash
		return &next, Unchanged, nil
	}
	return r, Unchanged, nil
}

// begin puts the plan that is stored on trial, and before, nil for none, is what the
// host goes back to. If that is the same there is nothing to try.
func begin(now Now, in Facts, before *plan.Document) (*Record, Change) {
	if before == nil {
		before = plan.Empty(in.Stored.Plan.Host)
	}
	e := in.Stored.Envelope
	r := &Record{State: status.OnTrial, Trial: *e.Trial, By: e.AppliedBy, Plan: in.Stored.Hash, Before: before.Untried()}
	if before.Hash == r.Plan {
		r.State, r.Before, r.Ended, r.Why = status.Confirmed, nil, intent.Mark{By: e.AppliedBy, Since: now.Wall.UTC()}, "the host had that plan before"
		return r, Passed
	}
	r.arm(now)
	if applied, err := time.Parse(time.RFC3339, e.AppliedAt); in.Starting && err == nil && now.Wall.Sub(applied) > r.within() {
		r.Until, r.Why = now.Up, fmt.Sprintf("the plan was applied %v before this agent first saw it, and was to be confirmed within %v", now.Wall.Sub(applied).Round(time.Second), r.within())
	}
	return r, Armed
}

// arm lets the time begin.
func (r *Record) arm(now Now) { r.Boot, r.Until = now.Boot, now.Up+r.within() }

// within is how long the plan may be on trial.
func (r *Record) within() time.Duration { return time.Duration(r.Trial.Within) * time.Second }

// Left is how long the plan is on trial still, in the boot in which that began.
func (r *Record) Left(now Now) time.Duration { return max(0, r.Until-now.Up) }

// rebooted reports whether the clock has begun anew since the plan is on trial.
func (r *Record) rebooted(now Now) bool { return now.Boot != r.Boot || r.Until-now.Up > r.within() }

// over says why the host goes back; empty: it does not yet.
func (r *Record) over(now Now) string {
	switch {
	case r.rebooted(now):
		return "the host was started anew before anybody had confirmed the plan"
	case now.Up >= r.Until:
		return cmp.Or(r.Why, fmt.Sprintf("nobody confirmed the plan within %v", r.within()))
	}
	return ""
}
