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

	"github.com/spf13/cobra"
)

// upgradeFlags are what the verbs that carry upgrades through can be told.
type upgradeFlags struct {
	moveFlags
	hosts    []string
	takeOver bool
}

func (f *upgradeFlags) add(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&f.wait, "wait", time.Minute, "how long to wait for a host that does not get on, or does not answer")
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
	r, err := newUpgradeRollout(f, name, back, flags)
	if err != nil {
		return flags.unbegun(cmd, name, err)
	}
	r.recall(ctx)
	first := r
	if r.returning != "" {
		first = r.reversed()
	}
	out := cmd.OutOrStdout()
	if !flags.json && len(first.due()) > 0 {
		first.writeSteps(out, paletteFor(cmd, out))
		fmt.Fprintln(out)
	}
	if !flags.approved && len(first.due()) > 0 {
		what := fmt.Sprintf("Upgrade %s on %s, backups first?", name, number(len(first.due()), "host"))
		switch {
		case r.returning != "":
			what = fmt.Sprintf("An earlier run was interrupted on the way back, as %s.\nGo on with that on %s?", r.returning, number(len(first.due()), "host"))
		case back:
			what = fmt.Sprintf("Take upgrade %s back on %s, backups first?", name, number(len(r.due()), "host"))
		}
		if err := ask(ctx, cmd, what, "there is no terminal to ask on, and nothing was changed: look at the steps above, and repeat this with --auto-approve"); err != nil {
			return err
		}
	}
	return r.carry(ctx, cmd, flags)
}

// due returns the hosts that are not yet where the rollout leads, by their reports.
func (r *upgradeRollout) due() []*upgradeHost {
	return slices.DeleteFunc(slices.Clone(r.hosts), func(h *upgradeHost) bool { return !r.back && h.current() })
}

// writeSteps prints what will be done, in order.
func (r *upgradeRollout) writeSteps(w io.Writer, p palette) {
	if r.back {
		for _, h := range r.inOrder(r.hosts) {
			if r.takesBack(h) {
				fmt.Fprintf(w, "%s  %s: the order of %v is taken back, which leads to what ran before\n", p.bold(h.Host), r.name, h.forward().Mark)
				continue
			}
			s := upgradeStep{From: h.runs(), To: r.target(h), Active: r.on(h), Known: true}.movesFrom(h.goal.Vips)
			fmt.Fprintf(w, "%s  %s\n", p.bold(h.Host), s.words(r.name))
		}
		fmt.Fprintf(w, "%s the configuration still asks for %s: the next apply would bring it again\n", p.yellow("note:"), r.hosts[0].goal.Release.Version)
		return
	}
	var hosts []proposed
	for _, m := range r.fleet.Members {
		if m.Stored != nil {
			hosts = append(hosts, proposed{Known: m.Known, Next: m.Stored})
		}
	}
	for _, s := range upgradeSteps(r.name, hosts) {
		if slices.ContainsFunc(r.hosts, func(h *upgradeHost) bool { return h.Host == s.Host }) {
			fmt.Fprintf(w, "%s  %s\n", p.bold(s.Host), s.words(r.name))
		}
	}
}

// carry carries the rollout out, tells how it goes on, and leaves a record of it in
// the store.
func (r *upgradeRollout) carry(ctx context.Context, cmd *cobra.Command, flags upgradeFlags) error {
	began := time.Now()
	t := r.teller(cmd, flags.json)
	r.seen, r.note = func() { t.show(r) }, func() {}
	if l := r.log(); len(l.record.Plans) > 0 {
		if err := l.begin(ctx, cmd, flags.takeOver); err != nil {
			return flags.unbegun(cmd, r.name, err)
		}
		r.note = func() {
			l.record.Done, l.record.Back = slices.Clone(r.finished), r.returning
			_ = l.write(ctx) // advice
		}
		r.seen = func() {
			t.show(r)
			l.keep(ctx)
		}
		defer func() {
			l.record.Done, l.record.Back = r.finished, r.returning
			l.end(ctx)
		}()
	}
	r.say = func(line upgradeLine) {
		line.Time = time.Now().UTC().Truncate(time.Millisecond)
		t.say(line)
	}
	err := r.through(ctx)
	r.seen()
	last := upgradeLine{Time: time.Now().UTC().Truncate(time.Millisecond), Upgrade: r.name, Text: r.summary(), Outcome: r.outcome(err)}
	last.Outcome.Seconds = time.Since(began).Round(time.Millisecond).Seconds()
	t.end(last)
	return err
}

// summary is what is said at the end when all went well.
func (r *upgradeRollout) summary() string {
	n := number(len(r.hosts), "host")
	if r.back {
		return fmt.Sprintf("Went back: %s. The configuration still asks for %s, and the next apply would bring it again.", n, r.hosts[0].goal.Release.Version)
	}
	return fmt.Sprintf("%s %s runs on %s.", r.name, r.hosts[0].goal.Release.Version, n)
}

// teller returns how the rollout is told.
func (r *upgradeRollout) teller(cmd *cobra.Command, asJSON bool) upgradeTeller {
	out := cmd.OutOrStdout()
	if asJSON {
		return jsonTeller{out}
	}
	if file, ok := beneath(out).(*os.File); ok && isTerminal(out) && os.Getenv("TERM") != "dumb" {
		return &liveTeller{screen: &screen{out: file}, palette: paletteFor(cmd, out)}
	}
	t := &textTeller{out: out, palette: paletteFor(cmd, out), width: len(r.name), told: map[string]string{}}
	for _, h := range r.hosts {
		t.width = max(t.width, len(h.Host))
	}
	return t
}
