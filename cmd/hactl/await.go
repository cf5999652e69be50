package main

import (
	"context"
	"errors"
	"time"
)

// errLate is what until returns when its deadline has passed.
var errLate = errors.New("deadline passed")

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

// lookEvery is the time between two looks at a host's report.
const lookEvery = 200 * time.Millisecond

// patience is how long a host's new problem must stand before it is taken as a
// failure: a report may be older than the plan.
const patience = 3 * time.Second
