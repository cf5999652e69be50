package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/intent"
)

// order tells a host to begin. Told twice, since an answer was lost, it does so once.
func (r *upgradeRollout) order(ctx context.Context, h *upgradeHost) error {
	late := r.takesBack(h)
	h.ReadAgain(ctx, r.fleet.Store)
	switch {
	case r.takesBack(h):
		return r.takeBack(ctx, h)
	case late && h.report() != nil && !h.report().Current:
		h.state = arrived // its order has ended meanwhile, and not there
		return nil
	case late:
		return nil // its order has ended there meanwhile: what is against its going back is to be seen
	}
	if was := h.Wanted.Order(r.name); was != nil && r.asks(h, was) && !h.ended(was) {
		r.follow(h, *was)
		return nil
	}
	o := intent.Order{Name: r.name, ID: rand.Text(), Back: r.back,
		Mark: fleet.NewMark()}
	if !r.back {
		o.SHA256 = h.goal.Release.SHA256
	}
	err := r.fleet.Want(ctx, h.Member, func(w *intent.Host) bool {
		w.SetOrder(o)
		return true
	})
	if err != nil {
		return err
	}
	r.follow(h, o)
	r.tell(h, fmt.Sprintf("is told to go from %s to %s", cmp.Or(h.started, "an unknown version"), r.target(h)))
	return nil
}

// target is where a host is to go, in words.
func (r *upgradeRollout) target(h *upgradeHost) string {
	if !r.back {
		return h.goal.Release.Version
	}
	if u := h.report(); u != nil && u.Previous != nil {
		return u.Previous.Version
	}
	return "what ran before"
}

// taken reports whether somebody else has given a host another order, or none: what
// became of this one is no fault of the release.
func (r *upgradeRollout) taken(ctx context.Context, h *upgradeHost) bool {
	h.ReadAgain(ctx, r.fleet.Store)
	o := h.Wanted.Order(r.name)
	if o == nil {
		return h.Closed == nil && !h.takenBack
	}
	return h.Closed == nil && o.ID != h.order.ID
}

// withdraw takes back an order that a host has not begun, so that it does not begin
// when nobody looks, and says whether it could.
func (r *upgradeRollout) withdraw(ctx context.Context, h *upgradeHost) string {
	if h.takenBack {
		return "its order is taken back"
	}
	if r.taken(ctx, h) {
		h.state = notBegun
		return "somebody else has given it another order, or none"
	}
	err := r.fleet.Want(ctx, h.Member, func(w *intent.Host) bool { return w.Cancel(r.name) })
	if err != nil {
		return fmt.Sprintf("its order cannot be taken back: %v", err)
	}
	h.state = notBegun
	return "its order is taken back"
}
