package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hactl/agent/store"

	"github.com/spf13/cobra"
)

// upgradesOf returns the names of the upgrades that apply carries through: all that
// some host is out of date by, or may be.
func (f applyFlags) upgradesOf(p proposal) []string {
	var names []string
	for _, u := range p.upgrades() {
		names = append(names, u.Name)
	}
	if f.skipUpgrades {
		return nil
	}
	return names
}

// upgrade carries upgrades through, or says why that is not done here.
func (f applyFlags) upgrade(ctx context.Context, cmd *cobra.Command, s store.Store, hosts, upgrades []string) error {
	if len(upgrades) == 0 {
		return nil
	}
	if why := f.leftAlone(); why != "" {
		fmt.Fprintf(cmd.OutOrStdout(), "Left as they are, %s: %s. \"hactl upgrade run\" carries them through.\n", why, strings.Join(upgrades, ", "))
		return nil
	}
	return carryUpgrades(ctx, cmd, s, hosts, f)
}

// leftAlone says why upgrades are not carried through by this apply; empty when they
// are.
func (f applyFlags) leftAlone() string {
	switch {
	case f.local:
		return "as their hosts take turns, and --local changes this machine only"
	case f.within > 0:
		return "as a change on trial leads to nothing that going back would not undo"
	case f.wait == 0:
		return "as each host is waited for before the next, and --wait is 0"
	}
	return ""
}

// carryUpgrades carries the upgrades of the plans that the store has now through their
// hosts, but for those that are left as they are.
func carryUpgrades(ctx context.Context, cmd *cobra.Command, s store.Store, hosts []string, flags applyFlags) error {
	f := newFleet(ctx, s, hosts)
	for _, name := range f.upgrades() {
		f.settle(ctx, name)
		u := upgradeFlags{moveFlags: moveFlags{wait: flags.wait}, takeOver: flags.takeOver}
		for _, m := range f.members {
			if upgradeOf(m.Stored, name) != nil && !slices.Contains(flags.skip, m.Host) {
				u.hosts = append(u.hosts, m.Host)
			}
		}
		if len(u.hosts) == 0 {
			continue
		}
		r, err := f.newUpgradeRollout(name, false, u)
		if err != nil {
			return err
		}
		if len(r.due()) == 0 {
			continue
		}
		fmt.Fprintf(cmd.OutOrStdout(), "\nUpgrade %s:\n", name)
		if err := r.carry(ctx, cmd, u); err != nil {
			return err
		}
	}
	return nil
}

// settle waits a moment until the agents that run have looked at what is there.
func (f *fleet) settle(ctx context.Context, upgrade string) {
	_ = f.await(ctx, patience, func() bool { // what is not known then is found out when it is the host's turn
		return !slices.ContainsFunc(f.members, func(m *member) bool {
			u := upgradeReport(m.Status, upgrade)
			return m.Alive && upgradeOf(m.Stored, upgrade) != nil && (u == nil || !u.Current && u.SHA256 == "")
		})
	})
}
