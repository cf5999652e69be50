package main

import (
	"context"
	"slices"

	"hactl/schemas/intent"
	"hactl/schemas/plan"
)

// deaf reports whether a host cannot be told anything.
func (f *fleet) deaf(host string) bool {
	m := f.member(host)
	return m == nil || m.Unread != nil
}

// having returns the members whose plans have one of these routers.
func (f *fleet) having(ids []string) []*member {
	var some []*member
	for _, h := range f.members {
		if slices.ContainsFunc(ids, func(id string) bool { return f.plans.router(h.Host, id) != nil }) {
			some = append(some, h)
		}
	}
	return some
}

// free ends what holds the vips of these routers away from a host, and reports
// whether there was anything.
func (f *fleet) free(ctx context.Context, h *member, ids []string) (freed bool, err error) {
	err = f.want(ctx, h, func(w *intent.Host) bool {
		for _, id := range ids {
			freed = w.Release(f.plans.any(id).Vip) || freed
		}
		return freed
	})
	return freed, err
}

// reportsHold reports whether the host's agent says that a vip of these routers is
// held elsewhere.
func (f *fleet) reportsHold(h *member, ids []string) bool {
	return h.Status.Intents != nil && slices.ContainsFunc(h.Status.Intents.Holds, func(hold intent.Hold) bool {
		return slices.ContainsFunc(ids, func(id string) bool { return f.plans.any(id).Vip == hold.Vip })
	})
}

// confirm lets a host stay with what it has on trial, if it has anything.
func (f *fleet) confirm(ctx context.Context, m *member) error {
	id := m.onTrial()
	return f.want(ctx, m, func(w *intent.Host) bool {
		if id == "" || w.Confirmed != nil && w.Confirmed.Trial == id {
			return false
		}
		w.Confirmed = &intent.Confirmation{Trial: id, Mark: newMark()}
		return true
	})
}

// mode is the preemption of a vip.
func (f *fleet) mode(vip string) plan.Mode {
	return f.plans.any(f.routers(vip)[0]).Preemption.Mode
}
