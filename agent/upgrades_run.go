package agent

import (
	"context"
	"time"

	"hactl/agent/changeover"
	"hactl/agent/upgrade"
	"hactl/schemas/plan"
)

// refuse ends an order that was not begun, and writes that down.
func (u *upgrades) refuse(c *change, why string) {
	o := upgrade.Outcome{Verdict: upgrade.Refused, Text: why}
	c.history.End(o, plan.Build{}, plan.Build{}, time.Now().UTC())
	data := c.history.Encode()
	u.launch(c, func(context.Context, *run) (upgrade.Outcome, error) { return o, u.save(c, data) })
}

// start carries out an upgrade, after what is kept of it has been written; or it goes
// on with one that was left.
func (u *upgrades) start(c *change, history []byte) {
	v := newVerifier(c.carried.Verify.Checks)
	v.know(u.agent.checks)
	task := changeover.Task{
		Name: c.name, Upgrade: c.carried, Spare: c.history.Previous.Source,
		Patience: changeover.Patience + recovery(c.carried.Verify.Checks, u.agent.checks),
		Checks:   func() upgrade.Checks { return v.say(time.Now()) },
		Away:     u.away,
		Tell: func(p changeover.Progress) {
			v.at(p.Stage, time.Now())
			u.agent.post(func() { u.progressed(c, p) })
		},
		Ended: func(r upgrade.Record, o upgrade.Outcome) error { return u.ended(c, r, o) },
	}
	c.left = false
	u.places.Store(&places{})
	u.launch(c, func(ctx context.Context, r *run) (upgrade.Outcome, error) {
		if history != nil {
			if err := u.save(c, history); err != nil {
				return upgrade.Outcome{}, err
			}
		}
		task.Aborts, task.Busy = r.aborts, r.busy.Store
		return u.agent.cfg.Changeover.Run(ctx, task)
	})
	u.going.verifier = v
	u.abide(u.going)
}

// launch runs work beside the loop.
func (u *upgrades) launch(c *change, work func(context.Context, *run) (upgrade.Outcome, error)) {
	ctx, stop := context.WithCancel(u.ctx)
	r := &run{change: c, stop: stop, aborts: make(chan string, 1), ended: make(chan struct{})}
	u.going = r
	u.agent.noteChange()
	u.tasks.Go(func() {
		defer stop()
		o, err := work(ctx, r)
		u.agent.post(func() { u.over(r, o, err) })
		close(r.ended) // the loop hears of it before whoever waits for that asks it anything
	})
}

// save writes down what is kept of an upgrade. What could not be read is left alone.
func (u *upgrades) save(c *change, history []byte) error {
	if c.damage != "" {
		return nil
	}
	return u.agent.store.SaveHistory(u.host(), c.name, history)
}

// ended writes down how an upgrade has ended. It is called by its goroutine.
func (u *upgrades) ended(c *change, r upgrade.Record, o upgrade.Outcome) error {
	var next upgrade.History
	if err := u.agent.inLoop(func() { next = c.history }); err != nil {
		return err
	}
	next.End(o, r.Old, r.New, time.Now().UTC())
	if err := u.save(c, next.Encode()); err != nil {
		return err
	}
	return u.agent.inLoop(func() { c.history = next; u.conclude(u.going, o) })
}

// progressed takes note of how far an upgrade is.
func (u *upgrades) progressed(c *change, p changeover.Progress) {
	u.agent.cfg.Log.Info("upgrade", "name", c.name, "stage", p.Stage.String(), "text", p.Text)
	if u.going.concluded { // it tidies up
		return
	}
	before := c.progress.Stage
	c.progress = p
	if p.Stage != before || c.since.IsZero() {
		c.since = time.Now()
	}
	if (p.Stage >= upgrade.Drain) != (before >= upgrade.Drain) {
		u.agent.mind()
	}
	if p.Stage == upgrade.Verify && !u.going.hurried {
		u.going.hurried = true
		u.agent.checks.hurry(c.carried.Verify.Checks)
	}
	u.agent.noteChange()
}

// conclude takes note of how an upgrade has ended.
func (u *upgrades) conclude(r *run, o upgrade.Outcome) {
	c := r.change
	r.concluded = true
	c.progress, c.since = changeover.Progress{}, time.Time{}
	c.outcomes[string(o.Verdict)]++
	if n := c.history.Release; o.Verdict == upgrade.Committed && n.SHA256 != "" { // nobody has to wait for a look
		c.sight = &changeover.Sight{SHA256: n.SHA256, Version: n.Version, Running: n.SHA256}
	}
	u.agent.cfg.Log.Info("upgrade ended", "name", c.name, "verdict", string(o.Verdict), "text", o.Text)
	u.agent.mind() // what was held away may come back
	u.agent.noteChange()
}

// over takes note of the end of a run: with that of the upgrade, or before it. What could
// not be gone on with is tried again; what was halted waits, for this agent or the next.
func (u *upgrades) over(r *run, o upgrade.Outcome, err error) {
	u.going = nil
	switch {
	case err != nil:
		u.broke(r, err)
	case !r.concluded:
		u.conclude(r, o)
	}
	u.forget()
	u.look()
	u.agent.noteChange()
	u.consider()
}

// broke takes note of why a run ended that has not ended its upgrade. Where a stage was
// recorded, or may have been, the record is gone on with.
func (u *upgrades) broke(r *run, err error) {
	c := r.change
	c.left = r.verifier != nil && c.progress.Stage != upgrade.Preflight
	if u.halted {
		return
	}
	c.failed = true
	if text := err.Error(); c.progress.Text != text {
		c.progress.Text = text
		u.agent.cfg.Log.Error("cannot go on with an upgrade; it is tried again", "name", c.name, "error", err)
	}
}

// unsettled says what is under way that would be lost; empty: nothing.
func (u *upgrades) unsettled() string {
	switch {
	case u.going != nil && u.going.busy.Load():
		return "a command of upgrade " + u.going.change.name + " runs"
	case u.looking:
		return "programs are being looked at"
	}
	return ""
}

// halt stops what is under way, as a kill would, and returns what is closed when it
// has stopped. Nothing is begun until proceed.
func (u *upgrades) halt() (ended []<-chan struct{}) {
	u.halted = true
	if u.going != nil {
		u.going.stop()
		ended = append(ended, u.going.ended)
	}
	return ended
}

// proceed goes on after halt.
func (u *upgrades) proceed() {
	u.halted = false
	u.look()
	u.consider()
}

// heard lets an upgrade that is under way know what the checks say.
func (u *upgrades) heard() {
	if u.going != nil && u.going.verifier != nil {
		u.going.verifier.know(u.agent.checks)
	}
}

// beat is done now and then: it tries again what has failed, and looks.
func (u *upgrades) beat() {
	for _, c := range u.byName {
		c.failed = false
	}
	u.heard()
	u.look()
	u.consider()
}

// close stops what is under way, as a kill would: the next agent goes on. The loop has
// ended.
func (u *upgrades) close() {
	u.stop()
	u.tasks.Wait()
}
