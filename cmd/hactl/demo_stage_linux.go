package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hactl/agent/netlab"
	"hactl/cmd/hactl/internal/terminal"
)

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
	return d.verb(append([]string{"apply", d.dir, "--store", store, "--auto-approve"}, d.gently()...)...)
}

// gently is what apply is told where plans have upgrades: all hosts of the demo have
// the programs of this machine, which it leaves as they are.
func (d *demo) gently() []string {
	for _, p := range d.plans {
		if len(p.Upgrades) > 0 {
			return []string{"--skip-upgrades"}
		}
	}
	return nil
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
	cmd.Stdout, cmd.Stderr = terminal.Beneath(d.out).(io.Writer), d.cmd.ErrOrStderr()
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

// showLogs prints the agents' logs, for whoever wants to know why it failed.
func (d *demo) showLogs() {
	logs, _ := filepath.Glob(filepath.Join(d.work, "*.log"))
	for _, name := range logs {
		data, _ := os.ReadFile(name)
		fmt.Fprintf(d.cmd.ErrOrStderr(), "\n%s:\n%s", filepath.Base(name), data)
	}
}
