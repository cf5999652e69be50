package changeover

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"time"

	"hactl/agent/upgrade"
	"hactl/schemas/plan"
)

// How often it looks: seldom where it may take long.
const (
	glance = 25 * time.Millisecond
	watch  = 100 * time.Millisecond
)

// Runner carries out one upgrade. Its fields are not changed after Run was called.
type Runner struct {
	Upgrade  plan.Upgrade  // that is valid; not looked at when there is a record
	Spare    string        // path of the backup of the upgrade before; not looked at when there is a record
	Record   string        // path of the file that outlives this process
	Resume   bool          // there was a record: without one the upgrade is not begun, and is Stuck
	Patience time.Duration // for a step that the plan gives no time, greater than 0

	// Checks returns what the named checks say by now. It is called by Run often, and
	// must not wait.
	Checks func() upgrade.Checks

	// Away returns how far the upgrade's vips have gone, but for the connections to their
	// addresses, which are counted here. It is called like Checks, for an upgrade that
	// has vips.
	Away func() (upgrade.Away, []netip.Addr)

	// Tell is called by Run with all that happens, in order. It must not wait.
	Tell func(Progress)

	// Busy is called by Run with true before a command of the user's begins, and with false
	// when it has ended and need not be run again: whoever ends Run meanwhile breaks it off.
	// It must not wait. Nil: nobody is told.
	Busy func(bool)

	// Ended is called by Run with how the upgrade has ended, before its record goes: what
	// Ended keeps is there, or the record still is, whenever this process is killed. When
	// it fails, the record stays. Nil: nobody is told.
	Ended func(upgrade.Record, upgrade.Outcome) error

	aborts chan string

	// before is called before each effect; nil: by nobody. Tests end this process there.
	before func(upgrade.Effect)
}

// NewRunner returns a runner of an upgrade.
func NewRunner(u plan.Upgrade, record string, checks func() upgrade.Checks, tell func(Progress)) *Runner {
	return &Runner{Upgrade: u, Record: record, Patience: Patience, Checks: checks, Tell: tell, aborts: make(chan string, 1)}
}

// Abort asks for the way back, which Run goes if it is not too late. It may be called
// at any time, from any goroutine; one call is enough.
func (r *Runner) Abort(cause string) {
	select {
	case r.aborts <- cause:
	default: // asked for already
	}
}

// Run carries the upgrade out, or goes on with what the record says, and returns how
// it ended. When ctx ends first, it stops where it is, as if it had been killed, with
// ctx's error: somebody has to run it again. So it does with what the record cannot
// be read for, and when Ended fails or the record cannot be removed.
func (r *Runner) Run(ctx context.Context) (upgrade.Outcome, error) {
	found, err := loadRecord(r.Record)
	if err != nil {
		return upgrade.Outcome{}, fmt.Errorf("resume an upgrade: %w", err)
	}
	if found == nil && r.Resume {
		return r.lost()
	}
	w := &work{Runner: r, eye: eye{runs: executables{}}, begun: time.Now()}
	if found != nil {
		w.machine = upgrade.Resume(*found, r.Patience)
	} else {
		w.machine = upgrade.New(r.Upgrade, r.Patience)
		w.step(ctx, upgrade.Begin{Spare: r.Spare})
	}
	for w.machine.Outcome() == nil {
		if err := w.wait(ctx); err != nil {
			return upgrade.Outcome{}, err
		}
		o, err := w.eye.look(w.machine.Record())
		if err != nil {
			return upgrade.Outcome{}, fmt.Errorf("look at an upgrade: %w", err)
		}
		o.Checks = r.Checks()
		if w.machine.Record().Stage == upgrade.Drain {
			o.Away = w.away()
		}
		w.step(ctx, upgrade.Seen{Observation: o})
		w.step(ctx, upgrade.Timeout{})
	}
	return *w.machine.Outcome(), w.unsaid
}

// lost ends an upgrade whose record somebody has removed.
func (r *Runner) lost() (o upgrade.Outcome, err error) {
	o = upgrade.Outcome{Verdict: upgrade.Stuck, Text: "its record could not be read, and somebody has removed it"}
	if r.Ended != nil {
		err = r.Ended(upgrade.Record{}, o)
	}
	return o, err
}

// work is one run.
type work struct {
	*Runner
	machine  *upgrade.Machine
	deadline upgrade.Instant // of the machine
	eye      eye
	begun    time.Time
	unsaid   error // why Ended failed, or the record stays
}

// now is the machine's time, which never is zero.
func (w *work) now() upgrade.Instant { return upgrade.Instant(time.Since(w.begun) + 1) }

// wait waits until it is time to look again, which it is at the machine's deadline, or
// hears of an abort.
func (w *work) wait(ctx context.Context) error {
	period := glance
	if s := w.machine.Record().Stage; s == upgrade.Drain || s == upgrade.Retire || s == upgrade.Verify {
		period = watch
	}
	if d := w.deadline; d != upgrade.Never {
		period = max(min(period, d.Sub(w.now())), time.Millisecond)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case cause := <-w.aborts:
		w.step(ctx, upgrade.Abort{Cause: cause})
	case <-time.After(period):
	}
	return nil
}

