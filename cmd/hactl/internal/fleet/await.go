package fleet

import (
	"context"
	"errors"
	"time"
)

// ErrLate is what Until returns when its deadline has passed.
var ErrLate = errors.New("deadline passed")

// Until calls done every so often, at least once, until it is true, fails, or the
// deadline has passed, which is ErrLate. A zero deadline never comes.
func Until(ctx context.Context, every time.Duration, deadline time.Time, done func() (bool, error)) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		ok, err := done()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case ok || err != nil:
			return err
		case !deadline.IsZero() && !time.Now().Before(deadline):
			return ErrLate
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// LookEvery is the time between two looks at a host's report.
const LookEvery = 200 * time.Millisecond

// Patience is how long a host's new problem must stand before it is taken as a
// failure: a report may be older than the plan.
const Patience = 3 * time.Second
