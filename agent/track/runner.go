package track

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hactl/agent/node"
	"hactl/agent/vrrp"
	"hactl/schemas/plan"
)

// Report is what one run of a check brought.
type Report struct {
	Check   string
	Health  node.Health // by now
	Changed bool        // this run has changed it
	Streak  int         // results in a row that speak against it
	Cause   string      // why the run failed; empty when it succeeded
	Output  string      // the end of what a program wrote in it
	Ended   time.Time
	Took    time.Duration
}

// Runner runs one check.
type Runner struct {
	check   plan.Check
	known   node.Health
	streak  int // results in a row that spoke against known, before
	delay   time.Duration
	prober  prober
	tell    func(Report)
	timeout time.Duration
	hung    chan outcome // where the result of a run that has not come back will be; nil: there is none
}

// prober looks once, and may hear from the kernel that it is time to.
type prober struct {
	probe func(context.Context) outcome
	alarm <-chan struct{} // nil: nobody says
	end   func()          // gives up what it holds between two looks; nil: nothing
}

// outcome is what a look brought.
type outcome struct {
	err    error  // why it is a failure; nil when it is none
	output string // the end of what a program wrote
}

// NewRunner returns a runner of a check on a host. Known is what is known of the
// check before, delay the time until its first run, tell is called after each
// run.
func NewRunner(c plan.Check, host string, known node.Health, delay time.Duration, tell func(Report)) *Runner {
	return &Runner{
		check: c, known: known, delay: delay, prober: proberOf(c, host), tell: tell,
		timeout: time.Duration(c.Timeout) * time.Millisecond,
	}
}

// Continue makes r, before Run, go on after so many results in a row that spoke
// against what is known.
func (r *Runner) Continue(streak int) { r.streak = streak }

// Run runs the check until ctx ends. A run that hangs in the kernel, so that not
// even its timeout ends it, is left behind.
func (r *Runner) Run(ctx context.Context) {
	started := time.Now()
	now := func() vrrp.Instant { return vrrp.Instant(time.Since(started) + 1) }
	m := NewMachine(r.check, r.known, now().Add(r.delay))
	m.streak = r.streak
	timer := time.NewTimer(r.delay)
	defer timer.Stop()
	if r.prober.end != nil {
		defer r.prober.end()
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.prober.alarm:
			m.Hurry(now())
		case <-timer.C:
			begun := now()
			m.Begin(begun)
			o := r.look(ctx)
			if ctx.Err() != nil {
				return
			}
			ended := now()
			r.tell(Report{
				Check: r.check.Name, Changed: m.End(ended, o.err == nil), Health: m.Health(), Streak: m.Streak(),
				Cause: cause(o.err), Output: o.output, Ended: time.Now(), Took: ended.Sub(begun),
			})
		}
		timer.Reset(m.Deadline().Sub(now()))
	}
}

// slack is how long after its timeout a run may come back with its own words.
const slack = 250 * time.Millisecond

// look looks once. One that does not come back is a failure now, and every time
// until it does.
func (r *Runner) look(ctx context.Context) outcome {
	ctx, stop := context.WithTimeout(ctx, r.timeout)
	defer stop()
	done := r.hung
	if done == nil {
		done = make(chan outcome, 1)
		go func() { done <- r.prober.probe(ctx) }()
	}
	o, back := await(ctx, done)
	switch {
	case !back:
		o.err = fmt.Errorf("hangs: not even its timeout of %v has ended it", r.timeout)
	case r.hung != nil:
		o = outcome{err: errors.New("an earlier run has come back only now")}
	case errors.Is(o.err, context.DeadlineExceeded):
		o.err = fmt.Errorf("no answer within %v", r.timeout)
	}
	r.hung = nil
	if !back {
		r.hung = done
	}
	return o
}

// await waits for the outcome of a run, a little longer than ctx at most.
func await(ctx context.Context, done <-chan outcome) (o outcome, back bool) {
	select {
	case o = <-done:
		return o, true
	case <-ctx.Done():
	}
	select {
	case o = <-done:
		return o, true
	case <-time.After(slack):
		return o, false
	}
}
