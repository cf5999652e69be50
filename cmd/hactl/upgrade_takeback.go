package main

import (
	"context"
	"fmt"

	"hactl/agent/upgrade"
	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/intent"
	"hactl/schemas/status"
)

// forward returns the order that leads a host away from what a rollout back would bring:
// one to a release that is under way, or is not begun yet. Nil when there is none.
func (h *upgradeHost) forward() *intent.Order {
	if u := h.report(); fleet.IsUnderWay(u) && !u.Order.Back {
		return u.Order
	}
	if o := h.Wanted.Order(h.goal.Name); o != nil && !o.Back && !h.ended(o) {
		return o
	}
	return nil
}

// takesBack reports whether going back, on a host, means to take its order back. An
// order to go back would lead further: to what ran before what ran before the order.
func (r *upgradeRollout) takesBack(h *upgradeHost) bool {
	return r.back && h.state == notBegun && h.forward() != nil
}

// takeBack takes the order of a host back, which leads it to what ran before. One that
// is taken back already, and still under way, is followed.
func (r *upgradeRollout) takeBack(ctx context.Context, h *upgradeHost) error {
	o := *h.forward()
	err := r.fleet.Want(ctx, h.Member, func(w *intent.Host) bool { return w.Cancel(r.name) })
	if err != nil {
		return err
	}
	r.follow(h, o)
	h.takenBack = true
	r.tell(h, fmt.Sprintf("goes back: the order of %v is taken back", o.Mark))
	return nil
}

// seeTakenBack takes over how an order ended that was taken back. Where that came too
// late, the host has yet to go back.
func (r *upgradeRollout) seeTakenBack(h *upgradeHost) {
	switch verdict := upgrade.Verdict(h.last.Verdict); {
	case verdict == upgrade.Reverted, verdict == upgrade.Refused:
		r.arrive(h)
	case fleet.Succeeds(h.last.Verdict):
		h.state, h.order, h.takenBack, h.last = notBegun, nil, false, status.Upgrade{}
	default:
		h.state = failed
	}
}
