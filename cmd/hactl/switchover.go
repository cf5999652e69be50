package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/lang/rule"

	"github.com/spf13/cobra"
)

// switchoverFlags are what switchover can be told.
type switchoverFlags struct {
	moveFlags
	to         string
	release    bool
	untilApply bool
}

func newSwitchoverCommand() *cobra.Command {
	var flags switchoverFlags
	cmd := &cobra.Command{
		Use:   "switchover VIP [DIR]",
		Short: "Move a vip to another host, without a gap",
		Long: `Switchover moves a vip, with those that move together with it, to the best other
host that is fit, or to the one that --to names. The new host takes over before
the old one lets go: no reply is lost.

Under preemption "always" and "delayed" the old host would take the vip back. So
every host that is preferred to the new one is held: it has the last rank for
this vip, and is Active only when no other host is. A hold survives restarts. It
ends by --release, by a switchover to the held host, and with --until-apply when
the host follows another plan. Under "never" nothing is held once the vip has
moved.

It exits with 0 when reports confirm the move, 3 when they did not in time, and
1 on an error, when the new host is not fit and there is no --force, or when
that cannot be known and there is nobody to ask.`,
		Example: `  hactl switchover web/public              # to the next best host
  hactl switchover web/public --to lb03
  hactl switchover web/public --release    # hold it no longer: preemption decides`,
		Args: nameAndFolder("vip"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if flags.release && (flags.to != "" || flags.untilApply) {
				return errors.New("--release ends holds and moves nothing itself: leave out --to and --until-apply")
			}
			return onFleet(cmd, args, flags.moveFlags, func(ctx context.Context, f *fleet.Fleet) error {
				vip, err := f.Vip(args[0])
				switch {
				case err != nil:
					return err
				case flags.release:
					return endHolds(ctx, f, cmd, vip, flags.moveFlags)
				}
				return moveVip(ctx, f, cmd, vip, flags)
			})
		},
	}
	cmd.Flags().StringVar(&flags.to, "to", "", "the `HOST` that is to have it (default: the best other one that is fit)")
	cmd.Flags().BoolVar(&flags.release, "release", false, "hold the vip on no host any longer")
	cmd.Flags().BoolVar(&flags.untilApply, "until-apply", false, "end what is held when a host follows another plan")
	flags.add(cmd)
	return cmd
}

// moveVip moves a vip.
func moveVip(ctx context.Context, f *fleet.Fleet, cmd *cobra.Command, vip string, flags switchoverFlags) error {
	ids := f.Routers(vip)
	m := beginMove(f, cmd, flags.moveFlags, ids)
	m.Vip = vip
	from, err := f.Leaver(vip, ids)
	if err != nil {
		return err
	}
	to, err := f.Successor(vip, from, flags.to)
	if err != nil {
		return err
	}
	if to.Host != from {
		if err := m.fit(ctx, fmt.Sprintf("Move %s to %s", vip, to.Host), []fleet.Standing{to}); err != nil {
			return err
		}
	}
	o, err := newOrder(f, vip, from, to, flags.untilApply, flags.force)
	if err != nil {
		return err
	}
	if err = o.standAside(ctx, m); err == nil {
		err = m.confirm(ctx, func() bool { return f.IsOn(to, from, ids) }, func() string {
			return fmt.Sprintf("%s is not on %s alone, by what the hosts report. \"hactl status\" shows who has it", vip, to.Host)
		})
	}
	o.end(ctx, m)
	if err == nil {
		m.say("%s is on %s.", vip, to.Host)
	}
	if held := o.held(); len(held) > 0 {
		m.say("%s %s the last rank for it from now on; \"hactl switchover %s --release\" ends that.",
			rule.List(held), terminal.Verb(len(held), "has", "have"), vip)
	}
	return m.end(err)
}

// endHolds holds a vip nowhere.
func endHolds(ctx context.Context, f *fleet.Fleet, cmd *cobra.Command, vip string, flags moveFlags) error {
	ids := f.Routers(vip)
	m := beginMove(f, cmd, flags, ids)
	m.Vip = vip
	var held []*fleet.Member
	for _, h := range f.Having(ids) {
		released, err := f.Free(ctx, h, ids)
		if err != nil {
			return err
		}
		if released {
			held = append(held, h)
		}
	}
	if len(held) == 0 {
		m.say("%s is held nowhere.", vip)
	}
	err := m.confirm(ctx, func() bool {
		return !slices.ContainsFunc(held, func(h *fleet.Member) bool { return h.Alive && f.ReportsHold(h, ids) })
	}, func() string { return "not every agent reports yet that it holds nothing back" })
	if err == nil && len(held) > 0 {
		m.say("%s is no longer held: it goes where its preemption says.", vip)
	}
	return m.end(err)
}
