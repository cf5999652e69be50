package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"hactl/agent"
	"hactl/agent/kernel"
	"hactl/agent/store"

	"github.com/spf13/cobra"
)

func newAgentCommand() *cobra.Command {
	var cfg agent.Config
	cmd := &cobra.Command{
		Use:   "agent [--host NAME] [--dir DIR] [--socket PATH]",
		Short: "Make this host follow its plan",
		Long: `The agent watches this host's plan in DIR/plans and makes the host follow it
live: it speaks VRRP, owns addresses and reports to DIR/status. It stays in the
foreground, logs to stderr, and tells systemd when it is ready.

The host is the machine's name, or its first label where plans are called so.

SIGTERM and SIGINT let neighbours take the addresses over before the agent
leaves; a second one leaves at once. It needs root, or the capabilities
CAP_NET_ADMIN and CAP_NET_RAW.`,
		Example: `  hactl agent
  hactl agent --host lb01 --dir /var/lib/hactl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg.Version = thisBuild().Version
			cfg.Log = slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
			return runAgent(cfg)
		},
	}
	cmd.Flags().StringVar(&cfg.Host, "host", "", "this host's name in the configuration (default: the machine's name)")
	cmd.Flags().StringVar(&cfg.Dir, "dir", store.DefaultDir, "folder with plans, reports and state")
	cmd.Flags().StringVar(&cfg.Socket, "socket", defaultSocket, "control socket; empty for none")
	return cmd
}

// runAgent runs an agent until it has left.
func runAgent(cfg agent.Config) error {
	names, err := cfg.Names()
	if err != nil {
		return err
	}
	dir, err := store.OpenDir(cfg.Dir)
	if err != nil {
		return err
	}
	defer dir.Close()
	lock, err := lockState(filepath.Join(cfg.Dir, "state"), names[0])
	if err != nil {
		return err
	}
	defer lock.Close()
	k := kernel.New(filepath.Join(cfg.Dir, "state", names[0]+".addresses"), cfg.Log)
	defer k.Close()
	a := agent.New(cfg, k, dir)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	defer signal.Stop(signals)
	go func() {
		a.Leave((<-signals).String())
		<-signals
		stop()
	}()
	return a.Run(ctx)
}

// lockState makes sure that one agent only works for a host on this machine. The
// lock ends with the process, however it ends.
func lockState(dir, host string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the state folder: %w", err)
	}
	path := filepath.Join(dir, host+".lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the state folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("another agent for host %s runs on this machine (it holds %s)", host, path)
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return f, nil
}
