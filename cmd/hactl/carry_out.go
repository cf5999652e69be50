package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"hactl/agent/store"
	"hactl/cmd/hactl/internal/fleet"

	"github.com/spf13/cobra"
)

// abandoned is how old the record of another rollout must be to be taken for
// one that nobody is at any more.
const abandoned = 10 * time.Minute

// heardEvery is how often the record says that somebody is at the rollout still.
const heardEvery = time.Minute

// rollout returns the rollout of p, which waits for each host at most for wait.
func (p proposal) rollout(s store.Store, wait time.Duration) *rollout {
	steps := p.steps()
	return &rollout{store: s, waves: p.waves(steps), steps: steps, apart: p.apart(), wait: wait, poll: fleet.LookEvery}
}

// carryOut runs the rollout r to s and says how it ended.
func carryOut(ctx context.Context, cmd *cobra.Command, s store.Store, r *rollout, local, takeOver bool) error {
	out := cmd.OutOrStdout()
	width := 0
	for _, st := range r.steps {
		width = max(width, len(st.Host))
	}
	p := paletteFor(cmd, out)
	r.say = func(host, format string, args ...any) {
		fmt.Fprintf(out, "%s  %s\n", p.bold(fmt.Sprintf("%-*s", width, host)), fmt.Sprintf(format, args...))
	}
	r.enter = func(w wave) { fmt.Fprintf(out, "\n%s\n", p.bold(w.String())) }
	if !local {
		l := newLog(s, r.steps)
		if err := l.begin(ctx, cmd, takeOver); err != nil {
			return err
		}
		r.done = func(host string) { l.add(ctx, host) }
		r.looked = func() { l.keep(ctx) }
		defer l.end(ctx)
	}
	if err := r.run(ctx); err != nil {
		return r.goBack(ctx, err, func(why error) { fmt.Fprintf(out, "\n%s %v.\n", p.yellow("Going back:"), why) })
	}
	fmt.Fprintf(out, "\n%s %s confirmed.\n", p.green("Applied."), number(len(r.steps), "host"))
	return nil
}

// rolloutLog keeps the store's record of a rollout, for a second person. It is
// advice: where it cannot be written the rollout goes on.
type rolloutLog struct {
	store  store.Store
	record store.Rollout
	over   string // the record that may be replaced
}

func newLog(s store.Store, steps []step) *rolloutLog {
	plans := map[string]string{}
	for _, st := range steps {
		plans[st.Host] = st.Document.Hash
	}
	return &rolloutLog{store: s, record: store.Rollout{
		ID: rand.Text(), By: fleet.Whoami(), Started: time.Now().UTC(), Plans: plans,
	}}
}

// begin writes the record. It fails when somebody else seems to be at a rollout.
func (l *rolloutLog) begin(ctx context.Context, cmd *cobra.Command, takeOver bool) error {
	err := l.write(ctx)
	var busy *store.BusyError
	if errors.As(err, &busy) {
		other := busy.Rollout
		if other.By != l.record.By && time.Since(other.Written) < abandoned && !takeOver {
			return fmt.Errorf("%s. Ask them; if nobody is at it any more, go on with --take-over", busy)
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "note: an earlier rollout was not finished and is taken over: %s\n", &other)
		l.over = other.ID
		err = l.write(ctx)
	}
	if err != nil && ctx.Err() == nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "note: others are not told of this rollout: %v\n", err)
	}
	return ctx.Err()
}

// add notes that host has confirmed.
func (l *rolloutLog) add(ctx context.Context, host string) {
	l.record.Done = append(l.record.Done, host)
	_ = l.write(ctx) // advice
}

// keep notes now and then that somebody is at it still.
func (l *rolloutLog) keep(ctx context.Context) {
	if time.Since(l.record.Written) >= heardEvery {
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
