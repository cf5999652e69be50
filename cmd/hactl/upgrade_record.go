package main

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"hactl/agent/store"
)

// log returns the record of the rollout, and takes over what an interrupted one of
// the same release has done.
func (r *upgradeRollout) log(ctx context.Context) *rolloutLog {
	record := store.Rollout{ID: rand.Text(), By: whoami(), Started: time.Now().UTC(), Upgrade: r.name, Plans: map[string]string{}}
	for _, h := range r.due() {
		record.Plans[h.Host] = h.goal.Release.SHA256
	}
	if was, _ := r.fleet.store.Rollout(ctx); was != nil && was.Upgrade == r.name && !r.back { // advice
		record.Done = r.gotSince(was)
	}
	for _, host := range record.Done {
		record.Plans[host] = r.host(host).goal.Release.SHA256
	}
	r.finished = slices.Clone(record.Done)
	return &rolloutLog{store: r.fleet.store, record: record}
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
