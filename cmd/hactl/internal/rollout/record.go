package rollout

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"hactl/agent/store"
	"hactl/cmd/hactl/internal/fleet"
)

// Record leaves a record of r in s while it is under way, for a second person, and
// returns what ends that. It is an error when somebody else seems to be at a rollout,
// unless theirs is taken over; what people should know beside is given to warn.
func (r *Plans) Record(ctx context.Context, s store.Store, takeOver bool, warn func(format string, args ...any)) (end func(), err error) {
	plans := map[string]string{}
	for _, s := range r.Steps {
		plans[s.Host] = s.Document.Hash
	}
	l := newLog(s, store.Rollout{Plans: plans})
	if err := l.begin(ctx, takeOver, warn); err != nil {
		return nil, err
	}
	r.done = func(host string) {
		l.record.Done = append(l.record.Done, host)
		_ = l.write(ctx) // advice
	}
	r.looked = func() { l.keep(ctx) }
	return func() { l.end(ctx) }, nil
}

// abandoned is how old the record of another rollout must be to be taken for
// one that nobody is at any more.
const abandoned = 10 * time.Minute

// HeardEvery is how often the record says that somebody is at the rollout still.
const HeardEvery = time.Minute

// rolloutLog keeps the store's record of a rollout, for a second person. It is
// advice: where it cannot be written the rollout goes on.
type rolloutLog struct {
	store  store.Store
	record store.Rollout
	over   string // the record that may be replaced
}

// newLog returns what keeps the record r of a rollout that begins now.
func newLog(s store.Store, r store.Rollout) *rolloutLog {
	r.ID, r.By, r.Started = rand.Text(), fleet.Whoami(), time.Now().UTC()
	return &rolloutLog{store: s, record: r}
}

// begin writes the record. It fails when somebody else seems to be at a rollout; what
// people should know beside is given to warn.
func (l *rolloutLog) begin(ctx context.Context, takeOver bool, warn func(format string, args ...any)) error {
	err := l.write(ctx)
	var busy *store.BusyError
	if errors.As(err, &busy) {
		other := busy.Rollout
		if other.By != l.record.By && time.Since(other.Written) < abandoned && !takeOver {
			return fmt.Errorf("%s. Ask them; if nobody is at it any more, go on with --take-over", busy)
		}
		warn("an earlier rollout was not finished and is taken over: %s", &other)
		l.over = other.ID
		err = l.write(ctx)
	}
	if err != nil && ctx.Err() == nil {
		warn("others are not told of this rollout: %v", err)
	}
	return ctx.Err()
}

// keep notes now and then that somebody is at it still.
func (l *rolloutLog) keep(ctx context.Context) {
	if time.Since(l.record.Written) >= HeardEvery {
		_ = l.write(ctx) // advice
	}
}

// end notes that nobody is at it any more, also after an interruption.
func (l *rolloutLog) end(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	l.record.Finished = true
	_ = l.write(ctx) // advice
}

func (l *rolloutLog) write(ctx context.Context) error {
	l.record.Written = time.Now().UTC()
	return l.store.PutRollout(ctx, l.record, l.over)
}
