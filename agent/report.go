package agent

import (
	"io"
	"maps"
	"os"
	"runtime/debug"
	"time"

	"hactl/schemas/status"
)

// reportShare is the part of its time, at most, that the loop spends on reports.
const reportShare = 50

// large is the number of routers from which on a report is written a router a line:
// that is half of it.
const large = 256

// noteChange lets a report be made soon: changes that come together make one.
func (a *Agent) noteChange() {
	if a.report != nil {
		return
	}
	// A report of thousands of routers takes milliseconds, in which the loop does
	// nothing else: it is made less often.
	a.report = time.AfterFunc(min(max(settle, reportShare*a.reported), heartbeat), func() {
		a.post(func() {
			a.report = nil
			began := time.Now()
			a.wires.guard(a.node.Guarded())
			host := a.status(status.Running)
			a.publish(host)
			a.upgrades.place(host.Routers)
			a.notices.look(host.Routers)
			a.reported = time.Since(began)
		})
	})
}

// publish hands a report to the writer; one that it has not begun to write is
// replaced, since only the newest counts.
func (a *Agent) publish(host status.Host) {
	a.newest.Store(&host)
	select {
	case <-a.reports:
	default:
	}
	a.reports <- host
}

// status is how the host is at this moment.
func (a *Agent) status(state string) status.Host {
	now := time.Now()
	epoch := now.Add(-time.Duration(a.clock.now()))
	host := status.Host{
		Format: status.Format, Host: a.node.Host(), Version: a.cfg.Version, PID: os.Getpid(),
		Started: a.started.UTC(), Written: now.UTC(), State: state, Problem: a.problem, Trial: a.trials.report(a.trial), Handover: a.handover,
		Routers: a.node.Report(epoch.UTC(), a.held), Checks: a.checks.report(), Dropped: maps.Clone(a.node.Dropped()),
		Transitions: maps.Clone(a.node.Transitions()),
		Notify:      a.notices.notifier.Report(), Hooks: a.hooks.report(),
		Upgrades: a.upgrades.report(),
	}
	host.Lateness = a.late.snapshot(now).report()
	if a.cfg.LogDropped != nil {
		host.LogDropped = a.cfg.LogDropped()
	}
	if host.Host == "" {
		host.Host = a.names[0]
	}
	if i := a.effectiveIntents(); i.Drained != nil || len(i.Holds) > 0 || i.Problem != "" {
		host.Intents = &i
	}
	if a.doc != nil {
		e := a.doc.Envelope
		host.Plan = status.Plan{Hash: a.doc.Hash, Commit: e.Commit, AppliedBy: e.AppliedBy, AppliedAt: e.AppliedAt, Loaded: a.loaded.UTC()}
	}
	for i, r := range host.Routers {
		host.Routers[i].Origin = a.origin(r.ID)
	}
	return host
}

// tidies is how many reports of many routers are written until memory that is not used
// is given back: what a large plan took to be read, and routers to begin, and what reports
// leave behind.
const tidies = 3

// writeReports writes reports to the store until there are no more.
func (a *Agent) writeReports() {
	failing := false
	written := 0
	for host := range a.reports {
		err := a.store.PutStatus(host.Host, func(to io.Writer) error { return encode(to, &host) })
		if len(host.Routers) >= large && written%tidies == 0 {
			debug.FreeOSMemory()
		}
		written++
		if err != nil && !failing {
			a.cfg.Log.Error("cannot write the report; the routers go on", "error", err)
		}
		failing = err != nil
	}
}

// encode writes a report: one of many routers piece by piece, so that it is never in
// memory as a whole.
func encode(to io.Writer, host *status.Host) error {
	if len(host.Routers) >= large {
		return host.WriteLines(to)
	}
	_, err := to.Write(status.Encode(host))
	return err
}
