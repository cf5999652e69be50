package main

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"hactl/agent/netlab"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/examples"
	"hactl/schemas/plan"

	"github.com/spf13/cobra"
)

func newDemoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo [DIR]",
		Short: "Show an address move between two hosts, in network namespaces of this machine",
		Long: `Demo builds the hosts of a configuration, by default of a pair, as network
namespaces, starts an agent on each, and lets the Active one die, come back and
leave in order, while a client asks the address every 5 ms. Nothing of this
machine's own network is touched, and nothing is left behind.

It works as root, and as an ordinary user where user namespaces are allowed. It
exits with 0 only if the address really moved and came back.`,
		Example: `  hactl demo
  hactl demo examples/dual-stack`,
		Args: folderArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := netlab.Enter(); err != nil {
				return fmt.Errorf("the demo cannot make network namespaces: %w", err)
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
			defer stop()
			return runDemo(ctx, cmd, args)
		},
	}
}

// probeInterval is how often the client asks.
const probeInterval = 5 * time.Millisecond

// demoPatience is how long the demo waits beyond what the protocol's timers say.
const demoPatience = 10 * time.Second

// demo is one demonstration.
type demo struct {
	ctx  context.Context
	cmd  *cobra.Command
	out  io.Writer
	p    terminal.Palette
	dir  string // of the configuration
	work string // everything that is written

	*laboratory
	plans  map[string]*plan.Plan
	vip    string
	router plan.Router // as the preferred host has it
	addr   netip.Addr  // that the client asks

	agents map[string]*netlab.Process
	probe  *netlab.Probe
	began  time.Time
	acts   []act
}

// runDemo makes what a demo needs, runs it, and cleans up, however it ends.
func runDemo(ctx context.Context, cmd *cobra.Command, args []string) error {
	work, err := os.MkdirTemp("", "hactl-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the demo: %w", err)
	}
	defer os.RemoveAll(work)
	d := &demo{ctx: ctx, cmd: cmd, out: cmd.OutOrStdout(), p: paletteFor(cmd, cmd.OutOrStdout()), work: work, agents: map[string]*netlab.Process{}}
	if len(args) > 0 {
		d.dir = args[0]
	} else if d.dir, err = examples.Unpack(filepath.Join(work, "pair"), "pair"); err != nil {
		return err
	}
	lab, err := netlab.New()
	if err != nil {
		return fmt.Errorf("make network namespaces: %w", err)
	}
	defer lab.Close()
	err = d.play(lab)
	if ctx.Err() != nil {
		return exit{130, "interrupted; nothing is left behind"}
	}
	if err != nil {
		d.showLogs()
	}
	return err
}

// play is the whole demonstration.
func (d *demo) play(lab *netlab.Lab) error {
	if err := d.prepare(lab); err != nil {
		return err
	}
	order := d.order()
	if len(order) < 2 {
		return fmt.Errorf("vip %s has no second host that hactl runs: there is nowhere to move", d.vip)
	}
	first, second, err := d.awaitFirst(order[0], order[1])
	if err != nil {
		return err
	}
	client, err := d.clients[d.vip].Probe(d.addr, probeInterval)
	if err != nil {
		return err
	}
	d.probe = client
	if err := d.awaitAnswer(first); err != nil {
		return err
	}
	for _, a := range []func(first, second string) error{d.die, d.comeBack, d.leave} {
		if err := a(first, second); err != nil {
			return err
		}
	}
	return d.conclude()
}

// title begins a part.
func (d *demo) title(text string) { fmt.Fprintf(d.out, "\n%s\n", d.p.Bold("▸ "+text)) }

// say prints one line of the timeline, of now.
func (d *demo) say(format string, args ...any) { d.sayAt(time.Now(), format, args...) }

// sayAt prints one line of the timeline.
func (d *demo) sayAt(t time.Time, format string, args ...any) {
	fmt.Fprintf(d.out, "  %8.3f s  %s\n", t.Sub(d.began).Seconds(), fmt.Sprintf(format, args...))
}
