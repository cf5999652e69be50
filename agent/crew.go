package agent

import (
	"context"
	"errors"
	"net"
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
// is ready. The crew is to be dismissed after an error, too: that is another
// agent which answers on the control socket. One that cannot be opened for other
// reasons is done without.
func (a *Agent) muster(ctx context.Context) (*crew, error) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	c := &crew{agent: a, stop: stop}
	c.clerk.Go(a.writeReports)
	c.tasks.Go(func() { a.notices.run(ctx) })
	c.tasks.Go(func() { a.hands.run(ctx) })
	if a.cfg.Socket != "" {
		l, err := a.listeners.listen(controlListener, func() (net.Listener, error) { return listenControl(a.cfg.Socket) })
		if errors.Is(err, errOccupied) {
			return c, err
		}
		if err != nil {
			a.cfg.Log.Error("no control socket: hactl status cannot ask this agent", "error", err)
		} else {
			c.tasks.Go(func() { a.serveControl(ctx, l) })
		}
	}
	if a.cfg.Metrics != "" {
		c.tasks.Go(func() { a.serveMetrics(ctx) })
	}
	c.tasks.Go(func() {
		a.persist(ctx, "watch the interfaces", func() error { return a.kernel.Watch(ctx, a.linksChanged) })
	})
	for _, name := range a.names {
		c.tasks.Go(func() {
			a.persist(ctx, "watch the plan store", func() error { return a.store.Watch(ctx, name, a.lookSoon) })
		})
		c.tasks.Go(func() {
			a.persist(ctx, "watch the intents", func() error { return a.store.WatchIntents(ctx, name, a.lookSoon) })
		})
	}
	c.tasks.Go(func() { a.lookWhenAsked(ctx) })
	c.tasks.Go(func() { a.handOverWhenAsked(ctx) })
	c.tasks.Go(func() { a.numbers.write(ctx) })
	c.tasks.Go(func() { a.watchdog(ctx) })
	notifySystemd(daemon.SdNotifyReady)
	return c, nil
}

// dismiss ends the crew, when the loop has ended. The last report is written.
func (c *crew) dismiss() {
	c.agent.notices.end()
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
