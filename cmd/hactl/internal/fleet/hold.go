package fleet

import (
	"context"
	"slices"

	"hactl/schemas/intent"
	"hactl/schemas/plan"
)

// Deaf reports whether a host cannot be told anything.
func (f *Fleet) Deaf(host string) bool {
	m := f.Member(host)
	return m == nil || m.Unread != nil
}

// Having returns the members whose plans have one of these routers.
func (f *Fleet) Having(ids []string) []*Member {
	var some []*Member
	for _, h := range f.Members {
		if slices.ContainsFunc(ids, func(id string) bool { return f.Plans.Router(h.Host, id) != nil }) {
			some = append(some, h)
		}
	}
	return some
}

// Free ends what holds the vips of these routers away from a host, and reports
// whether there was anything.
func (f *Fleet) Free(ctx context.Context, h *Member, ids []string) (freed bool, err error) {
	err = f.Want(ctx, h, func(w *intent.Host) bool {
		for _, id := range ids {
			freed = w.Release(f.Plans.Any(id).Vip) || freed
		}
		return freed
	})
	return freed, err
}

// ReportsHold reports whether the host's agent says that a vip of these routers is
// held elsewhere.
func (f *Fleet) ReportsHold(h *Member, ids []string) bool {
	return h.Status.Intents != nil && slices.ContainsFunc(h.Status.Intents.Holds, func(hold intent.Hold) bool {
		return slices.ContainsFunc(ids, func(id string) bool { return f.Plans.Any(id).Vip == hold.Vip })
	})
}

// Confirm lets a host stay with what it has on trial, if it has anything.
func (f *Fleet) Confirm(ctx context.Context, m *Member) error {
	id := m.OnTrial()
	return f.Want(ctx, m, func(w *intent.Host) bool {
		if id == "" || w.Confirmed != nil && w.Confirmed.Trial == id {
			return false
		}
		w.Confirmed = &intent.Confirmation{Trial: id, Mark: NewMark()}
		return true
	})
}

// Mode is the preemption of a vip.
func (f *Fleet) Mode(vip string) plan.Mode {
	return f.Plans.Any(f.Routers(vip)[0]).Preemption.Mode
}
