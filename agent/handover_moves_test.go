package agent_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// keepalived as the neighbour notices no hand-over either, five in a row, at the
// intervals of both versions. Like TestKernelHandOver it is not parallel to others.
func TestKeepalivedSeesNoHandOver(t *testing.T) {
	program := needKeepalived(t)
	for _, tr := range []transport{
		{2, plan.IPv4, false, time.Second},
		{3, plan.IPv4, false, 100 * time.Millisecond},
		{3, plan.IPv6, true, 300 * time.Millisecond},
	} {
		t.Run(tr.String()+" "+tr.interval.String(), func(t *testing.T) {
			c := newCluster(t, 2)
			s := setup{transport: tr, preferred: us}
			k := newKeepalived(c, them, program, s.config())
			c.publish(us, s.router())
			c.startBuild(us, "1.0.0")
			c.routerState(us, s.router().ID, "active")
			k.start()
			c.await("keepalived to run", func() bool { return k.said("Entering BACKUP STATE") })
			p := c.probe(tr.vip(), us)
			for range 5 {
				before := c.status(us).Routers[0]
				now := c.handOver(us, next(c.status(us).Version)).Routers[0]
				if now.Transitions != before.Transitions || now.Sent < before.Sent {
					t.Errorf("%d transitions and %d adverts, before it %d and %d", now.Transitions, now.Sent, before.Transitions, before.Sent)
				}
				c.await("another advert", func() bool { return c.status(us).Routers[0].Sent > now.Sent })
			}
			r := p.Stop()
			unnoticed(t, r)
			if (k.said("Entering MASTER STATE") || k.said("timed out")) && !stood(t, r) {
				t.Error("keepalived noticed")
			}
		})
	}
}

// A hand-over that is asked for while a hook runs, in a drain, waits for the hook
// and for the router to have left. The hook runs once, and the host stays drained.
func TestKernelHandOverDuringDrain(t *testing.T) {
	t.Parallel()
	needRoot(t)
	notes := filepath.Join(t.TempDir(), "notes")
	c := replaceable(t, with(
		hook(plan.BeforeRelease, 5*time.Second, "echo begins >>"+notes+"; sleep 1; echo ends >>"+notes),
		hook(plan.AfterAcquire, 5*time.Second, "echo $HACTL_HOST acquires >>"+notes)))
	noted := func() string {
		data, _ := os.ReadFile(notes)
		return strings.ReplaceAll(string(data), "lb02 acquires\n", "")
	}
	p := c.probe("10.0.0.100", "lb01")
	c.await("lb01's hook to have run", func() bool { return noted() == "lb01 acquires\n" })
	c.drain("lb01")
	c.await("the hook to begin", func() bool { return strings.Contains(noted(), "begins") })
	c.install("lb01", "2.0.0")
	before := c.status("lb01")
	c.must(c.agents["lb01"].Signal(syscall.SIGUSR2))
	c.await("the hand-over to wait for it", func() bool {
		s := c.status("lb01")
		return s != nil && s.Handover != nil && strings.Contains(s.Handover.Waiting, "hook of web/public")
	})
	now := c.handedOver(before, "2.0.0")
	if r := now.Routers[0]; r.State != status.Backup || r.Effective != 1 || now.Intents == nil || now.Intents.Drained == nil {
		t.Errorf("after the hand-over lb01 is %s with priority %d, intents %+v", r.State, r.Effective, now.Intents)
	}
	if h := c.hooksOf("lb01", plan.BeforeRelease); len(h) != 1 || h[0].Problem != "" {
		t.Errorf("lb01 reports the hooks %+v", h)
	}
	c.answeredBy(p, "lb02")
	c.oneOwner("lb02")
	c.undrain("lb01")
	c.answeredBy(p, "lb01")
	c.handOver("lb01", "1.0.0")
	c.await("lb01 to have two adverts more", func() bool { s := c.status("lb01"); return s != nil && s.Routers[0].Sent > 2 })
	if got, want := noted(), "lb01 acquires\nbegins\nends\nlb01 acquires\n"; got != want {
		t.Errorf("the hooks noted\n%s\nwant\n%s", got, want)
	}
	lossless(t, p.Stop(), 2)
	c.peaceful()
}

