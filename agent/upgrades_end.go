package agent

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"hactl/agent/changeover"
	"hactl/agent/upgrade"
	"hactl/schemas/plan"
)

// refuse ends an order that was not begun, and writes that down.
func (u *upgrades) refuse(c *change, why string) {
	o := upgrade.Outcome{Verdict: upgrade.Refused, Text: why}
	c.history.End(o, plan.Build{}, plan.Build{}, time.Now().UTC())
	c.unsaved = &o
	u.settle(c)
	u.conclude(u.going, o)
}

// settle writes down an outcome that is known, and removes the record, if it is there.
func (u *upgrades) settle(c *change) {
	o, data, left := *c.unsaved, c.history.Encode(), c.left
	u.launch(c, func(context.Context, *run) (upgrade.Outcome, error) {
		err := u.save(c, data)
		if err == nil && left {
			err = u.agent.cfg.Changeover.Clear(c.name, o)
		}
		return o, err
	})
	u.going.concluded = true
}

// save writes down what is kept of an upgrade. What could not be read is left alone.
func (u *upgrades) save(c *change, history []byte) error {
	if c.damage != "" {
		return nil
	}
	return u.agent.store.SaveHistory(u.host(), c.name, history)
}

// ended writes down how an upgrade has ended. It is called by its goroutine. What it is
// known to have come to stands, also when it cannot be written.
func (u *upgrades) ended(c *change, r upgrade.Record, o upgrade.Outcome) error {
	var next upgrade.History
	if err := u.agent.inLoop(func() { next = c.history }); err != nil {
		return err
	}
	next.End(o, r.Old, r.New, time.Now().UTC())
	unsaved := u.save(c, next.Encode())
	err := u.agent.inLoop(func() {
		c.history = next
		if unsaved != nil {
			c.unsaved = &o
		}
		u.conclude(u.going, o)
	})
	return cmp.Or(unsaved, err)
}

// conclude takes note of how an upgrade has ended.
func (u *upgrades) conclude(r *run, o upgrade.Outcome) {
	c := r.change
	r.concluded = true
	c.progress, c.since, c.unread = changeover.Progress{}, time.Time{}, false
	c.outcomes[string(o.Verdict)]++
	if n := c.history.Release; o.Verdict == upgrade.Committed && n.SHA256 != "" { // nobody has to wait for a look
		c.sight = &changeover.Sight{SHA256: n.SHA256, Version: n.Version, Running: n.SHA256}
	}
	if o.Verdict == upgrade.Down { // what was seen before is not there any more
		c.sight = nil
	}
	u.agent.cfg.Log.Log(context.Background(), loudness(o.Verdict), "upgrade ended", "upgrade", c.name, "verdict", string(o.Verdict), "text", o.Text)
	u.agent.mind() // what was held away may come back
	u.agent.noteChange()
}

// loudness is the level at which the end of an order is logged: whoever reads warnings
// only is told of each one that did not bring its release.
func loudness(v upgrade.Verdict) slog.Level {
	switch v {
	case upgrade.Current, upgrade.Committed:
		return slog.LevelInfo
	case upgrade.Stuck, upgrade.Down:
		return slog.LevelError
	}
	return slog.LevelWarn
}

// over takes note of the end of a run: with that of the upgrade, or before it. What could
// not be gone on with is tried again; what was halted waits, for this agent or the next.
func (u *upgrades) over(r *run, o upgrade.Outcome, err error) {
	u.going = nil
	c := r.change
	switch {
	case err != nil:
		u.broke(r, o, err)
	case !r.concluded:
		u.conclude(r, o)
	case c.unsaved != nil:
		c.unsaved, c.left, c.progress = nil, false, changeover.Progress{}
	}
	u.forget()
	u.look()
	u.agent.noteChange()
	u.consider()
}

// broke takes note of why a run ended that has not ended its upgrade. Where a stage was
// recorded, or may have been, the record is gone on with; that of one that has ended so is
// removed.
func (u *upgrades) broke(r *run, o upgrade.Outcome, err error) {
	c := r.change
	c.left = c.left || r.verifier != nil && c.progress.Stage != upgrade.Preflight
	if r.concluded && c.unsaved == nil { // only its record could not be removed
		c.unsaved = &o
	}
	if u.halted {
		return
	}
	c.failed = true
	if text := err.Error(); c.progress.Text != text {
		c.progress.Text = text
		u.agent.cfg.Log.Error("cannot go on with an upgrade; it is tried again", "upgrade", c.name, "error", err)
	}
}
