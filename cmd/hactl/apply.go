package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"hactl/agent/store"
	"hactl/cmd/hactl/internal/rollout"
	"hactl/schemas/plan"

	"github.com/spf13/cobra"
)

// applyFlags are what apply can be told.
type applyFlags struct {
	proposeFlags
	approved bool
	wait     time.Duration
	skip     []string
	local    bool
	host     string
	takeOver bool
	within   time.Duration // on trial; 0: not
	back     bool          // to the previous plans, on a failure
	json     bool          // tells in lines of JSON

	skipUpgrades bool
}

// applyHelp says what apply does, and how it exits.
const applyHelp = `Apply shows what would change and asks. Then it publishes one plan after the
other, backups first, and waits each time until the host's own report says that
it follows the plan. It stops when a host reports a failure or does not confirm
in time, or when an address is on no host or on two. Interrupt it whenever you
like: applied again, it goes on where it stopped. With --rollback-on-failure it
publishes the previous plans again when it stops by itself, and exits with 1. Once
all hosts have confirmed their plans these stay, also when an upgrade after them
fails.

Clusters that share no host go side by side. What all hosts of a cluster must
agree on (authentication, and the interval of version 2) changes in three waves:
first each host takes the old and the new, then each sends the new, then none
takes the old. So they hear each other all the time.

A host whose agent does not run gets its plan and is waited for at the end.

When all follow their plans, it carries the upgrades of the plans through, as
"hactl upgrade run" does. --skip-upgrades leaves them.

With --confirm-within the change is on trial: when nobody has confirmed it by
then with "hactl confirm", each host goes back by itself to the plan that it had
before, or to none. The agents see to that, also when no host can be reached any
more, when an agent is killed, and when this command is: the time counts from
when the rollout has ended, or else from when it was last heard of. A host that
is started anew meanwhile goes back at once. What has not been confirmed yet is
confirmed by the next apply that changes something without --confirm-within; with
it, all hosts go back to what was confirmed last. Programs stay at their releases
while a change is on trial.

With --json it prints a line of JSON for each thing that happens, and nothing else:
that a plan is published to a host ("event": "published"), that the host follows it
("confirmed"), and so on; "hactl schema apply-progress" names them all. The lines of
upgrades are those of "hactl upgrade run --json". The last one has the outcome.

It exits with 0 when all hosts confirmed, 3 when plans were published but some
host did not confirm in time, and 1 on an error, a stale plan file, or when
there is no terminal to ask on and no --auto-approve.`

func newApplyCommand() *cobra.Command {
	var flags applyFlags
	cmd := &cobra.Command{
		Use:   "apply [DIR|PLANFILE]",
		Short: "Publish the plans host by host, each confirmed before the next",
		Long:  applyHelp,
		Example: `  hactl apply
  hactl plan --out rollout.plan && hactl apply rollout.plan
  hactl apply production --auto-approve --wait 5m
  hactl apply --auto-approve --rollback-on-failure
  hactl apply --auto-approve --json | jq -r '.host + " " + .event'
  hactl apply --confirm-within 5m                  # and then, if all is well: hactl confirm
  git pull && hactl apply --local --auto-approve   # on a host, from a timer`,
		Args: folderArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			t, began := newApplyTeller(cmd, flags.json), time.Now()
			err := apply(ctx, t, folderOf(args), flags)
			t.end(began, err)
			return err
		},
	}
	flags.addAll(cmd)
	return cmd
}

// addAll gives cmd all the flags of apply.
func (f *applyFlags) addAll(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.approved, "auto-approve", false, "do not ask")
	cmd.Flags().DurationVar(&f.wait, "wait", time.Minute, "how long to wait for each host's confirmation; 0: publish to all, wait for none, and exit with 3")
	cmd.Flags().StringArrayVar(&f.skip, "skip", nil, "leave `HOST` as it is; may be repeated")
	cmd.Flags().BoolVar(&f.local, "local", false, "publish only this machine's plan, into its own folder")
	cmd.Flags().StringVar(&f.host, "host", "", "with --local: this machine's `NAME` in the configuration (default: its name, or that name's first label)")
	cmd.Flags().BoolVar(&f.takeOver, "take-over", false, "go on although somebody else's rollout seems to be under way")
	cmd.Flags().BoolVar(&f.skipUpgrades, "skip-upgrades", false, "leave programs at the releases that run")
	cmd.Flags().DurationVar(&f.within, "confirm-within", 0, "let all hosts go back by themselves unless the change is confirmed within this time, 10s to 24h")
	cmd.Flags().BoolVar(&f.back, "rollback-on-failure", false, "publish the previous plans again, the last host first, when the rollout stops; plans that all hosts confirmed stay, also when an upgrade after them fails")
	cmd.Flags().BoolVar(&f.json, "json", false, "print a line of JSON for each thing that happens, and the outcome as the last; asks nothing, so --auto-approve is needed")
	f.add(cmd)
}

