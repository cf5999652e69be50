package main

import (
	"fmt"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// awaitActive waits until host alone is Active for the vip.
func (d *demo) awaitActive(host, since string) error {
	err := d.awaitWithin(d.patience(), host+" to be Active", func() bool { return d.active(host) })
	if err != nil {
		return err
	}
	r := d.reportOf(host)
	d.sayAt(r.Since, "%s is %s: %s", host, d.p.Green("Active"), r.Cause)
	return nil
}

// patience is how long a router may take to become Active.
func (d *demo) patience() time.Duration {
	r := d.router
	return d.interval()*4 + time.Duration(r.Preemption.Delay+max(r.QuietStart, r.QuietLink))*time.Millisecond + demoPatience
}

// active reports whether the vip's router on host is Active for good.
func (d *demo) active(host string) bool {
	r := d.reportOf(host)
	return r != nil && r.State == status.Active && !r.Yielding
}

// awaitFirst waits until one of two hosts is Active, and returns it and the other
// one. Without preemption that may be the one that is less preferred.
func (d *demo) awaitFirst(first, second string) (active, backup string, err error) {
	if d.router.Preemption.Mode == plan.Never {
		err = d.awaitWithin(d.patience(), first+" or "+second+" to be Active", func() bool { return d.active(first) || d.active(second) })
		if d.active(second) {
			first, second = second, first
		}
	}
	if err == nil {
		err = d.awaitActive(first, "start")
	}
	return first, second, err
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
	return fleet.ReportOf(h, d.router.ID)
}

// interval is how often the Active router says that it is there.
func (d *demo) interval() time.Duration {
	return time.Duration(d.router.AdvertInterval) * time.Millisecond
}
