package agent

import (
	"context"
	"sync"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// crew is the goroutines around the loop.
type crew struct {
	agent *Agent
	stop  context.CancelFunc
	tasks sync.WaitGroup // that end with stop
	clerk sync.WaitGroup // the writer of reports, who ends last
}

// muster starts the goroutines around the loop, and tells systemd that the agent
// is ready.
func (a *Agent) muster(ctx context.Context) (*crew, error) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	c := &crew{agent: a, stop: stop}
	if a.cfg.Socket != "" {
		l, err := listenControl(a.cfg.Socket)
		if err != nil {
			stop()
			return nil, err
		}
		c.tasks.Go(func() { a.serveControl(ctx, l) })
	}
	c.tasks.Go(func() {
		a.persist(ctx, "watch the interfaces", func() error {
			return a.kernel.Watch(ctx, func() { a.post(a.links) })
		})
	})
	for _, name := range a.names {
		c.tasks.Go(func() {
			a.persist(ctx, "watch the plan store", func() error {
				return a.store.Watch(ctx, name, func() { a.look(ctx) })
			})
		})
	}
	c.tasks.Go(func() { a.watchdog(ctx) })
	c.clerk.Go(a.writeReports)
	notifySystemd(daemon.SdNotifyReady)
	return c, nil
}

// dismiss ends the crew, when the loop has ended. The last report is written.
func (c *crew) dismiss() {
	c.stop()
	c.tasks.Wait()
	close(c.agent.reports)
	c.clerk.Wait()
}

// persist runs a watch until ctx ends, and again a second after it failed.
func (a *Agent) persist(ctx context.Context, what string, watch func() error) {
	for ctx.Err() == nil {
		err := watch()
		if ctx.Err() != nil {
			return
		}
		a.cfg.Log.Warn("failed; tried again in a second", "task", what, "error", err)
		select {
		case <-time.After(retryAfter):
		case <-ctx.Done():
		}
	}
}
