package agent

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"hactl/agent/upgrade"
	"hactl/schemas/intent"
)

// consider aborts what nobody wants any more, and begins what is wanted next.
func (u *upgrades) consider() {
	if r := u.going; r != nil {
		u.abide(r)
		return
	}
	if u.halted {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(u.byName)) {
		if c := u.byName[name]; u.begin(c) {
			return
		}
	}
}

// abide aborts what is under way when its order does not stand any more.
func (u *upgrades) abide(r *run) {
	past := r.change.history.Underway()
	if !u.known || past == nil || r.aborted {
		return
	}
	switch o, stands := u.orders[r.change.name]; {
	case !stands:
		r.abort(fmt.Sprintf("the order of %v was taken back", past.Order.Mark))
	case o.ID != past.Order.ID:
		r.abort(fmt.Sprintf("another order has come, of %v", o.Mark))
	}
}

// abort asks for the way back.
func (r *run) abort(cause string) {
	r.aborted = true
	r.aborts <- cause
}

// begin begins what is to be done for an upgrade, or goes on with it, and reports
// whether that was anything.
func (u *upgrades) begin(c *change) bool {
	past, next := c.history.Underway(), u.next(c)
	switch {
	case c.failed || u.agent.cfg.Changeover == nil:
		return false
	case c.unsaved != nil:
		u.settle(c)
	case c.left:
		u.start(c, nil)
	case !u.known:
		return false
	case past != nil && next == nil:
		u.refuse(c, "the order was taken back before anything was touched")
	case next == nil || u.agent.trying():
		return false
	case past != nil: // it was ended before it had touched anything
		u.attempt(c, past.Order)
	default:
		c.history.Begin(*next, time.Now().UTC())
		u.attempt(c, *next)
	}
	return true
}

// next returns the order that is to be begun, if nothing is under way; nil: there is none.
func (u *upgrades) next(c *change) *intent.Order {
	o, stands := u.orders[c.name]
	past := c.history.Underway()
	if !stands || past != nil && o.ID != past.Order.ID || past == nil && c.history.Knows(o.ID) {
		return nil
	}
	return &o
}

// attempt begins an order, or refuses it.
func (u *upgrades) attempt(c *change, o intent.Order) {
	c.notes = nil
	if why := c.refusal(o); why != "" {
		u.refuse(c, why)
		return
	}
	c.carried = *c.plan
	if o.Back {
		c.carried = upgrade.Back(c.carried, c.history.Previous)
	}
	c.progress.Stage, c.since = upgrade.Preflight, time.Now()
	u.start(c, c.history.Encode())
}

// refusal says why an order is not begun, in words; empty: it is.
func (c *change) refusal(o intent.Order) string {
	switch {
	case c.damage != "":
		return c.damage
	case c.plan == nil:
		return fmt.Sprintf("the plan that is followed has no upgrade %s", c.name)
	case o.Back && c.history.Previous.SHA256 == "":
		return "nothing is kept that it could go back to"
	case !o.Back && o.SHA256 != c.plan.Release.SHA256:
		return fmt.Sprintf("the order asks for the release with sha256 %s, and that of the plan, %s, has %s", o.SHA256, c.plan.Release.Version, c.plan.Release.SHA256)
	}
	return ""
}
