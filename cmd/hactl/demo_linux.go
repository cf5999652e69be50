package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"hactl/agent/netlab"
	"hactl/examples"
	"hactl/schemas/plan"
	"hactl/schemas/status"

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
	p    palette
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

// act is one thing that happened to the address.
type act struct {
	what, from, to string
	lost           netlab.Report
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
	first, second := order[0], order[1]
	if err := d.awaitActive(first, "start"); err != nil {
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

// prepare validates and plans, builds the hosts, starts their agents, and
// applies.
func (d *demo) prepare(lab *netlab.Lab) error {
	var flags variableFlags
	c, err := requireConfiguration(d.cmd, d.dir, &flags)
	if err != nil {
		return err
	}
	d.plans = c.result.Plans
	store := filepath.Join(d.work, "store")
	if err := d.verb("validate", d.dir); err != nil {
		return err
	}
	if err := d.verb("plan", d.dir, "--store", store); err != nil {
		return err
	}
	if d.laboratory, err = newLaboratory(lab, c.config, d.plans); err != nil {
		return err
	}
	if err := d.choose(); err != nil {
		return err
	}
	d.title("Agents: one on each host, each a network namespace on a bridge")
	d.began = time.Now()
	for host := range d.plans {
		if err := d.start(host); err != nil {
			return err
		}
	}
	return d.verb("apply", d.dir, "--store", store, "--auto-approve")
}

// choose picks the vip to watch: the first one.
func (d *demo) choose() error {
	for _, p := range d.plans {
		for _, r := range p.Routers {
			if d.vip == "" || r.ID < d.router.ID || r.ID == d.router.ID && r.Priority > d.router.Priority {
				d.vip, d.router = r.Vip, r
			}
		}
	}
	if d.vip == "" {
		return errors.New("the configuration has no vip on a host that hactl runs")
	}
	d.addr = target(d.router).Addr()
	return nil
}

// order returns the hosts of the vip, the preferred one first.
func (d *demo) order() []string {
	priority := map[string]int{}
	var hosts []string
	for host, p := range d.plans {
		for _, r := range p.Routers {
			if r.ID == d.router.ID {
				hosts, priority[host] = append(hosts, host), r.Priority
			}
		}
	}
	slices.SortFunc(hosts, func(a, b string) int { return priority[b] - priority[a] })
	return hosts
}

// verb runs one of hactl's own verbs, with its output on the screen.
func (d *demo) verb(args ...string) error {
	shown := "hactl"
	for _, a := range args {
		if rest, ok := strings.CutPrefix(a, d.work); ok {
			a = "$DEMO" + rest
		}
		shown += " " + a
	}
	d.title(shown)
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(d.ctx, self, args...)
	cmd.Stdout, cmd.Stderr = d.out, d.cmd.ErrOrStderr()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", shown, err)
	}
	return nil
}

// start starts the agent of a host, with its log in the demo's folder.
func (d *demo) start(host string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(d.work, host+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(self, "agent", "--host", host, "--dir", filepath.Join(d.work, "store"), "--socket", d.socket(host))
	cmd.Stderr = log
	d.agents[host], err = d.hosts[host].Start(cmd)
	return err
}

// socket is the control socket of a host's agent.
func (d *demo) socket(host string) string { return filepath.Join(d.work, host+".sock") }

// die is the death of a host: no process of it runs, no packet leaves it.
func (d *demo) die(first, second string) error {
	d.title(fmt.Sprintf("The host that is Active dies: kill -9 on %s, and its cable is pulled", first))
	before := d.probe.Report()
	d.say("%s dies", first)
	if err := d.hosts[first].Unplug(d.router.Interface); err != nil {
		return err
	}
	if err := d.agents[first].Close(); err != nil {
		return err
	}
	if err := d.awaitActive(second, first+" died"); err != nil {
		return err
	}
	return d.moved("host died", first, second, before)
}

// comeBack brings the host back, and waits for what the preemption policy says.
func (d *demo) comeBack(first, second string) error {
	policy := d.router.Preemption
	back, after := first, policy.Mode != plan.Never
	if !after {
		back = second
	}
	d.title(fmt.Sprintf("%s comes back: preemption is %q, so the address is to be on %s", first, policy.Mode, back))
	before := d.probe.Report()
	if err := d.start(first); err != nil {
		return err
	}
	if err := d.hosts[first].Plug(d.router.Interface); err != nil {
		return err
	}
	d.say("%s is back", first)
	if after {
		if err := d.awaitActive(first, first+" came back"); err != nil {
			return err
		}
		return d.moved("host came back", second, first, before)
	}
	if err := d.await(first+" to be Backup for longer than it listens", func() bool {
		r := d.reportOf(first)
		return r != nil && r.State == "backup" && time.Since(r.Since) > d.interval()*5
	}); err != nil {
		return err
	}
	return d.moved("host came back", second, second, before)
}

// leave lets whoever is Active leave in order.
func (d *demo) leave(first, second string) error {
	from, to := first, second
	if d.router.Preemption.Mode == plan.Never {
		from, to = second, first
	}
	d.title(fmt.Sprintf("%s leaves in order: SIGTERM to its agent", from))
	before := d.probe.Report()
	d.say("SIGTERM to %s", from)
	if err := d.agents[from].Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := d.awaitActive(to, from+" left"); err != nil {
		return err
	}
	if err := d.await("the agent of "+from+" to end", func() bool {
		select {
		case <-d.agents[from].Done():
			return true
		default:
			return false
		}
	}); err != nil {
		return err
	}
	return d.moved("host left", from, to, before)
}

// moved waits until the client is answered by to, and until its last lost
// replies are known to be lost.
func (d *demo) moved(what, from, to string, before netlab.Report) error {
	if err := d.awaitAnswer(to); err != nil {
		return err
	}
	settled := time.Now().Add(netlab.Patience)
	if err := d.await("the last replies", func() bool { return time.Now().After(settled) }); err != nil {
		return err
	}
	now := d.probe.Report()
	lost := netlab.Report{Lost: now.Lost - before.Lost, Sent: now.Sent - before.Sent}
	d.acts = append(d.acts, act{what, from, to, lost})
	d.say("client: %d replies lost (%v)", lost.Lost, time.Duration(lost.Lost)*probeInterval)
	return nil
}

// conclude shows what happened in one table.
func (d *demo) conclude() error {
	report := d.probe.Stop()
	d.title(fmt.Sprintf("What the client of %s saw, asking every %v", d.addr, probeInterval))
	for _, a := range d.acts {
		way := a.from + " → " + a.to
		if a.from == a.to {
			way = "stayed on " + a.to
		}
		fmt.Fprintf(d.out, "  %-16s %-18s %4d replies lost  %6d ms\n", a.what, way, a.lost.Lost, a.lost.Lost*int(probeInterval/time.Millisecond))
	}
	verdict := "The address moved and came back:"
	if d.router.Preemption.Mode == plan.Never {
		verdict = "The address moved, and stayed where it was as preemption says:"
	}
	fmt.Fprintf(d.out, "\n%s %d probes, longest outage %v.\n", d.p.green(verdict), report.Sent, report.Outage.Round(time.Millisecond))
	return nil
}

// awaitActive waits until host alone is Active for the vip.
func (d *demo) awaitActive(host, since string) error {
	wait := d.interval()*4 + time.Duration(d.router.Preemption.Delay)*time.Millisecond + demoPatience
	err := d.awaitWithin(wait, host+" to be Active", func() bool {
		r := d.reportOf(host)
		return r != nil && r.State == "active" && !r.Yielding
	})
	if err != nil {
		return err
	}
	r := d.reportOf(host)
	d.sayAt(r.Since, "%s is %s: %s", host, d.p.green("Active"), r.Cause)
	return nil
}

// awaitAnswer waits until the client is answered by host.
func (d *demo) awaitAnswer(host string) error {
	err := d.await("an answer from "+host, func() bool { return d.probe.Report().Responder() == host })
	if err == nil {
		d.say("client: answered by %s", host)
	}
	return err
}

// await waits for a condition.
func (d *demo) await(what string, done func() bool) error {
	return d.awaitWithin(demoPatience, what, done)
}

// awaitWithin waits for a condition, at most for a while.
func (d *demo) awaitWithin(wait time.Duration, what string, done func() bool) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(wait); ; {
		if done() {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("waited %v for %s, in vain", wait, what)
		}
		select {
		case <-tick.C:
		case <-d.ctx.Done():
			return d.ctx.Err()
		}
	}
}

// reportOf returns how the vip's router is on host, nil while its agent does not
// answer.
func (d *demo) reportOf(host string) *status.Router {
	h, err := askAgent(d.ctx, d.socket(host))
	if err != nil {
		return nil
	}
	return reportOf(h, d.router.ID)
}

// interval is how often the Active router says that it is there.
func (d *demo) interval() time.Duration {
	return time.Duration(d.router.AdvertInterval) * time.Millisecond
}

// title begins a part.
func (d *demo) title(text string) { fmt.Fprintf(d.out, "\n%s\n", d.p.bold("▸ "+text)) }

// say prints one line of the timeline, of now.
func (d *demo) say(format string, args ...any) { d.sayAt(time.Now(), format, args...) }

// sayAt prints one line of the timeline.
func (d *demo) sayAt(t time.Time, format string, args ...any) {
	fmt.Fprintf(d.out, "  %8.3f s  %s\n", t.Sub(d.began).Seconds(), fmt.Sprintf(format, args...))
}

// showLogs prints the agents' logs, for whoever wants to know why it failed.
func (d *demo) showLogs() {
	logs, _ := filepath.Glob(filepath.Join(d.work, "*.log"))
	for _, name := range logs {
		data, _ := os.ReadFile(name)
		fmt.Fprintf(d.cmd.ErrOrStderr(), "\n%s:\n%s", filepath.Base(name), data)
	}
}
