package rollout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// agreed waits until all hosts of a wave have confirmed it, also those that had no
// running agent: the next wave would make them deaf to the others, or the others to them.
func (r *Plans) agreed(ctx context.Context, w Wave) error {
	late, err := r.gather(ctx, slices.Concat(w.Turns...))
	if err == nil && len(late) > 0 {
		err = Unconfirmed(strings.Join(late, "; "))
	}
	return err
}

// late waits for the hosts that had no running agent when their plans were
// published, for all together.
func (r *Plans) late(ctx context.Context) error {
	late, err := r.gather(ctx, r.Steps)
	switch {
	case err != nil || len(late) == 0:
		return err
	case r.Wait == 0:
		published, _ := r.progress()
		return Unconfirmed("published, and as --wait is 0 not waited for: " + strings.Join(published, ", "))
	}
	return Unconfirmed(strings.Join(late, "; "))
}

// gather waits for all steps together, and says of each host that does not confirm in
// time what is missing.
func (r *Plans) gather(ctx context.Context, steps []Step) (late []string, err error) {
	deadline := time.Now().Add(r.Wait)
	for _, s := range steps {
		if r.confirmed[s.Host] == s.Document.Hash {
			continue
		}
		switch err := r.confirm(ctx, s, deadline); {
		case errors.As(err, new(Unconfirmed)):
			late = append(late, err.Error())
		case err != nil:
			return nil, err
		}
	}
	return late, nil
}

// stopped adds to err how far the rollout came.
func (r *Plans) stopped(ctx context.Context, err error) error {
	message := err.Error()
	published, left := r.progress()
	switch {
	case ctx.Err() != nil && len(published) > 0:
		message = "interrupted; published, but not confirmed yet: " + strings.Join(published, ", ")
	case ctx.Err() != nil:
		message = "interrupted"
	case errors.As(err, new(Unconfirmed)) && len(left) == 0:
		message += ". All plans are published; \"hactl status\" shows who follows"
	}
	switch {
	case len(left) > 0:
		message += fmt.Sprintf("; not published: %s. Apply again to go on", strings.Join(left, ", "))
	case ctx.Err() != nil && len(published) > 0:
		message += ". All plans are published; apply again to wait for these"
	case ctx.Err() != nil:
		message += "; every host has confirmed, but it was not seen whether each router has one Active"
	}
	return Reworded(err, message)
}

// progress names the hosts that have their last plan and have not confirmed it, and
// those that the rollout did not come to.
func (r *Plans) progress() (published, left []string) {
	for _, s := range r.Steps {
		switch hash := s.Document.Hash; {
		case r.published[s.Host] != hash:
			left = append(left, s.Host)
		case r.confirmed[s.Host] != hash:
			published = append(published, s.Host)
		}
	}
	return published, left
}
