package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/intent"
	"hactl/schemas/status"

	"github.com/spf13/cobra"
)

func newDrainCommand() *cobra.Command {
	var flags moveFlags
	cmd := &cobra.Command{
		Use:   "drain HOST [DIR]",
		Short: "Take a host out of service: its vips move, and stay away",
		Long: `Drain gives a host the last rank in everything. What it is Active for moves to
the next host, which takes over before the drained one lets go: no reply is
lost. A drained host comes in only where no other host does. That holds under
every preemption, and across restarts of agent and host, until undrain.

Before anything changes it asks the store whether the hosts that would take over
are fit: that their agents run, their checks are up, they are not drained
themselves, and they hear the host that is Active.

It exits with 0 when reports confirm that the host is drained, 3 when they did
not in time, and 1 on an error, when a host is not fit and there is no --force,
or when that cannot be known and there is nobody to ask.`,
		Example: `  hactl drain lb01                 # before work on lb01
  hactl drain lb01 production      # of the configuration in that folder
  hactl drain lb01 --auto-approve --json`,
		Args: nameAndFolder("host"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onFleet(cmd, args, flags, func(ctx context.Context, f *fleet.Fleet) error { return drainHost(ctx, f, cmd, args[0], flags) })
		},
	}
	flags.add(cmd)
	return cmd
}

func newUndrainCommand() *cobra.Command {
	var flags moveFlags
	cmd := &cobra.Command{
		Use:   "undrain HOST [DIR]",
		Short: "Put a drained host into service again",
		Long: `Undrain gives a host its rank back. Under preemption "always" its vips return,
under "delayed" they do so after the delay, and under "never" they stay where
they are until they are moved. No reply is lost.

It exits with 0 when reports confirm it, 3 when they did not in time, and 1 on
an error.`,
		Example: `  hactl undrain lb01
  hactl undrain lb01 --wait 5m`,
		Args: nameAndFolder("host"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onFleet(cmd, args, flags, func(ctx context.Context, f *fleet.Fleet) error { return undrainHost(ctx, f, cmd, args[0], flags) })
		},
	}
	flags.add(cmd)
	return cmd
}

// nameAndFolder accepts the name of a thing, and perhaps a folder.
func nameAndFolder(thing string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < 1 || len(args) > 2 || args[0] == "" {
			return fmt.Errorf("%d arguments, want a %s and perhaps a folder; see %s --help", len(args), thing, cmd.CommandPath())
		}
		return nil
	}
}

// onFleet does something with the hosts of the folder that args name, behind a
// first name. An interrupt ends it in order.
func onFleet(cmd *cobra.Command, args []string, flags moveFlags, do func(context.Context, *fleet.Fleet) error) error {
	if flags.wait < 0 {
		return fmt.Errorf("--wait %s: a time cannot be negative", flags.wait)
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd.SetContext(ctx) // a host that does not answer is not waited for either
	f, err := openFleet(cmd, folderOf(args[1:]), flags)
	if err != nil {
		return err
	}
	defer f.Store.Close()
	return do(ctx, f)
}

// drainHost takes a host out of service.
func drainHost(ctx context.Context, f *fleet.Fleet, cmd *cobra.Command, host string, flags moveFlags) error {
	h, err := f.Require(host)
	if err != nil {
		return err
	}
	ids, err := f.Movable(host, flags.force)
	if err != nil {
		return err
	}
	m := beginMove(f, cmd, flags, ids)
	m.Host = host
	if err := m.fit(ctx, "Drain "+host, f.Heirs(host, ids)); err != nil {
		return err
	}
	if was := h.Wanted.Drain; was != nil {
		m.say("%s is drained already, by %v.", host, *was)
	}
	err = f.Want(ctx, h, func(w *intent.Host) bool {
		if w.Drain != nil {
			return false
		}
		w.Drain = new(fleet.NewMark())
		return true
	})
	if err != nil {
		return err
	}
	err = m.confirm(ctx, func() bool { return h.IsDrained() && len(f.Left(host, ids)) == 0 }, func() string {
		if !h.IsDrained() {
			return fmt.Sprintf("%s is told to drain, but its agent does not report it yet", host)
		}
		why := "nobody else took over"
		if slices.ContainsFunc(h.Status.Routers, func(r status.Router) bool { return r.Prepares }) {
			why = "its before_release hooks still run"
		}
		return fmt.Sprintf("%s is drained, but Active still for %s, as %s", host, strings.Join(f.Left(host, ids), ", "), why)
	})
	for _, id := range ids {
		if len(f.Plans.Preference(id)) == 1 {
			m.say("%s stays on %s, as no other host has it.", id, host)
		}
	}
	if err == nil {
		m.say("%s is drained. \"hactl undrain %s\" puts it into service again.", host, host)
	}
	return m.end(err)
}

// undrainHost puts a host into service.
func undrainHost(ctx context.Context, f *fleet.Fleet, cmd *cobra.Command, host string, flags moveFlags) error {
	h, err := f.Require(host)
	if err != nil {
		return err
	}
	ids, err := f.Movable(host, true)
	if err != nil {
		return err
	}
	m := beginMove(f, cmd, flags, ids)
	m.Host = host
	if h.Wanted.Drain == nil {
		m.say("%s is not drained.", host)
	}
	err = f.Want(ctx, h, func(w *intent.Host) bool {
		drained := w.Drain != nil
		w.Drain = nil
		return drained
	})
	if err != nil {
		return err
	}
	returning := f.Returning(host, ids)
	err = m.confirm(ctx, func() bool { return h.Alive && !h.IsDrained() && f.IsActive(host, returning) }, func() string {
		if !h.Alive || h.IsDrained() {
			return fmt.Sprintf("%s is no longer to be drained, but its agent does not report it yet", host)
		}
		return fmt.Sprintf("%s is in service again, but not Active yet for %s", host, strings.Join(returning, ", "))
	})
	if err == nil {
		m.say("%s is in service.", host)
	}
	for _, hold := range h.Wanted.Holds {
		m.say("%s is still held elsewhere, by %v: \"hactl switchover %s --release\" ends that.", hold.Vip, hold.Mark, hold.Vip)
	}
	return m.end(err)
}
