package main

import (
	"fmt"
	"log/slog"

	"hactl/agent"
	"hactl/agent/logbook"
	"hactl/agent/store"

	"github.com/spf13/cobra"
)

// agentFlags are what the agent can be told.
type agentFlags struct {
	cfg     agent.Config
	dir     string // with plans, reports and state
	log     logFlags
	hand    bool // let the agent that runs hand over
	fit     bool // say whether this hactl could go on with a hand-over
	cleanup bool // remove what an agent left behind
}

func newAgentCommand() *cobra.Command {
	var flags agentFlags
	cmd := &cobra.Command{
		Use:   "agent [--host NAME] [--dir DIR] [--socket PATH] [--metrics ADDR]",
		Short: "Make this host follow its plan",
		Long: `The agent watches this host's plan in DIR/plans and makes the host follow it
live: it speaks VRRP, owns addresses and reports to DIR/status. It stays in the
foreground, logs to stderr, and tells systemd when it is ready.

The host is the machine's name, or its first label where plans are called so.

With --metrics Prometheus may ask it how its routers do. It never waits for
whoever reads its log or its metrics.

SIGTERM, SIGINT and SIGHUP let neighbours take the addresses over before the
agent leaves; a second one leaves at once. When systemd is restarting the agent's
unit, SIGTERM leaves everything as it is to the next agent, unless neighbours would
notice: docs/upgrading-hactl.md says when. SIGUSR2, or --handover from beside it,
lets the hactl that is now in the agent's place on disk go on in its process:
nothing is given up, and no neighbour notices. One that is not fit for that is
refused, and the agent goes on as it was. The agent tries by running the other
one with its own arguments and --fit, which reads what would be handed over from
standard input.

An agent that is killed leaves what it had: the next one goes on with it. Addresses
go by themselves after a few seconds, unless on_agent_loss is "keep"; routes and
rules stay. --cleanup removes all of it. It does nothing while an agent runs, nor
when an agent has just left everything to the next one, nor in a unit's
ExecStopPost= when systemd is about to start the agent again.

It needs root, or the capabilities
CAP_NET_ADMIN and CAP_NET_RAW, and for programs that run as other users
CAP_SETUID, CAP_SETGID and CAP_KILL. --realtime needs CAP_SYS_NICE and
CAP_IPC_LOCK, too; without them the agent goes on and its log says so.

How much memory may grow before garbage is collected the agent chooses by the
number of routers, unless the environment has GOGC, a percentage.

It exits with 0 when it has left as it was told to, and with 1 when it cannot
start or go on, and says why; --handover, --fit and --cleanup with 0 when that
was done or may be, and with 1 when not.`,
		Example: `  hactl agent
  hactl agent --host lb01 --dir /var/lib/hactl
  hactl agent --metrics :9650 --log-format json
  hactl agent --handover   # after hactl was replaced by another version
  hactl agent --cleanup    # after the last agent of this host was killed`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return flags.run(cmd) },
	}
	flags.add(cmd)
	return cmd
}

func (f *agentFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.cfg.Host, "host", "", "this host's name in the configuration (default: the machine's name)")
	cmd.Flags().StringVar(&f.dir, "dir", store.DefaultDir, "folder with plans, reports and state")
	cmd.Flags().StringVar(&f.cfg.Metrics, "metrics", "", "where Prometheus may ask, `ADDR`: HOST:PORT, :PORT, or the path of a socket (default: on the control socket only)")
	cmd.Flags().StringVar(&f.cfg.Socket, "socket", defaultSocket, "control socket; empty for none")
	cmd.Flags().IntVar(&f.cfg.Realtime, "realtime", 0, "run the protocol in the kernel's real-time class with this `PRIORITY`, 1 to 99, and lock memory (default: no)")
	f.log.add(cmd)
	cmd.Flags().BoolVar(&f.hand, "handover", false, "let the agent that runs hand over to the hactl that is now in its place on disk, and wait until it has")
	cmd.Flags().BoolVar(&f.fit, "fit", false, "say whether this hactl could go on with the hand-over on standard input")
	cmd.Flags().BoolVar(&f.cleanup, "cleanup", false, "remove what an agent that has ended for good left on this host, and end")
	cmd.MarkFlagsMutuallyExclusive("handover", "fit", "cleanup")
}

// run runs the agent, or does what else was asked for.
func (f *agentFlags) run(cmd *cobra.Command) error {
	switch {
	case f.cfg.Realtime < 0 || f.cfg.Realtime > 99:
		return fmt.Errorf("--realtime is %d: write a priority from 1 to 99, or 0 for none", f.cfg.Realtime)
	case f.fit:
		return sayFit(cmd)
	case f.hand:
		return handOver(cmd, f.cfg.Socket)
	case f.cleanup:
		return cleanUp(cmd, f.cfg, f.dir)
	}
	f.cfg.Version, f.cfg.Fit = thisBuild().Version, []string{"--fit"}
	return f.log.keep(cmd.ErrOrStderr(), func(b *logbook.Book) error {
		f.cfg.Log, f.cfg.LogDropped, f.cfg.FlushLog = b.Logger(), b.Dropped, func() { b.Flush(lastLines) }
		return agent.Serve(f.cfg, f.dir)
	})
}

// cleanUp removes what an agent left behind, and says so.
func cleanUp(cmd *cobra.Command, cfg agent.Config, dir string) error {
	cfg.Log = slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
	done, err := agent.Cleanup(cfg, dir)
	if err == nil {
		fmt.Fprintln(cmd.OutOrStdout(), done)
	}
	return err
}
