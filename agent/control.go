package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"hactl/agent/sealed"
	"hactl/schemas/status"
)

// errOccupied says that another agent answers on the control socket.
var errOccupied = errors.New("another agent is listening there")

// listenControl opens the control socket, for HTTP and JSON.
func listenControl(path string) (net.Listener, error) {
	l, err := listenUnix(path)
	if err != nil {
		return nil, fmt.Errorf("open control socket %s: %w", path, err)
	}
	return l, nil
}

// listenUnix opens a Unix socket that its owner and group may use. A socket that a
// dead agent left behind is replaced, a living one is not.
func listenUnix(path string) (net.Listener, error) {
	if conn, err := net.DialTimeout("unix", path, time.Second); err == nil {
		conn.Close()
		return nil, errOccupied
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	if err := sealed.Writing(folder); err != nil {
		return nil, fmt.Errorf("others could put a socket of their own there: %w", err)
	}
	if err := removeSocket(path); err != nil {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o660); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// removeSocket removes the socket that a dead agent left behind, and nothing
// else.
func removeSocket(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().Type() != fs.ModeSocket:
		return fmt.Errorf("%s is there, and no socket", path)
	}
	return os.Remove(path)
}

// serveControl answers on l until ctx ends.
func (a *Agent) serveControl(ctx context.Context, l net.Listener) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/status", func(w http.ResponseWriter, r *http.Request) {
		host, err := a.ask(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(host) // a client that has gone needs no answer
	})
	mux.HandleFunc("POST /v1/handover", a.serveHandOver)
	mux.HandleFunc("POST /v1/confirm", a.serveConfirm)
	mux.Handle("GET /v1/events", a.notices.stream)
	mux.Handle("GET /metrics", a.page)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	_ = server.Serve(l) // ends by Close; the listener is ours alone
}

// ask returns the agent's report of this moment.
func (a *Agent) ask(ctx context.Context) (status.Host, error) {
	answer := make(chan status.Host, 1)
	if a.post(func() { answer <- a.status(status.Running) }) {
		select {
		case host := <-answer:
			return host, nil
		case <-ctx.Done():
			return status.Host{}, ctx.Err()
		case <-a.done:
		}
	}
	return status.Host{}, errors.New("the agent is stopping")
}
