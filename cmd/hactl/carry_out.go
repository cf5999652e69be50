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
func carryOut(ctx context.Context, cmd *cobra.Command, s store.Store, r *rollout.Plans, local, takeOver bool) error {
	out := cmd.OutOrStdout()
	width := 0
	for _, st := range r.Steps {
		width = max(width, len(st.Host))
	}
	p := paletteFor(cmd, out)
	r.Say = func(host, format string, args ...any) {
		fmt.Fprintf(out, "%s  %s\n", p.Bold(fmt.Sprintf("%-*s", width, host)), fmt.Sprintf(format, args...))
	}
	r.Enter = func(w rollout.Wave) { fmt.Fprintf(out, "\n%s\n", p.Bold(w.String())) }
	if !local {
		end, err := r.Record(ctx, s, takeOver, warnTo(cmd))
		if err != nil {
			return err
		}
		defer end()
	}
	if err := r.Run(ctx); err != nil {
		return r.GoBack(ctx, err, func(why error) { fmt.Fprintf(out, "\n%s %v.\n", p.Yellow("Going back:"), why) })
	}
	fmt.Fprintf(out, "\n%s %s confirmed.\n", p.Green("Applied."), terminal.Number(len(r.Steps), "host"))
	return nil
}

// warnTo returns what tells people of a thing beside the results of cmd.
func warnTo(cmd *cobra.Command) func(format string, args ...any) {
	return func(format string, args ...any) {
		fmt.Fprintf(cmd.ErrOrStderr(), "note: %s\n", fmt.Sprintf(format, args...))
	}
}
