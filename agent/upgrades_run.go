package agent

import (
	"context"
	"slices"
	"time"

	"hactl/agent/changeover"
	"hactl/agent/upgrade"
)

// start carries out an upgrade, after what is kept of it has been written; or it goes
// on with one that was left.
func (u *upgrades) start(c *change, history []byte) {
	if c.unread && c.plan != nil {
		c.carried = *c.plan // its checks and vips are the best guess
	}
	v := newVerifier(c.carried.Verify.Checks)
	v.know(u.agent.checks)
	task := changeover.Task{
		Name: c.name, Upgrade: c.carried, Spare: c.history.Previous.Source, Resume: c.unread,
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

// progressed takes note of how far an upgrade is.
func (u *upgrades) progressed(c *change, p changeover.Progress) {
	u.agent.cfg.Log.Info("upgrade goes on", "upgrade", c.name, "stage", p.Stage.String(), "text", p.Text)
	if u.going.concluded { // it tidies up
		return
	}
	if p.Stays {
		if !slices.Contains(c.notes, p.Text) {
			c.notes = append(slices.Clone(c.notes), p.Text)
		}
		p.Text = c.progress.Text
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
