package rollout

import (
	"context"
	"fmt"

	"hactl/agent/upgrade"
	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/intent"
	"hactl/schemas/status"
)

// Forward returns the order that leads a host away from what a rollout back would bring:
// one to a release that is under way, or is not begun yet. Nil when there is none.
func (h *Host) Forward() *intent.Order {
	if u := h.Report(); fleet.IsUnderWay(u) && !u.Order.Back {
		return u.Order
	}
	if o := h.Wanted.Order(h.Goal.Name); o != nil && !o.Back && !h.ended(o) {
		return o
	}
	return nil
}

// TakesBack reports whether going back, on a host, means to take its order back. An
// order to go back would lead further: to what ran before what ran before the order.
func (r *Upgrade) TakesBack(h *Host) bool {
	return r.Back && h.State == NotBegun && h.Forward() != nil
}

// takeBack takes the order of a host back, which leads it to what ran before. One that
// is taken back already, and still under way, is followed.
func (r *Upgrade) takeBack(ctx context.Context, h *Host) error {
	o := *h.Forward()
	err := r.Fleet.Want(ctx, h.Member, func(w *intent.Host) bool { return w.Cancel(r.Name) })
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
func (r *Upgrade) seeTakenBack(h *Host) {
	switch verdict := upgrade.Verdict(h.Last.Verdict); {
	case verdict == upgrade.Reverted, verdict == upgrade.Refused:
		r.arrive(h)
	case fleet.Succeeds(h.Last.Verdict):
		h.State, h.Order, h.takenBack, h.Last = NotBegun, nil, false, status.Upgrade{}
	default:
		h.State = Failed
	}
}
