package main

import (
	"context"
	"crypto/rand"
	"slices"
	"sync"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/compiler/waves"
	"hactl/schemas/plan"
)

// tryout is a store through which a rollout publishes plans on trial. The agents go
// back by themselves; it sees to it that they do so together.
type tryout struct {
	publisher
	id     string
	within time.Duration
	hosts  []string // that may get a plan on trial, sorted

	ready map[string]bool // hashes of plans by which hosts make ready for the change, and which are not on trial

	mu    sync.Mutex
	given map[string]*attempt // by host
}

// attempt is the plan that a host has on trial.
type attempt struct {
	mu    sync.Mutex
	doc   *plan.Document // nil: the host has none on trial
	round int
	until time.Time // when the host goes back, as far as is known here
}

// newTryout returns the trial of the rollout r.
func newTryout(r *rollout, within time.Duration) *tryout {
	t := &tryout{publisher: r.store, id: rand.Text(), within: within, ready: map[string]bool{}, given: map[string]*attempt{}}
	for _, s := range r.stepsOf(waves.Accept) {
		t.ready[s.Document.Hash] = true
	}
	for _, step := range r.steps {
		if !step.Stored {
			t.hosts = append(t.hosts, step.Host)
		}
	}
	slices.Sort(t.hosts)
	return t
}

// PutPlan publishes a plan, on trial from now on unless it only makes ready for one: the
// plan that hosts would go back to has to hear those that have not gone back yet.
func (t *tryout) PutPlan(ctx context.Context, host string, data []byte) error {
	doc, err := plan.Decode(data)
	if err != nil {
		panic("hactl: own plan does not decode: " + err.Error())
	}
	if t.ready[doc.Hash] {
		return t.publisher.PutPlan(ctx, host, data)
	}
	a := t.attempt(host)
	a.mu.Lock()
	defer a.mu.Unlock()
	return t.put(ctx, host, a, doc, time.Now().Add(t.within))
}

// stepsOf returns the steps of a stage.
func (r *rollout) stepsOf(stage waves.Stage) []step {
	var steps []step
	for _, w := range r.waves {
		if w.stage == stage {
			steps = slices.Concat(steps, slices.Concat(w.turns...))
		}
	}
	return steps
}

// keepOld leaves out the wave after which hosts no longer take the old terms, as those
// that go back send by them; it reports whether there was one.
func (r *rollout) keepOld() bool {
	all := len(r.waves)
	r.waves = slices.DeleteFunc(r.waves, func(w wave) bool { return w.stage == waves.Drop })
	if len(r.waves) == all {
		return false
	}
	changes := r.stepsOf(waves.Change)
	for i, s := range r.steps {
		r.steps[i] = changes[slices.IndexFunc(changes, func(c step) bool { return c.Host == s.Host })]
	}
	return true
}

// attempt returns the attempt of a host.
func (t *tryout) attempt(host string) *attempt {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.given[host] == nil {
		t.given[host] = &attempt{}
	}
	return t.given[host]
}

// put publishes a host's plan once more, to be confirmed until then.
func (t *tryout) put(ctx context.Context, host string, a *attempt, doc *plan.Document, until time.Time) error {
	left := max(time.Until(until).Round(time.Second), time.Second)
	e := signed(doc.Envelope)
	e.Trial = &plan.Trial{ID: t.id, Within: int(left / time.Second), Round: a.round + 1, Hosts: t.hosts}
	data, err := plan.Encode(&doc.Plan, e)
	if err != nil {
		panic("hactl: own plan does not encode: " + err.Error())
	}
	if err := t.publisher.PutPlan(ctx, host, data); err != nil {
		return err
	}
	a.doc, a.round, a.until = doc, e.Trial.Round, until
	return nil
}

// renew lets all hosts that have a plan on trial, and go back before due, go back at
// until. One that cannot be told goes back when it would have.
func (t *tryout) renew(ctx context.Context, due, until time.Time) {
	hosts := t.tried()
	fleet.Together(len(hosts), func(i int) {
		a := t.attempt(hosts[i])
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.until.Before(due) {
			_ = t.put(ctx, hosts[i], a, a.doc, until) // its report says until when
		}
	})
}

// tried returns the hosts that have a plan on trial, sorted.
func (t *tryout) tried() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var hosts []string
	for host, a := range t.given {
		a.mu.Lock()
		if a.doc != nil {
			hosts = append(hosts, host)
		}
		a.mu.Unlock()
	}
	slices.Sort(hosts)
	return hosts
}

// first returns when the first host goes back.
func (t *tryout) first() time.Time {
	var first time.Time
	for _, host := range t.tried() {
		a := t.attempt(host)
		a.mu.Lock()
		if first.IsZero() || a.until.Before(first) {
			first = a.until
		}
		a.mu.Unlock()
	}
	return first
}

// keep lets the time of all hosts begin anew now and then until ctx ends, so that none
// goes back while the rollout is under way.
func (t *tryout) keep(ctx context.Context) {
	tick := time.NewTicker(t.within / 5)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			now := time.Now()
			t.renew(ctx, now.Add(t.within/2), now.Add(t.within))
		case <-ctx.Done():
			return
		}
	}
}

// around carries a rollout out and then lets all its hosts go back at one instant:
// after a success when the time that was asked for is over, and after a failure when
// the first one would. It returns that instant, zero when no host has a plan on trial.
func (t *tryout) around(ctx context.Context, rollout func() error) (until time.Time, err error) {
	keeping, stop := context.WithCancel(ctx)
	var keeper sync.WaitGroup
	keeper.Go(func() { t.keep(keeping) })
	err = rollout()
	stop()
	keeper.Wait()
	if len(t.tried()) == 0 {
		return time.Time{}, err
	}
	ctx, stop = context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	until = time.Now().Add(t.within)
	if err != nil {
		until = t.first()
	}
	t.renew(ctx, until.Add(time.Hour), until)
	return until, err
}
