package main

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"hactl/agent/store"
	"hactl/cmd/hactl/internal/fleet"
)

// log returns the record of the rollout.
func (r *upgradeRollout) log() *rolloutLog {
	record := store.Rollout{ID: rand.Text(), By: fleet.Whoami(), Started: time.Now().UTC(), Upgrade: r.name, Plans: map[string]string{}}
	for _, h := range r.due() {
		record.Plans[h.Host] = h.goal.Release.SHA256
	}
	for _, host := range r.finished {
		record.Plans[host] = r.host(host).goal.Release.SHA256
	}
	record.Done, record.Back = slices.Clone(r.finished), r.returning
	return &rolloutLog{store: r.fleet.Store, record: record}
}

// recall takes over what an interrupted rollout of the same release has done, and
// whether it was going back.
func (r *upgradeRollout) recall(ctx context.Context) {
	was, _ := r.fleet.Store.Rollout(ctx) // advice
	if was == nil || was.Upgrade != r.name || r.back {
		return
	}
	if r.finished = r.leftOf(was); len(r.finished) > 0 {
		r.returning = was.Back
		return
	}
	r.finished = r.gotSince(was)
}

// leftOf returns the hosts that were still to go back, or on their way, when was was
// interrupted at that.
func (r *upgradeRollout) leftOf(was *store.Rollout) []string {
	if was.Back == "" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(was.Done), func(host string) bool {
		h := r.host(host)
		return h == nil || h.goal.Release.SHA256 != was.Plans[host] || !h.canReturn()
	})
}

// gotSince returns the hosts that have got the release since was began, which left
// others without it: those that were done, then those that have gone on alone. Nil
// when nothing is left of was to be gone on with.
func (r *upgradeRollout) gotSince(was *store.Rollout) []string {
	var got []string
	for _, host := range slices.Concat(was.Done, was.Hosts()) {
		switch h := r.host(host); {
		case h == nil || h.goal.Release.SHA256 != was.Plans[host]:
		case h.current() && !slices.Contains(got, host):
			got = append(got, host)
		}
	}
	if len(got) == len(was.Plans) || len(was.Done) == len(was.Plans) {
		return nil
	}
	return got
}
