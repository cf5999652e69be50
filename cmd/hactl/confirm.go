package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/status"

	"github.com/spf13/cobra"
)

// confirmFlags are what confirm can be told.
type confirmFlags struct {
	socket    string
	store     string
	wait      time.Duration
	json      bool
	variables variableFlags
}

func newConfirmCommand() *cobra.Command {
	var flags confirmFlags
	cmd := &cobra.Command{
		Use:   "confirm [DIR]",
		Short: "Let hosts stay with a change that is on trial",
		Long: `Confirm ends the trial of "hactl apply --confirm-within": the hosts stay with the
plans that they follow.

With a configuration in DIR, or with --store, it tells all hosts that have
something on trial through the plan store, and waits until their reports say
that they stay. It may be run anywhere from where the store is reached, also on
one of the hosts.

With --socket, or on a host where there is no configuration, it tells that host
alone: agents do not pass it on. The others of the change are named. They go back
in time unless they are told, too, and two hosts that follow different plans may
both be Active.

It exits with 0 when all of them stay, or nothing is on trial; 3 when they are told
but did not report it in time; and 1 on an error, when a host cannot be told, when it
is too late for one, or when one's agent has refused the change.`,
		Example: `  hactl confirm                    # all hosts of the configuration here
  hactl confirm production --json
  hactl confirm --store ssh: production
  hactl confirm --socket /run/hactl/agent.sock   # this host alone`,
		Args: folderArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			if flags.wait < 0 {
				return fmt.Errorf("--wait %s: a time cannot be negative", flags.wait)
			}
			if flags.alone(cmd, args) {
				return confirmAlone(cmd, flags)
			}
			return confirmAll(cmd, folderOf(args), flags)
		},
	}
	cmd.Flags().StringVar(&flags.socket, "socket", defaultSocket, "tell the agent with this control socket alone, `PATH`")
	cmd.Flags().DurationVar(&flags.wait, "wait", time.Minute, "how long to wait until the hosts' reports confirm it; 0: wait for none, and exit with 3")
	cmd.Flags().BoolVar(&flags.json, "json", false, "print the outcome as JSON")
	addStoreFlag(cmd, &flags.store)
	flags.variables.add(cmd)
	return cmd
}

// alone tells whether the agent of this machine alone is meant.
func (f confirmFlags) alone(cmd *cobra.Command, args []string) bool {
	if cmd.Flags().Changed("socket") {
		return true
	}
	if len(args) > 0 || f.store != "" || holdsConfiguration(".") {
		return false
	}
	_, err := os.Stat(f.socket)
	return err == nil
}

// confirmAll confirms what is on trial on all hosts of a store.
func confirmAll(cmd *cobra.Command, dir string, flags confirmFlags) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd.SetContext(ctx)
	f, err := openFleet(cmd, dir, moveFlags{store: flags.store, variables: flags.variables})
	if err != nil {
		return err
	}
	defer f.Store.Close()
	c := trialsOf(f)
	var hosts []*confirmedHost
	for i := range c.Hosts {
		if h := &c.Hosts[i]; h.State == status.OnTrial {
			hosts = append(hosts, h)
		}
	}
	fleet.Together(len(hosts), func(i int) { hosts[i].tell(ctx, f) })
	err = f.Await(ctx, flags.wait, func() bool {
		for i := range c.Hosts {
			c.Hosts[i].look()
		}
		return !slices.ContainsFunc(c.Hosts, func(h confirmedHost) bool { return h.State == isTold && h.member.Alive })
	})
	if err != nil && !errors.Is(err, fleet.ErrLate) {
		return exit{exitUnconfirmed, "interrupted; what was told is not taken back"}
	}
	return c.end(cmd, flags.json)
}
