package agent

import (
	"fmt"
	"net"
	"os"
	"sync"

	"hactl/agent/socket"
)

// listeners are what an agent listens on, by what for. They pass from build to
// build, so that nobody who connects meanwhile is refused.
type listeners struct {
	mu   sync.Mutex
	left map[string]int          // descriptors that the build before has left
	open map[string]net.Listener // to be passed on
}

// The names of listeners.
const (
	controlListener = "control"
	metricsListener = "metrics"
)

// leave takes over what the build before has left, as far as it has a name.
func (l *listeners) leave(left map[string]int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left = map[string]int{}
	for name, fd := range left {
		if name == controlListener || name == metricsListener {
			l.left[name] = fd
		} else { // who connects would wait for ever
			_ = os.NewFile(uintptr(fd), name).Close()
		}
	}
}

// listen returns what was left for a name, or else what open opens.
func (l *listeners) listen(name string, open func() (net.Listener, error)) (net.Listener, error) {
	listener := l.inherit(name)
	if listener == nil {
		var err error
		if listener, err = open(); err != nil {
			return nil, err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[name] = listener
	return listener, nil
}

// inherit returns what was left for a name, once; nil for nothing that works.
func (l *listeners) inherit(name string) net.Listener {
	l.mu.Lock()
	fd, ok := l.left[name]
	delete(l.left, name)
	l.mu.Unlock()
	if !ok {
		return nil
	}
	f := os.NewFile(uintptr(fd), name)
	defer f.Close()
	listener, err := net.FileListener(f)
	if err != nil {
		return nil
	}
	if u, ok := listener.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(true)
	}
	return listener
}

// keep returns descriptors of all that is open, which are the caller's to close, also
// after an error.
func (l *listeners) keep() (kept map[string]int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept = map[string]int{}
	for name, listener := range l.open {
		if kept[name], err = socket.Keep(listener); err != nil {
			delete(kept, name)
			return kept, fmt.Errorf("keep what listens for %s: %w", name, err)
		}
	}
	return kept, nil
}
