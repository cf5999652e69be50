package main

import (
	"context"
	"fmt"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/plan"

	"github.com/spf13/cobra"
)

func newUpgradeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "upgrade",
		Short: "Carry a release through the hosts of a cluster, or take it back",
		Long: `An upgrade block of the configuration says which release of a program the hosts
of a cluster are to run. Plans bring that to the hosts; they begin when they are
told to: by "hactl apply", or by "hactl upgrade run". Hosts without a vip go
first, at most max_unavailable at a time, each when other hosts are fit to do
without it. A host where the release turns out bad goes back by itself, which
ends the rollout; with on_failure = "rollback" those before it go back, too.`,
		Example: `  hactl plan                     # which hosts are out of date, and the steps
  hactl upgrade run nginx        # carry the release of the plans through
  hactl upgrade status           # what runs where
  hactl upgrade rollback nginx   # back to what ran before`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newUpgradeRunCommand(), newUpgradeStatusCommand(), newUpgradeRollbackCommand())
	return cmd
}

func newUpgradeRunCommand() *cobra.Command {
	var flags upgradeFlags
	cmd := &cobra.Command{
		Use:   "run NAME [DIR]",
		Short: "Bring the hosts that are out of date to the release of their plans",
		Long: `Run tells one host after the other to carry out the upgrade of its plan, and
follows it by the host's own reports. Before each it looks whether the vips can
do without the host. It stops when a host does not get there, when no other
host is fit, and when a host has not begun or reported for --wait, or stays at one
step for longer than --wait beyond the longest time that its plan allows for one.

Interrupt it whenever you like: the host that is under way goes on by itself,
and run again, it goes on where it was.

It exits with 0 when all hosts run the release, 3 when some did not get there in
time, and 1 on an error, when a host failed, or when there is no terminal to ask
on and no --auto-approve.`,
		Example: `  hactl upgrade run nginx
  hactl upgrade run nginx production --host lb02   # one host, to see how it does
  hactl upgrade run nginx --auto-approve --json | jq .`,
		Args:              nameAndFolder("name"),
		ValidArgsFunction: completeUpgrades,
		RunE:              func(cmd *cobra.Command, args []string) error { return onUpgrade(cmd, args, false, flags) },
	}
	flags.add(cmd)
	return cmd
}

func newUpgradeRollbackCommand() *cobra.Command {
	var flags upgradeFlags
	cmd := &cobra.Command{
		Use:   "rollback NAME [DIR]",
		Short: "Bring the hosts back to what ran before the release of their plans",
		Long: `Rollback tells the hosts that run the release of their plans, and have kept what
ran before it, to go back: in the same order and with the same care as run. Of hosts
that are on their way to the release it takes the order back, before it turns to
others: their agents then bring back what ran before it.

The configuration still asks for the release, so the next apply would bring it
again. "git revert" and "hactl apply" go back for good.

It exits with 0 when all hosts went back, 3 when some did not in time, and 1 on
an error, when a host failed, or when there is no terminal to ask on and no
--auto-approve.`,
		Example: `  hactl upgrade rollback nginx
  hactl upgrade rollback nginx --host lb02
  hactl upgrade rollback nginx --auto-approve --json | jq .`,
		Args:              nameAndFolder("name"),
		ValidArgsFunction: completeUpgrades,
		RunE:              func(cmd *cobra.Command, args []string) error { return onUpgrade(cmd, args, true, flags) },
	}
	flags.add(cmd)
	return cmd
}

// onUpgrade does what flags say with the upgrade that args name.
func onUpgrade(cmd *cobra.Command, args []string, back bool, flags upgradeFlags) error {
	if err := flags.check(); err != nil {
		return flags.unbegun(cmd, args[0], err)
	}
	opened := false
	err := onFleet(cmd, args, flags.moveFlags, func(ctx context.Context, f *fleet.Fleet) error {
		opened = true
		if words := unapplied(f, folderOf(args[1:]), args[0], flags); words != "" {
			fmt.Fprintf(cmd.ErrOrStderr(), "note: %s\n", words)
		}
		return carryUpgrade(ctx, f, cmd, args[0], back, flags)
	})
	if err != nil && !opened {
		return flags.unbegun(cmd, args[0], err)
	}
	return err
}

// unapplied says that the configuration in dir asks for another release than the plans
// in the store; empty when it does not, or cannot be asked.
func unapplied(f *fleet.Fleet, dir, name string, flags upgradeFlags) string {
	c, err := loadConfiguration(dir, &flags.variables)
	if err != nil || c.result == nil || c.findings.list.HasErrors() {
		return ""
	}
	for _, m := range f.Members {
		u, p := fleet.UpgradeOf(m.Stored, name), c.result.Plans[m.Host]
		if u == nil || p == nil {
			continue
		}
		next := fleet.UpgradeOf(&plan.Document{Plan: *p}, name)
		if next != nil && next.Release != u.Release {
			return fmt.Sprintf("the configuration asks for %s %s, and the plans that the hosts have for %s: \"hactl apply\" brings it", name, next.Release.Version, u.Release.Version)
		}
	}
	return ""
}

// completeUpgrades completes the name of an upgrade from the configuration of this
// folder.
func completeUpgrades(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	c, err := loadConfiguration(".", &variableFlags{})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, b := range c.config.Upgrades() {
		names = append(names, b.Label())
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
