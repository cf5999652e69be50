package fleet

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// Until asks at least once, and ends when what is waited for has come, or fails, or the
// deadline has passed. Without a deadline it waits until it is interrupted.
func TestUntil(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		deadline time.Duration // 0: none
		done     func(after time.Duration) (bool, error)
		want     error
		took     time.Duration
	}{
		"at once":      {5 * time.Second, func(time.Duration) (bool, error) { return true, nil }, nil, 0},
		"in time":      {5 * time.Second, func(after time.Duration) (bool, error) { return after >= 2*time.Second, nil }, nil, 2 * time.Second},
		"too late":     {5 * time.Second, func(time.Duration) (bool, error) { return false, nil }, ErrLate, 5 * time.Second},
		"it fails":     {5 * time.Second, func(time.Duration) (bool, error) { return false, broken }, broken, 0},
		"no deadline":  {0, func(after time.Duration) (bool, error) { return after >= 8*time.Second, nil }, nil, 8 * time.Second},
		"an interrupt": {0, func(time.Duration) (bool, error) { return false, nil }, context.DeadlineExceeded, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				began, deadline := time.Now(), time.Time{}
				if c.deadline > 0 {
					deadline = began.Add(c.deadline)
				}
				err := Until(ctx, 100*time.Millisecond, deadline, func() (bool, error) { return c.done(time.Since(began)) })
				if !errors.Is(err, c.want) || time.Since(began) != c.took {
					t.Errorf("got %v after %v, want %v after %v", err, time.Since(began), c.want, c.took)
				}
			})
		})
	}
}
