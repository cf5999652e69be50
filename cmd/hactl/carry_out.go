package main

import (
	"context"
	"fmt"
	"time"

	"hactl/agent/store"
	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/rollout"
	"hactl/cmd/hactl/internal/terminal"

	"github.com/spf13/cobra"
)

// rollout returns the rollout of p, which waits for each host at most for wait.
func (p proposal) rollout(s store.Store, wait time.Duration) *rollout.Plans {
	steps := p.steps()
	return &rollout.Plans{Store: s, Waves: p.waves(steps), Steps: steps, Apart: p.apart(), Wait: wait, Poll: fleet.LookEvery}
}

// carryOut runs the rollout r to s and says how it ended.
func carryOut(ctx context.Context, t *applyTeller, s store.Store, r *rollout.Plans, local, takeOver bool) error {
	for _, st := range r.Steps {
		t.width = max(t.width, len(st.Host))
	}
	r.Say = t.happened
	if !local {
		end, err := r.Record(ctx, s, takeOver, warnTo(t.cmd))
		if err != nil {
			return err
		}
		defer end()
	}
	if err := r.Run(ctx); err != nil {
		return r.GoBack(ctx, err)
	}
	t.say(applyLine{Event: eventApplied, Text: terminal.Number(len(r.Steps), "host") + " confirmed"})
	return nil
}

// warnTo returns what tells people of a thing beside the results of cmd.
func warnTo(cmd *cobra.Command) func(format string, args ...any) {
	return func(format string, args ...any) {
		fmt.Fprintf(cmd.ErrOrStderr(), "note: %s\n", fmt.Sprintf(format, args...))
	}
}
