package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/rollout"
	"hactl/cmd/hactl/internal/terminal"

	"github.com/spf13/cobra"
)

// upgradeFlags are what the verbs that carry upgrades through can be told.
type upgradeFlags struct {
	moveFlags
	hosts    []string
	takeOver bool
}

func (f *upgradeFlags) add(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&f.wait, "wait", time.Minute, "how long to wait for a host that does not begin or answer, and beyond the times of its plan for one that does not get on")
	cmd.Flags().BoolVar(&f.force, "force", false, "go on although a vip could not do without the next host, or another upgrade is under way")
	cmd.Flags().BoolVar(&f.approved, "auto-approve", false, "do not ask")
	cmd.Flags().BoolVar(&f.takeOver, "take-over", false, "go on although somebody else's rollout seems to be under way")
	cmd.Flags().StringArrayVar(&f.hosts, "host", nil, "only `HOST`; may be repeated")
	cmd.Flags().BoolVar(&f.json, "json", false, "print a line of JSON for each step, and the outcome as the last; asks nothing, so --auto-approve is needed")
	addStoreFlag(cmd, &f.store)
	f.variables.add(cmd)
}

// check refuses flags that say nothing together.
func (f upgradeFlags) check() error {
	switch {
	case f.wait <= 0:
		return fmt.Errorf("--wait %s: each host is waited for before the next, so write more than 0", f.wait)
	case f.json && !f.approved:
		return errors.New("--json asks nothing: add --auto-approve")
	}
	return nil
}

// options are what a rollout is told of f.
func (f upgradeFlags) options() rollout.Options {
	return rollout.Options{Hosts: f.hosts, Wait: f.wait, Force: f.force}
}

// unbegun prints the outcome of a rollout that did not begin, where a program reads it,
// and returns err, which is why.
func (f upgradeFlags) unbegun(cmd *cobra.Command, name string, err error) error {
	if f.json {
		jsonTeller{cmd.OutOrStdout()}.end(upgradeLine{Time: time.Now().UTC().Truncate(time.Millisecond), Upgrade: name,
			Outcome: &upgradeOutcome{Exit: codeOf(err), Error: messageOf(err), Hosts: []upgradeDone{}}})
	}
	return err
}

// carryUpgrade carries an upgrade of the plans through its hosts, or with back takes it
// back.
func carryUpgrade(ctx context.Context, f *fleet.Fleet, cmd *cobra.Command, name string, back bool, flags upgradeFlags) error {
	f.Settle(ctx, name)
	r, err := rollout.NewUpgrade(f, name, back, flags.options())
	if err != nil {
		return flags.unbegun(cmd, name, err)
	}
	r.Recall(ctx)
	first := r
	if r.Returning != "" {
		first = r.Reversed()
	}
	out := cmd.OutOrStdout()
	if !flags.json && len(first.Due()) > 0 {
		writeSteps(first, out, paletteFor(cmd, out))
		fmt.Fprintln(out)
	}
	if !flags.approved && len(first.Due()) > 0 {
		what := fmt.Sprintf("Upgrade %s on %s, backups first?", name, terminal.Number(len(first.Due()), "host"))
		switch {
		case r.Returning != "":
			what = fmt.Sprintf("An earlier run was interrupted on the way back, as %s.\nGo on with that on %s?", r.Returning, terminal.Number(len(first.Due()), "host"))
		case back:
			what = fmt.Sprintf("Take upgrade %s back on %s, backups first?", name, terminal.Number(len(r.Due()), "host"))
		}
		if err := ask(ctx, cmd, what, "there is no terminal to ask on, and nothing was changed: look at the steps above, and repeat this with --auto-approve"); err != nil {
			return err
		}
	}
	return carryThrough(ctx, cmd, r, flags)
}

// writeSteps prints what will be done, in order.
func writeSteps(r *rollout.Upgrade, w io.Writer, p terminal.Palette) {
	if r.Back {
		for _, h := range r.InOrder(r.Hosts) {
			if r.TakesBack(h) {
				fmt.Fprintf(w, "%s  %s: the order of %v is taken back, which leads to what ran before\n", p.Bold(h.Host), r.Name, h.Forward().Mark)
				continue
			}
			s := upgradeStep{From: h.Runs(), To: r.Target(h), Active: r.On(h), Known: true}.movesFrom(h.Goal.Vips)
			fmt.Fprintf(w, "%s  %s\n", p.Bold(h.Host), s.words(r.Name))
		}
		fmt.Fprintf(w, "%s the configuration still asks for %s: the next apply would bring it again\n", p.Yellow("note:"), r.Hosts[0].Goal.Release.Version)
		return
	}
	var hosts []proposed
	for _, m := range r.Fleet.Members {
		if m.Stored != nil {
			hosts = append(hosts, proposed{Known: m.Known, Next: m.Stored})
		}
	}
	for _, s := range upgradeSteps(r.Name, hosts) {
		if slices.ContainsFunc(r.Hosts, func(h *rollout.Host) bool { return h.Host == s.Host }) {
			fmt.Fprintf(w, "%s  %s\n", p.Bold(s.Host), s.words(r.Name))
		}
	}
}

// carryThrough carries the rollout out, tells how it goes on, and leaves a record of it
// in the store.
func carryThrough(ctx context.Context, cmd *cobra.Command, r *rollout.Upgrade, flags upgradeFlags) error {
	began := time.Now()
	end, err := r.Record(ctx, flags.takeOver, warnTo(cmd))
	if err != nil {
		return flags.unbegun(cmd, r.Name, err)
	}
	defer end()
	t := tellerOf(r, cmd, flags.json)
	r.Seen = func() { t.show(r) }
	r.Say = func(p rollout.Progress) { t.say(lineOf(p)) }
	err = r.Run(ctx)
	t.show(r)
	last := lineOf(rollout.Progress{Upgrade: r.Name, Text: summaryOf(r)})
	last.Outcome = outcomeOf(r, err)
	last.Outcome.Seconds = time.Since(began).Round(time.Millisecond).Seconds()
	t.end(last)
	return err
}

// summaryOf is what is said at the end when all went well.
func summaryOf(r *rollout.Upgrade) string {
	n := terminal.Number(len(r.Hosts), "host")
	if r.Back {
		return fmt.Sprintf("Went back: %s. The configuration still asks for %s, and the next apply would bring it again.", n, r.Hosts[0].Goal.Release.Version)
	}
	return fmt.Sprintf("%s %s runs on %s.", r.Name, r.Hosts[0].Goal.Release.Version, n)
}

// tellerOf returns how the rollout is told.
func tellerOf(r *rollout.Upgrade, cmd *cobra.Command, asJSON bool) upgradeTeller {
	out := cmd.OutOrStdout()
	if asJSON {
		return jsonTeller{out}
	}
	if file, ok := terminal.Beneath(out).(*os.File); ok && terminal.IsTerminal(out) && os.Getenv("TERM") != "dumb" {
		return &liveTeller{screen: &terminal.Screen{Out: file}, palette: paletteFor(cmd, out)}
	}
	t := &textTeller{out: out, palette: paletteFor(cmd, out), width: len(r.Name), told: map[string]string{}}
	for _, h := range r.Hosts {
		t.width = max(t.width, len(h.Host))
	}
	return t
}
