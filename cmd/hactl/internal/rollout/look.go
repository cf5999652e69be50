package rollout

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/status"
)

// judge says what the newest report of a host makes of its plan. A report that
// cannot be read now may be readable the next time.
func (r *Plans) judge(ctx context.Context, s Step) fleet.Outcome {
	if err := r.look(ctx, s.Host); err != nil {
		return fleet.Outcome{Missing: err.Error()}
	}
	o := fleet.Judge(s.Document, s.Before, r.reports[s.Host])
	if o.Confirmed {
		o.Missing = untried(s.retried(r.Wait), s.Before, r.reports[s.Host])
		o.Confirmed = o.Missing == ""
	}
	return o
}

// retried returns the checks that the plan of s changes, and whose results come soon
// enough to be waited for.
func (s Step) retried(wait time.Duration) []string {
	var names []string
	for _, c := range s.Retried {
		if soon := fleet.ReportEvery + time.Duration(c.Interval*c.Fall+c.Timeout)*time.Millisecond; soon <= wait/2 {
			names = append(names, c.Name)
		}
	}
	return names
}

// untried says which of these checks, which were up before, has not succeeded since the
// host has followed its plan, nor gone down; empty: none.
func untried(names []string, before, now *status.Host) string {
	for _, c := range now.Checks {
		switch {
		case !slices.Contains(names, c.Name) || before == nil || !fleet.IsUp(before, c.Name) || c.State != status.Up:
		case !c.Ran.After(now.Plan.Loaded):
			return fmt.Sprintf("check %s, which the plan changes, has not run yet", c.Name)
		case c.Streak > 0:
			return fmt.Sprintf("check %s, which the plan changes, begins to fail: %s", c.Name, c.Cause)
		}
	}
	return ""
}

// look reads the newest report of host.
func (r *Plans) look(ctx context.Context, host string) error {
	s, err := fleet.ReadReport(ctx, r.Store, host)
	if err != nil {
		return fmt.Errorf("read status of %s: %w", host, err)
	}
	r.reports[host] = s
	return nil
}

// lookAtAll reads the newest reports of all hosts. Of one that cannot be read
// the last report stays.
func (r *Plans) lookAtAll(ctx context.Context) {
	for _, host := range slices.Sorted(maps.Keys(r.reports)) {
		_ = r.look(ctx, host) // whoever needs this host's report will say so
	}
}

// until calls done again and again, at least once, until it is true, fails, or
// the deadline has passed.
func (r *Plans) until(ctx context.Context, deadline time.Time, done func() (bool, error)) error {
	return fleet.Until(ctx, r.Poll, deadline, func() (bool, error) {
		if r.looked != nil {
			r.looked()
		}
		return done()
	})
}
