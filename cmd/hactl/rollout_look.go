package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// judge says what the newest report of a host makes of its plan. A report that
// cannot be read now may be readable the next time.
func (r *rollout) judge(ctx context.Context, s step) outcome {
	if err := r.look(ctx, s.Host); err != nil {
		return outcome{missing: err.Error()}
	}
	return judge(s.Document, s.Before, r.reports[s.Host])
}

// look reads the newest report of host.
func (r *rollout) look(ctx context.Context, host string) error {
	s, err := readReport(ctx, r.store, host)
	if err != nil {
		return fmt.Errorf("read status of %s: %w", host, err)
	}
	r.reports[host] = s
	return nil
}

// lookAtAll reads the newest reports of all hosts. Of one that cannot be read
// the last report stays.
func (r *rollout) lookAtAll(ctx context.Context) {
	for _, host := range slices.Sorted(maps.Keys(r.reports)) {
		_ = r.look(ctx, host) // whoever needs this host's report will say so
	}
}

// errLate is what until returns when its deadline has passed.
var errLate = errors.New("deadline passed")

// until calls done again and again, at least once, until it is true, fails, or
// the deadline has passed.
func (r *rollout) until(ctx context.Context, deadline time.Time, done func() (bool, error)) error {
	return until(ctx, r.poll, deadline, done)
}

// until calls done every so often, as rollout.until does.
func until(ctx context.Context, every time.Duration, deadline time.Time, done func() (bool, error)) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		ok, err := done()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case ok || err != nil:
			return err
		case !time.Now().Before(deadline):
			return errLate
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}
