package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"hactl/cmd/hactl/internal/board"
	"hactl/cmd/hactl/internal/terminal"

	"github.com/spf13/cobra"
)

// shortestWatch is the shortest time between two looks: each costs an agent, or
// the store, some work.
const shortestWatch = 100 * time.Millisecond

func newWatchCommand() *cobra.Command {
	var flags statusFlags
	var interval time.Duration
	cmd := &cobra.Command{
		Use:   "watch [DIR]",
		Short: "Show every router live, on a terminal",
		Long: `Watch shows what status shows, and goes on: of the agent of this machine, whose
events it follows, or, where there is none, or when a folder or --store is named,
of all hosts of the configuration. What has changed is marked for a few seconds;
what is wrong stands at the top. The key q ends it.

It exits with 0, and with 1 when there is nothing to watch, or no terminal to
show it on.`,
		Example: `  hactl watch                    # on a host: this host
  hactl watch environments/prod  # anywhere: all hosts, through the store
  hactl watch --interval 10s --store ssh:ops@store.example.net`,
		Args: folderArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			if interval < shortestWatch {
				return fmt.Errorf("--interval %v: write %v or more", interval, shortestWatch)
			}
			s, err := openScreen(cmd)
			if err != nil {
				return err
			}
			return watch(cmd, args, flags, interval, s)
		},
	}
	cmd.Flags().StringVar(&flags.socket, "socket", defaultSocket, "the agent's control socket, `PATH`")
	cmd.Flags().DurationVar(&interval, "interval", 2*time.Second, "time between two looks, `DURATION`; an event of the agent brings one at once")
	addStoreFlag(cmd, &flags.store)
	flags.variables.add(cmd)
	return cmd
}

// watch shows until it is told to end.
func watch(cmd *cobra.Command, args []string, flags statusFlags, interval time.Duration, s *terminal.Screen) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	from, err := openLookout(cmd, args, flags)
	if err != nil {
		return err
	}
	defer from.close()
	sights := make(chan sight)
	go from.run(ctx, interval, sights)
	var first sight
	select {
	case first = <-sights:
	case <-ctx.Done():
		return nil
	}
	if first.err != nil {
		return first.err
	}
	if err := s.Begin(); err != nil {
		return err
	}
	defer s.End()
	v := board.NewView(paletteFor(cmd, cmd.OutOrStdout()))
	v.See(first.reports, first.err, time.Now())
	return show(ctx, v, s, sights)
}

// redraw is how often the screen is looked at: times that pass, and its size, may
// have changed.
const redraw = 250 * time.Millisecond

// errScreen says that the terminal has gone.
var errScreen = errors.New("the terminal is gone")

// show draws until a key or ctx ends it.
func show(ctx context.Context, v *board.View, s *terminal.Screen, sights <-chan sight) error {
	tick := time.NewTicker(redraw)
	defer tick.Stop()
	for {
		width, height := s.Size()
		if err := s.Draw(v.Frame(time.Now(), width, height)); err != nil {
			return fmt.Errorf("%w: %w", errScreen, err)
		}
		select {
		case now := <-sights:
			v.See(now.reports, now.err, time.Now())
		case key := <-s.Keys:
			if key == 'q' || key == 'Q' || key == terminal.CtrlC {
				return nil
			}
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}