// check refuses flags that say nothing together.
func (f applyFlags) check() error {
	switch {
	case f.json && !f.approved:
		return errors.New("--json asks nothing: add --auto-approve")
	case f.wait < 0:
		return fmt.Errorf("--wait %s: a time cannot be negative", f.wait)
	case f.within != 0 && (f.within < 10*time.Second || f.within > plan.MaxTrial*time.Second || f.within%time.Second != 0):
		return fmt.Errorf("--confirm-within %s: write whole seconds from 10s to 24h", f.within)
	case f.back && f.wait == 0:
		return errors.New("--rollback-on-failure and --wait 0: where no host is waited for, nothing is known to fail; leave one of them out")
	case f.back && f.within > 0:
		return errors.New("--rollback-on-failure and --confirm-within: what is on trial is taken back by the hosts themselves; leave one of them out")
	case f.host != "" && !f.local:
		return errors.New("--host says which host this machine is, for --local: add --local, or leave the others out with --skip")
	case f.local && len(f.retire) > 0:
		return errors.New("--local publishes to this machine only, and --retire to another one: leave one of them out")
	}
	return nil
}

// apply shows a proposal, asks, and carries it out.
func apply(ctx context.Context, t *applyTeller, source string, flags applyFlags) error {
	if err := flags.check(); err != nil {
		return err
	}
	p, s, err := proposeTo(ctx, t.cmd, source, flags)
	if err != nil {
		return err
	}
	defer s.Close()
	all := p.names()
	if p, err = p.without(flags.skip); err != nil {
		return err
	}
	p = p.again(flags.within)
	t.propose(p)
	upgrades := flags.upgradesOf(p)
	if err := cmp.Or(p.reachable(), p.secretsAgree(), p.upgradable(upgrades), p.triable(flags.within)); err != nil {
		return err
	}
	r := p.rollout(s, flags.wait)
	if flags.back {
		r.Previous = p.previous()
	}
	if err := cmp.Or(r.Patient(), r.Undivided(ctx)); err != nil {
		return err
	}
	settled := !p.changed() && rollout.Confirmed(r.Steps)
	if settled {
		if err := r.Elected(ctx); err != nil {
			return err
		}
	}
	if settled && len(upgrades) == 0 {
		t.print("Nothing to change.\n")
		flags.tellLeft(t, p)
		return nil
	}
	if (p.changed() || len(upgrades) > 0) && !flags.approved {
		if err := approve(ctx, t.cmd, p, upgrades); err != nil {
			return err
		}
	}
	if !settled {
		if err := p.carryOut(ctx, t, s, r, source, flags); err != nil {
			return err
		}
	}
	flags.tellLeft(t, p)
	return carryUpgrades(ctx, t, s, all, upgrades, flags)
}

// proposeTo makes the proposal of source: a saved plan, or a configuration.
func proposeTo(ctx context.Context, cmd *cobra.Command, source string, flags applyFlags) (proposal, store.Store, error) {
	if info, err := os.Stat(source); err == nil && info.Mode().IsRegular() {
		if given := flags.variables; flags.store != "" || flags.local || len(flags.retire)+len(given.values)+len(given.files)+len(given.allowed) > 0 {
			return proposal{}, nil, errors.New("a saved plan says itself for which hosts, store and values it is: leave out --store, --local, --retire, --var, --var-file and --allow-files, or name the folder")
		}
		file, err := loadPlanFile(source)
		if err != nil {
			return proposal{}, nil, err
		}
		return file.propose(ctx)
	}
	c, err := requireConfiguration(cmd, source, &flags.variables)
	if err != nil {
		return proposal{}, nil, err
	}
	if flags.local {
		return c.proposeLocal(ctx, flags)
	}
	p, _, s, err := c.propose(ctx, flags.proposeFlags)
	return p, s, err
}