// What is known of checks goes with it: no router waits for a first result, none
// that is down counts as up, and no run of a program is left behind.
func TestKernelHandOverOfChecks(t *testing.T) {
	t.Parallel()
	needRoot(t)
	c := newCluster(t, 1)
	ran := filepath.Join(c.dir, "ran")
	r := router(254, fast, func(r *plan.Router) {
		r.Neighbours = nil
		r.Tracks = []plan.Track{{Check: "down", Effect: plan.Weigh, Weight: -10}, {Check: "hangs", Effect: plan.Fault}}
	})
	check := func(name, line string, interval int) plan.Check {
		return plan.Check{Name: name, Interval: interval, Timeout: 3_000_000, Fall: 2, Rise: 1, Initial: plan.Unknown,
			Exec: &plan.ExecProbe{Command: []string{"/bin/sh", "-c", line}, User: "root"}}
	}
	c.put(&plan.Plan{Host: "lb01", Routers: []plan.Router{r}, Checks: []plan.Check{
		check("down", "exit 7", 3_600_000), check("hangs", "[ -e "+ran+" ] && sleep 1000; touch "+ran, 100),
	}})
	c.startBuild("lb01", "1.0.0")
	c.await("the router to be Active, with its priority", func() bool {
		s := c.status("lb01")
		return s != nil && len(s.Routers) == 1 && s.Routers[0].State == "active" && s.Routers[0].Effective == 244
	})
	before := c.status("lb01")
	now := c.handOver("lb01", "2.0.0")
	if r := now.Routers[0]; r.State != "active" || r.Effective != 244 || r.Transitions != before.Routers[0].Transitions {
		t.Errorf("after the hand-over it is %s with priority %d after %d transitions, the last by %s; before it was after %d", r.State, r.Effective, r.Transitions, r.Cause, before.Routers[0].Transitions)
	}
	if is, was := now.Checks[0], before.Checks[0]; is.State != "down" || !is.Since.Equal(was.Since) || is.Runs != was.Runs || is.Cause != was.Cause {
		t.Errorf("the check is %+v, was %+v", is, was)
	}
	if children, _ := os.ReadFile(filepath.Join("/proc", itoa(now.PID), "task", itoa(now.PID), "children")); strings.Count(string(children), " ") > 1 {
		t.Errorf("the agent has the children %s", children)
	}
}

// SIGTERM ends an agent in order that still waits to hand over, and the one that
// has taken over.
func TestKernelHandOverAndSIGTERM(t *testing.T) {
	t.Parallel()
	needRoot(t)
	begun := filepath.Join(t.TempDir(), "begun")
	c := replaceable(t, with(hook(plan.BeforeRelease, 5*time.Second, "touch "+begun+"; sleep 1")))
	p := c.probe("10.0.0.100", "lb01")
	c.drain("lb01")
	c.await("the hook to begin", func() bool { _, err := os.Stat(begun); return err == nil })
	c.install("lb01", "2.0.0")
	c.must(c.agents["lb01"].Signal(syscall.SIGUSR2))
	c.await("the hand-over to wait", func() bool { s := c.status("lb01"); return s != nil && s.Handover != nil && s.Handover.Waiting != "" })
	c.terminate("lb01")
	c.must(c.agents["lb01"].Wait())
	c.answeredBy(p, "lb02")
	c.undrain("lb01")
	c.startBuild("lb01", "1.0.0")
	c.answeredBy(p, "lb01")
	c.handOver("lb01", "2.0.0")
	c.terminate("lb01")
	c.must(c.agents["lb01"].Wait())
	c.answeredBy(p, "lb02")
	c.oneOwner("lb02")
	lossless(t, p.Stop(), 4)
}
