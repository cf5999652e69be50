package rollout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/status"
)

// Undivided refuses a rollout while routers have two Actives that it does not
// concern: whatever it publishes, clients would reach either. An election may
// be running, and reports lag: it looks again before it judges.
func (r *Plans) Undivided(ctx context.Context) error {
	r.begin()
	var wrong []string
	err := r.await(ctx, r.plans().Election(), func() bool {
		wrong = r.splits()
		return len(wrong) == 0
	})
	switch {
	case errors.Is(err, fleet.ErrLate):
		return fmt.Errorf("nothing was changed, as %s: these hosts do not hear each other. Let VRRP, IP protocol 112, pass between them, or leave one of them out with --skip", strings.Join(wrong, "; "))
	case err != nil:
		return errors.New("interrupted; nothing was changed")
	}
	return nil
}

// Patient refuses a rollout that would not wait, though its waves have to.
func (r *Plans) Patient() error {
	if r.Wait > 0 || len(r.Waves) < 2 {
		return nil
	}
	return fmt.Errorf("nothing was changed, as this goes in %d waves, and hosts have to confirm each before the next: leave --wait 0 out", len(r.Waves))
}

// Elected looks whether each router has exactly one Active where no host is to
// be changed.
func (r *Plans) Elected(ctx context.Context) error {
	var wrong []string
	err := r.await(ctx, r.plans().Election(), func() bool {
		wrong = fleet.Elections(r.plans(), fleet.Living(r.reports, time.Now()))
		return len(wrong) == 0
	})
	if errors.Is(err, fleet.ErrLate) {
		return fmt.Errorf("there is nothing to change, but %s", strings.Join(wrong, "; "))
	}
	return err
}

// safe holds the rollout until every router that had an Active before has one
// again, and none has two, so that the next host may move.
func (r *Plans) safe(ctx context.Context) error {
	before := map[string]*status.Host{}
	for _, s := range r.Steps {
		before[s.Host] = s.Before
	}
	before = fleet.Living(before, time.Now())
	var wrong []string
	r.lookAtAll(ctx)
	err := r.await(ctx, r.Wait, func() bool {
		wrong = append(r.splits(), r.worse()...)
		now := fleet.Living(r.reports, time.Now())
		for _, id := range r.plans().IDs() {
			if len(fleet.ActiveOn(id, before)) > 0 && len(fleet.ActiveOn(id, now)) == 0 {
				wrong = append(wrong, id+" is Active nowhere")
			}
		}
		return len(wrong) == 0
	})
	if errors.Is(err, fleet.ErrLate) {
		return errors.New(strings.Join(wrong, "; "))
	}
	return err
}

// settled waits until each router has exactly one Active.
func (r *Plans) settled(ctx context.Context) error {
	var wrong []string
	r.lookAtAll(ctx)
	err := r.await(ctx, r.Wait, func() bool {
		wrong = append(fleet.Elections(r.plans(), fleet.Living(r.reports, time.Now())), r.worse()...)
		return len(wrong) == 0
	})
	if errors.Is(err, fleet.ErrLate) {
		return fmt.Errorf("every host confirmed, but %s", strings.Join(wrong, "; "))
	}
	return err
}

// worse says which checks have gone down, or fail, since before the rollout.
func (r *Plans) worse() []string {
	var wrong []string
	for _, s := range r.Steps {
		if now := r.reports[s.Host]; s.Alive && fleet.Alive(now, time.Now()) {
			wrong = append(wrong, fleet.Worse(s.Host, s.Before, now)...)
		}
	}
	return wrong
}

// splits says which routers have two Actives although their hosts agree.
func (r *Plans) splits() []string {
	var wrong []string
	actives := fleet.Actives(fleet.Living(r.reports, time.Now()))
	for _, id := range r.plans().IDs() {
		if words := fleet.Split(id, actives[id]); words != "" && !slices.Contains(r.Apart, id) {
			wrong = append(wrong, words)
		}
	}
	return wrong
}

// await judges the reports that there are, and again after each new look, until
// they are right or wait is over; the error is then fleet.ErrLate.
func (r *Plans) await(ctx context.Context, wait time.Duration, right func() bool) error {
	looked := false
	return r.until(ctx, time.Now().Add(wait), func() (bool, error) {
		if looked {
			r.lookAtAll(ctx)
		}
		looked = true
		return right(), nil
	})
}
