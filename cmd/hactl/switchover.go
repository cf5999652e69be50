package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hactl/lang/rule"
	"hactl/schemas/plan"

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
			return onFleet(cmd, args, flags.moveFlags, func(ctx context.Context, f *fleet) error {
				vip, err := f.vip(args[0])
				switch {
				case err != nil:
					return err
				case flags.release:
					return f.release(ctx, cmd, vip, flags.moveFlags)
				}
				return f.switchover(ctx, cmd, vip, flags)
			})
		},
	}
	cmd.Flags().StringVar(&flags.to, "to", "", "the `HOST` that is to have it (default: the best other one that is fit)")
	cmd.Flags().BoolVar(&flags.release, "release", false, "hold the vip on no host any longer")
	cmd.Flags().BoolVar(&flags.untilApply, "until-apply", false, "end what is held when a host follows another plan")
	flags.add(cmd)
	return cmd
}

// switchover moves a vip.
func (f *fleet) switchover(ctx context.Context, cmd *cobra.Command, vip string, flags switchoverFlags) error {
	ids := f.routers(vip)
	m := f.begin(cmd, flags.moveFlags, ids)
	m.Vip = vip
	from, err := f.leaver(vip, ids)
	if err != nil {
		return err
	}
	to, err := f.successor(vip, from, flags.to)
	if err != nil {
		return err
	}
	if to.Host != from {
		if err := m.fit(ctx, fmt.Sprintf("Move %s to %s", vip, to.Host), []standing{to}); err != nil {
			return err
		}
	}
	o, err := f.order(vip, from, to, flags.untilApply, flags.force)
	if err != nil {
		return err
	}
	if err = o.standAside(ctx, m); err == nil {
		err = m.confirm(ctx, func() bool { return f.isOn(to, from, ids) }, func() string {
			return fmt.Sprintf("%s is not on %s alone, by what the hosts report. \"hactl status\" shows who has it", vip, to.Host)
		})
	}
	o.end(ctx, m)
	if err == nil {
		m.say("%s is on %s.", vip, to.Host)
	}
	if held := o.held(); len(held) > 0 {
		m.say("%s %s the last rank for it from now on; \"hactl switchover %s --release\" ends that.",
			rule.List(held), verb(len(held), "has", "have"), vip)
	}
	return m.end(err)
}

// leaver is the host that a vip moves away from.
func (f *fleet) leaver(vip string, ids []string) (string, error) {
	on := f.active(ids)
	switch {
	case len(on) > 1:
		return "", fmt.Errorf("nothing was changed, as %s is Active on %s at once", vip, strings.Join(on, " and "))
	case len(on) == 0:
		if holder := f.holder(ids[0]); holder != "" {
			return "", fmt.Errorf("nothing was changed, as %s is on %s, which does not report to hactl: it must be told there to give it up", vip, holder)
		}
		return "", fmt.Errorf("nothing was changed, as %s is Active nowhere, by what the hosts report", vip)
	}
	if r := f.plans.router(on[0], ids[0]); r != nil && r.Priority == plan.Owner {
		return "", fmt.Errorf("nothing was changed, as %s owns the addresses of %s: they are the host's own, and stay on it", on[0], vip)
	}
	return on[0], nil
}

// successor is the member that is to have a vip: the one that was named, or the
// best other one that is fit, or else the best.
func (f *fleet) successor(vip, from, named string) (standing, error) {
	all := f.standings(vip)
	if named != "" {
		i := slices.IndexFunc(all, func(s standing) bool { return s.Host == named })
		if i >= 0 {
			return all[i], nil
		}
		var names []string
		for _, s := range all {
			names = append(names, s.Host)
		}
		return standing{}, fmt.Errorf("%s is no host of %s%s: it has %s", named, vip, meant(named, names), strings.Join(names, ", "))
	}
	all = slices.DeleteFunc(all, func(s standing) bool { return s.Host == from })
	for _, s := range all {
		if s.wrong == nil && s.unknown == "" {
			return s, nil
		}
	}
	if len(all) == 0 {
		return standing{}, fmt.Errorf("nothing was changed, as no host but %s has %s", from, vip)
	}
	return all[0], nil
}

// isOn reports whether a vip has moved: the new host is Active alone. One that
// does not report is when the old host hears it.
func (f *fleet) isOn(to standing, from string, ids []string) bool {
	if to.Kind == plan.Hactl {
		return f.isActive(to.Host, ids)
	}
	return !slices.ContainsFunc(ids, func(id string) bool { return f.holder(id) == from || f.holder(id) == "" })
}

// release holds a vip nowhere.
func (f *fleet) release(ctx context.Context, cmd *cobra.Command, vip string, flags moveFlags) error {
	ids := f.routers(vip)
	m := f.begin(cmd, flags, ids)
	m.Vip = vip
	var held []*member
	for _, h := range f.having(ids) {
		released, err := f.free(ctx, h, ids)
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
		return !slices.ContainsFunc(held, func(h *member) bool { return h.Alive && f.reportsHold(h, ids) })
	}, func() string { return "not every agent reports yet that it holds nothing back" })
	if err == nil && len(held) > 0 {
		m.say("%s is no longer held: it goes where its preemption says.", vip)
	}
	return m.end(err)
}
