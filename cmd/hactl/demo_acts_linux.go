package main

import (
	"fmt"
	"syscall"
	"time"

	"hactl/agent/netlab"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// act is one thing that happened to the address.
type act struct {
	what, from, to string
	lost           netlab.Report
}

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
	// A machine that has started again holds no address: nor does this one before
	// its cable is back.
	if err := d.await("the agent of "+first+" to wait for its link", func() bool {
		r := d.reportOf(first)
		return r != nil && r.State == status.Initialize
	}); err != nil {
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
		return r != nil && r.State == status.Backup && time.Since(r.Since) > d.interval()*5
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
	fmt.Fprintf(d.out, "\n%s %d probes, longest outage %v.\n", d.p.Green(verdict), report.Sent, report.Outage.Round(time.Millisecond))
	return nil
}
