package rollout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Publisher is what a rollout needs of a plan store.
type Publisher interface {
	// PutPlan replaces the plan file of host.
	PutPlan(ctx context.Context, host string, data []byte) error

	// Status returns the newest report of host; an error that is fs.ErrNotExist
	// when there is none.
	Status(ctx context.Context, host string) ([]byte, error)
}

// Plans publishes plans wave by wave, each turn confirmed by the hosts' own reports
// before the next.
type Plans struct {
	Store Publisher         // where plans go, and reports come from
	Waves []Wave            // in order, none without turns
	Steps []Step            // the last one of each host, in order
	Apart []string          // IDs of routers that may have two Actives until all hosts have followed
	Wait  time.Duration     // for each host's confirmation; 0: publish to all and wait for none
	Poll  time.Duration     // between two looks at the reports, greater than 0
	Say   func(Event)       // is told what has happened
	done  func(host string) // called when a host has confirmed its last plan; nil: nobody is told

	looked func() // called at each look at the reports; nil: nobody is told

	Previous map[string]*plan.Document // what each host had, nil for none: where a failure leads back to; nil: it does not
	lenient  bool                      // a host that does not follow does not stop the others
	failure  error                     // that stopped it, without what people are to do

	put       []string                // hosts that were given another plan, in order
	published map[string]string       // hash of the plan that each host was given, or was found to have
	confirmed map[string]string       // hash of the plan that each host has confirmed
	reports   map[string]*status.Host // the newest of each host
}

// begin takes the reports from before the rollout for the newest.
func (r *Plans) begin() {
	r.put, r.published, r.confirmed, r.reports = nil, map[string]string{}, map[string]string{}, map[string]*status.Host{}
	for _, s := range r.Steps {
		r.reports[s.Host] = s.Before
	}
}

// Run carries the rollout out. An error is Unconfirmed when plans
// were published that some host did not confirm in time.
func (r *Plans) Run(ctx context.Context) error {
	if r.failure = r.carry(ctx); r.failure != nil {
		return r.stopped(ctx, r.failure)
	}
	return nil
}

// carry is Run, with errors that do not say how far it came.
func (r *Plans) carry(ctx context.Context) error {
	r.begin()
	for i, w := range r.Waves {
		if i > 0 {
			if err := r.agreed(ctx, r.Waves[i-1]); err != nil {
				return err
			}
			r.pace(WaveEnded, r.Waves[i-1])
		}
		r.pace(WaveBegun, w)
		for j, turn := range w.Turns {
			last := i == len(r.Waves)-1 && j == len(w.Turns)-1
			if err := r.take(ctx, turn, last); err != nil {
				return err
			}
		}
	}
	if err := r.late(ctx); err != nil {
		return err
	}
	if err := r.settled(ctx); err != nil {
		return err
	}
	if n := len(r.Waves); n > 0 {
		r.pace(WaveEnded, r.Waves[n-1])
	}
	return nil
}

// pass reports an error on the way, unless the rollout goes on all the same.
func (r *Plans) pass(ctx context.Context, host string, err error) error {
	if err == nil || !r.lenient || ctx.Err() != nil {
		return err
	}
	r.tell(HostPassed, host, "%v; the others go on", err)
	return nil
}

// take takes one turn: all its hosts get their plans, and those that can confirm
// them are waited for.
func (r *Plans) take(ctx context.Context, turn []Step, last bool) error {
	var awaited []Step
	for _, s := range turn {
		if err := ctx.Err(); err != nil {
			return err
		}
		waits, err := r.publish(ctx, s)
		if err := r.pass(ctx, s.Host, err); err != nil {
			return err
		}
		if waits {
			awaited = append(awaited, s)
		}
	}
	deadline := time.Now().Add(r.Wait)
	for _, s := range awaited {
		if err := r.pass(ctx, s.Host, r.confirm(ctx, s, deadline)); err != nil {
			return err
		}
	}
	if len(awaited) == 0 || last {
		return nil // settled looks, after those that are late
	}
	return r.pass(ctx, turn[0].Host, r.safe(ctx))
}

// publish gives a host its plan, unless it has it, and reports whether its
// confirmation is to be waited for at once.
func (r *Plans) publish(ctx context.Context, s Step) (waits bool, err error) {
	given := r.published[s.Host]
	if given == "" && s.followed() {
		r.published[s.Host] = s.Document.Hash
		r.finish(s)
		r.tell(PlanConfirmed, s.Host, "follows its plan already")
		return false, nil
	}
	if given != s.Document.Hash && (given != "" || !s.Stored) {
		if err := r.Store.PutPlan(ctx, s.Host, s.Data); err != nil {
			return false, fmt.Errorf("publish plan of %s: %w", s.Host, err)
		}
		r.put = append(slices.DeleteFunc(r.put, func(host string) bool { return host == s.Host }), s.Host)
	}
	r.published[s.Host] = s.Document.Hash
	if !s.Alive || r.Wait == 0 {
		r.tell(PlanPublished, s.Host, "published; %s", unheard(s.Before, r.Wait))
		return false, nil
	}
	r.tell(PlanPublished, s.Host, "published; waiting for its agent")
	return true, nil
}

// unheard says why a host's confirmation is not waited for at once.
func unheard(before *status.Host, wait time.Duration) string {
	switch {
	case wait == 0:
		return "not waiting for its agent"
	case before == nil:
		return "no agent has reported from there yet"
	case before.State == status.Stopped:
		return "its agent is stopped"
	}
	return "its agent last reported at " + before.Written.Format(time.RFC3339)
}

// confirm waits until the host of s has confirmed its plan, at the latest until
// deadline.
func (r *Plans) confirm(ctx context.Context, s Step, deadline time.Time) error {
	var last fleet.Outcome
	var since time.Time
	err := r.until(ctx, deadline, func() (bool, error) {
		now := r.judge(ctx, s)
		if now.Failed != last.Failed {
			since = time.Now()
		}
		last = now
		if now.Failed != "" && time.Since(since) >= fleet.Patience {
			return false, fmt.Errorf("%s reports a failure: %s", s.Host, now.Failed)
		}
		return now.Confirmed, nil
	})
	switch {
	case errors.Is(err, fleet.ErrLate) && last.Failed != "":
		return fmt.Errorf("%s reports a failure: %s", s.Host, last.Failed)
	case errors.Is(err, fleet.ErrLate):
		return Unconfirmed(fmt.Sprintf("%s did not confirm in time: %s", s.Host, last.Missing))
	case err == nil:
		r.tell(PlanConfirmed, s.Host, "confirmed%s", activeFor(r.reports[s.Host]))
		r.finish(s)
	}
	return err
}

// finish notes that a host has confirmed.
func (r *Plans) finish(s Step) {
	r.confirmed[s.Host] = s.Document.Hash
	if last := r.last(s.Host); r.done != nil && last.Document.Hash == s.Document.Hash {
		r.done(s.Host)
	}
}

// last returns the last step of host.
func (r *Plans) last(host string) Step {
	return r.Steps[slices.IndexFunc(r.Steps, func(s Step) bool { return s.Host == host })]
}

// activeFor says for what a host is Active, for its line of progress.
func activeFor(s *status.Host) string {
	var ids []string
	for _, r := range s.Routers {
		if r.State == status.Active && !r.Yielding {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return "; Active for " + strings.Join(ids, ", ")
}

// plans returns the plans of all steps.
func (r *Plans) plans() fleet.Generation {
	plans := fleet.NewGeneration()
	for _, s := range r.Steps {
		plans.Add(s.Host, &s.Document.Plan)
	}
	return plans
}
