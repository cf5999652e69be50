package changeover

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"hactl/agent/program"
	"hactl/agent/upgrade"
)

// told is how much of what a command prints is looked at, in bytes from its end.
const told = 4096

// run carries out upgrade.Run: as root, not through a shell, in a process group of its
// own, by the deadline of the step. An abort ends what goes forward, and has a way back.
func (w *work) run(ctx context.Context, e upgrade.Run) error {
	w.busy(true)
	if e.Stage == upgrade.Verify { // the others have been run when the next stage is recorded
		defer w.busy(false)
	}
	end := func() string { return "" }
	if e.Stage != upgrade.Restore && !w.machine.Record().OneWay() {
		ctx, end = w.abortable(ctx)
	}
	r := program.Run(ctx, program.Program{Argv: e.Argv, Environment: environment(w.machine.Record()), OutputLimit: told})
	if cause := end(); cause != "" {
		return errors.New(cause)
	}
	if r.Err == nil {
		return nil
	}
	if last := lastLine(r.Output); last != "" {
		return fmt.Errorf("%s: %w: %s", e.Argv[0], r.Err, last)
	}
	return fmt.Errorf("%s: %w", e.Argv[0], r.Err)
}

// abortable returns a context that an abort ends, and a function that ends it and returns
// the cause of the abort; empty: there was none.
func (w *work) abortable(ctx context.Context) (context.Context, func() string) {
	ctx, stop := context.WithCancel(ctx)
	heard := make(chan string, 1)
	go func() {
		defer close(heard)
		select {
		case cause := <-w.aborts:
			heard <- cause
			stop()
		case <-ctx.Done():
		}
	}()
	return ctx, func() string { stop(); return <-heard }
}

// steps are what commands are told that they are run for.
var steps = map[upgrade.Stage]string{upgrade.Replace: "apply", upgrade.Verify: "verify", upgrade.Restore: "rollback"}

// environment is what a command finds beside its arguments. What goes back by an order
// is told the same as what goes back after a failure, but for the source.
func environment(r upgrade.Record) map[string]string {
	release, before, step := r.New, r.Old, steps[r.Stage]
	if r.OneWay() {
		release, before, step = r.Old, r.New, "rollback"
	}
	return map[string]string{
		"HACTL_UPGRADE":         r.Upgrade.Name,
		"HACTL_STEP":            step,
		"HACTL_BINARY":          r.Upgrade.File(),
		"HACTL_VERSION":         release.Version,
		"HACTL_SOURCE":          release.Source,
		"HACTL_SHA256":          release.SHA256,
		"HACTL_PREVIOUS_SHA256": before.SHA256,
		"HACTL_CAUSE":           r.Cause,
	}
}

// lastLine returns the last line that is not blank.
func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// commanded looks at what the user's own commands need. The binary may be a symbolic
// link: what it leads to is theirs.
func (i *inspection) commanded(context.Context) (err error) {
	if i.Binary.SHA256, err = hash(i.file); err != nil {
		return err
	}
	if i.source != "" {
		if i.Source.SHA256, err = hash(i.source); err != nil {
			return err
		}
	}
	x := i.upgrade.Exec
	for _, argv := range [][]string{x.Rollback, x.Apply, x.Verify} { // the way back first
		if len(argv) == 0 {
			continue
		}
		if err := program.Inspect(program.Program{Argv: argv}); err != nil {
			return err
		}
	}
	return nil
}
