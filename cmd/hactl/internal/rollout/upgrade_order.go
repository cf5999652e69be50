package rollout

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/intent"
)

// order tells a host to begin. Told twice, since an answer was lost, it does so once.
func (r *Upgrade) order(ctx context.Context, h *Host) error {
	late := r.TakesBack(h)
	h.ReadAgain(ctx, r.Fleet.Store)
	switch {
	case r.TakesBack(h):
		return r.takeBack(ctx, h)
	case late && h.Report() != nil && !h.Report().Current:
		h.State = Arrived // its order has ended meanwhile, and not there
		return nil
	case late:
		return nil // its order has ended there meanwhile: what is against its going back is to be seen
	}
	if was := h.Wanted.Order(r.Name); was != nil && r.asks(h, was) && !h.ended(was) {
		r.follow(h, *was)
		return nil
	}
	o := intent.Order{Name: r.Name, ID: rand.Text(), Back: r.Back,
		Mark: fleet.NewMark()}
	if !r.Back {
		o.SHA256 = h.Goal.Release.SHA256
	}
	err := r.Fleet.Want(ctx, h.Member, func(w *intent.Host) bool {
		w.SetOrder(o)
		return true
	})
	if err != nil {
		return err
	}
	r.follow(h, o)
	r.tell(h, fmt.Sprintf("is told to go from %s to %s", cmp.Or(h.Started, "an unknown version"), r.Target(h)))
	return nil
}

// Target is where a host is to go, in words.
func (r *Upgrade) Target(h *Host) string {
	if !r.Back {
		return h.Goal.Release.Version
	}
	if u := h.Report(); u != nil && u.Previous != nil {
		return u.Previous.Version
	}
	return "what ran before"
}

// taken reports whether somebody else has given a host another order, or none: what
// became of this one is no fault of the release.
func (r *Upgrade) taken(ctx context.Context, h *Host) bool {
	h.ReadAgain(ctx, r.Fleet.Store)
	o := h.Wanted.Order(r.Name)
	if o == nil {
		return h.Closed == nil && !h.takenBack
	}
	return h.Closed == nil && o.ID != h.Order.ID
}

// withdraw takes back an order that a host has not begun, so that it does not begin
// when nobody looks, and says whether it could.
func (r *Upgrade) withdraw(ctx context.Context, h *Host) string {
	if h.takenBack {
		return "its order is taken back"
	}
	if r.taken(ctx, h) {
		h.State = NotBegun
		return "somebody else has given it another order, or none"
	}
	err := r.Fleet.Want(ctx, h.Member, func(w *intent.Host) bool { return w.Cancel(r.Name) })
	if err != nil {
		return fmt.Sprintf("its order cannot be taken back: %v", err)
	}
	h.State = NotBegun
	return "its order is taken back"
}
