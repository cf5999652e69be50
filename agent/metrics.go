package agent

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/netutil"
)

// scrapers is how many connections may ask for metrics at a time.
const scrapers = 16

// checkMetrics refuses an address for metrics that is none.
func (c Config) checkMetrics() error {
	if c.Metrics == "" || isPath(c.Metrics) {
		return nil
	}
	if _, _, err := net.SplitHostPort(c.Metrics); err != nil {
		return fmt.Errorf("serve metrics on %q: write HOST:PORT, :PORT for all addresses of the host, or the path of a socket", c.Metrics)
	}
	return nil
}

// isPath tells whether an address is the path of a socket.
func isPath(address string) bool { return strings.Contains(address, "/") }

// serveMetrics answers scrapes until ctx ends. An address that cannot be had is
// tried again: it may belong to an agent that is about to leave, or not be the
// host's yet, and routers do not wait for it.
func (a *Agent) serveMetrics(ctx context.Context) {
	var before string
	for ctx.Err() == nil {
		l, err := a.listeners.listen(metricsListener, func() (net.Listener, error) { return listenMetrics(a.cfg.Metrics) })
		if err != nil {
			if err.Error() != before {
				a.cfg.Log.Error("no metrics; tried again every second, and the routers go on", "address", a.cfg.Metrics, "error", err)
			}
			before = err.Error()
			select {
			case <-time.After(retryAfter):
			case <-ctx.Done():
			}
			continue
		}
		before = ""
		a.cfg.Log.Info("metrics are served", "address", l.Addr().String())
		a.answerScrapes(ctx, l)
	}
}

// answerScrapes answers on l until ctx ends, or l fails.
func (a *Agent) answerScrapes(ctx context.Context, l net.Listener) {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.page)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	_ = server.Serve(netutil.LimitListener(l, scrapers)) // what ends it but Close is met again by the next attempt
}

// listenMetrics opens the socket for scrapes. The error says what to do.
func listenMetrics(address string) (net.Listener, error) {
	if isPath(address) {
		return listenUnix(address)
	}
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%w: something else listens there; name another port, or stop it", err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("%w: this host does not have the address now; name one that it has, or none", err)
	}
	return l, err
}
