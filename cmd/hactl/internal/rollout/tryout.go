package rollout

import (
	"context"
	"crypto/rand"
	"slices"
	"sync"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/compiler/waves"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Tryout is a store through which a rollout publishes plans on trial. The agents go
// back by themselves; it sees to it that they do so together.
type Tryout struct {
	Publisher
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

// NewTryout returns the trial of the rollout r.
func NewTryout(r *Plans, within time.Duration) *Tryout {
	t := &Tryout{Publisher: r.Store, id: rand.Text(), within: within, ready: map[string]bool{}, given: map[string]*attempt{}}
	for _, s := range r.StepsOf(waves.Accept) {
		t.ready[s.Document.Hash] = true
	}
	for _, step := range r.Steps {
		if !step.Stored {
			t.hosts = append(t.hosts, step.Host)
		}
	}
	slices.Sort(t.hosts)
	return t
}

// PutPlan publishes a plan, on trial from now on unless it only makes ready for one: the
// plan that hosts would go back to has to hear those that have not gone back yet.
func (t *Tryout) PutPlan(ctx context.Context, host string, data []byte) error {
	doc, err := plan.Decode(data)
	if err != nil {
		panic("rollout: own plan does not decode: " + err.Error())
	}
	if t.ready[doc.Hash] {
		return t.Publisher.PutPlan(ctx, host, data)
	}
	a := t.attempt(host)
	a.mu.Lock()
	defer a.mu.Unlock()
	return t.put(ctx, host, a, doc, time.Now().Add(t.within))
}

// StepsOf returns the steps of a stage.
func (r *Plans) StepsOf(stage waves.Stage) []Step {
	var steps []Step
	for _, w := range r.Waves {
		if w.Stage == stage {
			steps = slices.Concat(steps, slices.Concat(w.Turns...))
		}
	}
	return steps
}

// KeepOld leaves out the wave after which hosts no longer take the old terms, as those
// that go back send by them; it reports whether there was one.
func (r *Plans) KeepOld() bool {
	all := len(r.Waves)
	r.Waves = slices.DeleteFunc(r.Waves, func(w Wave) bool { return w.Stage == waves.Drop })
	if len(r.Waves) == all {
		return false
	}
	changes := r.StepsOf(waves.Change)
	for i, s := range r.Steps {
		r.Steps[i] = changes[slices.IndexFunc(changes, func(c Step) bool { return c.Host == s.Host })]
	}
	return true
}

// attempt returns the attempt of a host.
func (t *Tryout) attempt(host string) *attempt {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.given[host] == nil {
		t.given[host] = &attempt{}
	}
	return t.given[host]
}

// put publishes a host's plan once more, to be confirmed until then.
func (t *Tryout) put(ctx context.Context, host string, a *attempt, doc *plan.Document, until time.Time) error {
	left := max(time.Until(until).Round(time.Second), time.Second)
	e := signed(doc.Envelope)
	e.Trial = &plan.Trial{ID: t.id, Within: int(left / time.Second), Round: a.round + 1, Hosts: t.hosts}
	data, err := plan.Encode(&doc.Plan, e)
	if err != nil {
		panic("rollout: own plan does not encode: " + err.Error())
	}
	if err := t.Publisher.PutPlan(ctx, host, data); err != nil {
		return err
	}
	a.doc, a.round, a.until = doc, e.Trial.Round, until
	return nil
}

// renew lets all hosts that have a plan on trial, and go back before due, go back at
// until. One that cannot be told goes back when it would have.
func (t *Tryout) renew(ctx context.Context, due, until time.Time) {
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
func (t *Tryout) tried() []string {
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
func (t *Tryout) first() time.Time {
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
func (t *Tryout) keep(ctx context.Context) {
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

// Around carries a rollout out and then lets all its hosts go back at one instant:
// after a success when the time that was asked for is over, and after a failure when
// the first one would. It returns that instant, zero when no host has a plan on trial.
func (t *Tryout) Around(ctx context.Context, rollout func() error) (until time.Time, err error) {
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

// Trying returns the hosts that were given a plan on trial, without those whose agents
// refuse it: these were never on trial, and do not go back.
func (r *Plans) Trying(t *Tryout) (trying, never []string) {
	for _, host := range t.tried() {
		if fleet.RefusesTrial(r.reports[host], t.id, t.attempt(host).doc.Hash) {
			never = append(never, host)
		} else {
			trying = append(trying, host)
		}
	}
	return trying, never
}

// Unarmed waits until the hosts on trial have reported that they go back together, and
// returns those that have not.
func (r *Plans) Unarmed(ctx context.Context, t *Tryout) []string {
	var late []string
	_ = r.await(ctx, fleet.Patience, func() bool {
		late = nil
		for _, host := range t.tried() {
			is := r.reports[host]
			a := t.attempt(host)
			if is == nil || is.Trial == nil || is.Trial.ID != t.id || is.Trial.State == status.OnTrial && is.Trial.Round < a.round {
				late = append(late, host)
			}
		}
		return len(late) == 0
	})
	return late
}
