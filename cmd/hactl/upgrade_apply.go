package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hactl/agent/store"
	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/rollout"
)

// upgradesOf returns the names of the upgrades that apply carries through: all that
// some host is out of date by, or may be, unless they are left as they are.
func (f applyFlags) upgradesOf(p proposal) []string {
	if f.skipUpgrades || f.leftAlone() != "" {
		return nil
	}
	return p.upgradesDue()
}

// upgradesDue returns the names of the upgrades that some host is out of date by, or
// may be.
func (p proposal) upgradesDue() []string {
	var names []string
	for _, u := range p.upgrades() {
		names = append(names, u.Name)
	}
	return names
}

// upgradable refuses upgrades while what the hosts are to stay with is on trial: their
// agents would not begin.
func (p proposal) upgradable(upgrades []string) error {
	tried := p.onTrial()
	if len(upgrades) == 0 || len(tried) == 0 || p.changed() {
		return nil
	}
	return fmt.Errorf("nothing was changed, as something is on trial on %s, and programs stay at their releases meanwhile: %s. Confirm it with \"hactl confirm\" and apply again, or leave them with --skip-upgrades",
		strings.Join(tried, ", "), strings.Join(upgrades, ", "))
}

// tellLeft says which upgrades are due and not carried through by this apply, and why.
func (f applyFlags) tellLeft(t *applyTeller, p proposal) {
	if due, why := p.upgradesDue(), f.leftAlone(); why != "" && len(due) > 0 && !f.skipUpgrades {
		t.say(applyLine{Event: eventLeft, Text: fmt.Sprintf("Left as they are, %s: %s. \"hactl upgrade run\" carries them through.", why, strings.Join(due, ", "))})
	}
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

// carryUpgrades carries upgrades, as the plans that the store has now ask for them,
// through their hosts, but for hosts that are left as they are.
func carryUpgrades(ctx context.Context, t *applyTeller, s store.Store, hosts, upgrades []string, flags applyFlags) error {
	if len(upgrades) == 0 {
		return nil
	}
	f := fleet.Read(ctx, s, hosts)
	for _, name := range upgrades {
		f.Settle(ctx, name)
		u := upgradeFlags{moveFlags: moveFlags{wait: flags.wait, json: t.json}, takeOver: flags.takeOver}
		for _, m := range f.Members {
			if fleet.UpgradeOf(m.Stored, name) != nil && !slices.Contains(flags.skip, m.Host) {
				u.hosts = append(u.hosts, m.Host)
			}
		}
		if len(u.hosts) == 0 {
			continue
		}
		r, err := rollout.NewUpgrade(f, name, false, u.options())
		if err != nil {
			return err
		}
		r.Recall(ctx)
		if len(r.Due()) == 0 {
			continue
		}
		t.print("\nUpgrade %s:\n", name)
		if err := carryThrough(ctx, t.cmd, r, u); err != nil {
			return err
		}
	}
	return nil
}