// step tells the machine what happened, carries out what follows, and tells it of
// that.
func (w *work) step(ctx context.Context, in upgrade.Input) {
	for in != nil && ctx.Err() == nil {
		result := w.machine.Step(w.now(), in)
		w.deadline = result.Deadline
		in = w.carryOut(ctx, result)
	}
}

// carryOut carries out effects in their order, by the deadline, and returns the
// answer to them; nil: none is wanted. When ctx has ended, no answer is.
func (w *work) carryOut(ctx context.Context, result upgrade.Result) (answer upgrade.Input) {
	if result.Deadline != upgrade.Never {
		var stop context.CancelFunc
		left := result.Deadline.Sub(w.now())
		ctx, stop = context.WithTimeoutCause(ctx, left, fmt.Errorf("it takes longer than %v", left.Round(time.Second)))
		defer stop()
	}
	for _, e := range result.Effects {
		if w.before != nil {
			w.before(e)
		}
		switch e := e.(type) {
		case upgrade.Inspect:
			return upgrade.Inspected{Facts: inspect(ctx, e.Upgrade)}
		case upgrade.Transitioned, upgrade.Waiting:
			w.tell(words(e))
		case upgrade.Noted:
			w.note(e.Text)
		case upgrade.Finish:
			w.finish(e)
		default:
			answer = upgrade.Did{}
			if err := w.act(ctx, e); err != nil {
				return upgrade.Did{Err: err.Error()}
			}
		}
	}
	return answer
}

// act carries out one effect that touches something.
func (w *work) act(ctx context.Context, e upgrade.Effect) error {
	switch e := e.(type) {
	case upgrade.Save:
		err := saveRecord(w.Record, e.Record)
		if err != nil && !e.Must {
			w.tell("not recorded: " + err.Error())
			return nil
		}
		if err == nil {
			w.busy(false)
		}
		return err
	case upgrade.Keep:
		return keep(e)
	case upgrade.Install:
		return install(ctx, e)
	case upgrade.PutBack:
		return putBack(e)
	case upgrade.Send:
		return send(e)
	case upgrade.Sever:
		w.sever()
		return nil
	case upgrade.Run:
		return w.run(ctx, e)
	}
	panic(fmt.Sprintf("changeover: effect %T", e))
}

// busy says whether a command is not to be broken off.
func (w *work) busy(is bool) {
	if w.Busy != nil {
		w.Busy(is)
	}
}

// away returns how far the vips have gone.
func (w *work) away() upgrade.Away {
	away, addresses := w.Away()
	away.Left = -1
	if away.Held && len(away.Here) == 0 { // what was counted before may be of other addresses
		away.Left = w.eye.arrivals(addresses)
	}
	return away
}

// sever ends the connections to the vips' addresses, and lets them be counted anew.
func (w *work) sever() {
	_, addresses := w.Away()
	if err := sever(addresses); err != nil {
		w.tell("connections are not cut: " + err.Error())
	}
	w.eye.counted = time.Time{}
}

// tell tells people.
func (w *work) tell(text string) {
	w.Tell(Progress{Stage: w.machine.Record().Stage, Text: text, Connections: w.eye.left()})
}

// note tells people what they are to find also after the end.
func (w *work) note(text string) {
	w.Tell(Progress{Stage: w.machine.Record().Stage, Text: text, Connections: w.eye.left(), Stays: true})
}

// finish writes down how it ended, and then removes what is not needed any more, and
// what a master has left that was killed. What cannot be removed is told: the upgrade
// has ended nevertheless. A record that stays is an error of Run, since another one must
// not go on with it.
func (w *work) finish(e upgrade.Finish) {
	if w.Ended != nil {
		if err := w.Ended(w.machine.Record(), e.Outcome); err != nil {
			w.unsaid = fmt.Errorf("write down how an upgrade ended: %w", err)
			return
		}
	}
	for _, err := range tidy(w.machine.Record(), e) {
		w.tell(err.Error())
	}
	w.unsaid = remove(w.Record)
}

// tidy removes what an upgrade that has ended does not need any more, and returns why
// something stays. Until its record has gone, too, this is done again.
func tidy(r upgrade.Record, e upgrade.Finish) (failed []error) {
	var gone []string
	if e.Backup != "" {
		gone = append(gone, e.Backup)
	}
	u := r.Upgrade
	oldPID := u.PIDFile() + ".oldbin"
	ran := e.Outcome.Verdict == upgrade.Committed || e.Outcome.Verdict == upgrade.Reverted
	if _, runs := find(numbered(oldPID)); u.Nginx != nil && replaces(u) && ran && !runs {
		gone = append(gone, oldPID)
	}
	for _, path := range gone {
		if err := remove(path); err != nil {
			failed = append(failed, err)
		}
	}
	return failed
}

// remove removes a file, if it is there.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// words returns what people are told by an effect.
func words(e upgrade.Effect) string {
	switch e := e.(type) {
	case upgrade.Transitioned:
		return e.Cause
	case upgrade.Waiting:
		return "wait for " + e.Text
	}
	panic(fmt.Sprintf("changeover: effect %T", e))
}
