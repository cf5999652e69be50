package rollout

import (
	"context"
	"slices"

	"hactl/agent/store"
)

// Record leaves a record of r in the store while it is under way, as that of plans
// does, where there is anything to do.
func (r *Upgrade) Record(ctx context.Context, takeOver bool, warn func(format string, args ...any)) (end func(), err error) {
	plans := map[string]string{}
	for _, h := range r.Due() {
		plans[h.Host] = h.Goal.Release.SHA256
	}
	for _, host := range r.Finished {
		plans[host] = r.Host(host).Goal.Release.SHA256
	}
	if len(plans) == 0 {
		return func() {}, nil
	}
	l := newLog(r.Fleet.Store, store.Rollout{Upgrade: r.Name, Plans: plans})
	note := func() { l.record.Done, l.record.Back = slices.Clone(r.Finished), r.Returning }
	note()
	if err := l.begin(ctx, takeOver, warn); err != nil {
		return nil, err
	}
	r.note = func() {
		note()
		_ = l.write(ctx) // advice
	}
	r.looked = func() { l.keep(ctx) }
	return func() {
		note()
		l.end(ctx)
	}, nil
}

// Recall takes over what an interrupted rollout of the same release has done, and
// whether it was going back.
func (r *Upgrade) Recall(ctx context.Context) {
	was, _ := r.Fleet.Store.Rollout(ctx) // advice
	if was == nil || was.Upgrade != r.Name || r.Back {
		return
	}
	if r.Finished = r.leftOf(was); len(r.Finished) > 0 {
		r.Returning = was.Back
		return
	}
	r.Finished = r.gotSince(was)
}

// leftOf returns the hosts that were still to go back, or on their way, when was was
// interrupted at that.
func (r *Upgrade) leftOf(was *store.Rollout) []string {
	if was.Back == "" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(was.Done), func(host string) bool {
		h := r.Host(host)
		return h == nil || h.Goal.Release.SHA256 != was.Plans[host] || !h.canReturn()
	})
}

// gotSince returns the hosts that have got the release since was began, which left
// others without it: those that were done, then those that have gone on alone. Nil
// when nothing is left of was to be gone on with.
func (r *Upgrade) gotSince(was *store.Rollout) []string {
	var got []string
	for _, host := range slices.Concat(was.Done, was.Hosts()) {
		switch h := r.Host(host); {
		case h == nil || h.Goal.Release.SHA256 != was.Plans[host]:
		case h.current() && !slices.Contains(got, host):
			got = append(got, host)
		}
	}
	if len(got) == len(was.Plans) || len(was.Done) == len(was.Plans) {
		return nil
	}
	return got
}
