package agent_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// interval is the WatchdogSec= of the tests' service.
const interval = 100 * time.Millisecond

// serviceManager is the socket that systemd would listen on.
type serviceManager struct {
	t    *testing.T
	conn *net.UnixConn
}

// newServiceManager opens it and tells the agents of this test.
func newServiceManager(t *testing.T) *serviceManager {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("WATCHDOG_USEC", "100000")
	return &serviceManager{t: t, conn: conn}
}

// told returns the next message, empty when none comes within d.
func (m *serviceManager) told(d time.Duration) string {
	m.t.Helper()
	buf := make([]byte, 100)
	_ = m.conn.SetReadDeadline(time.Now().Add(d))
	n, err := m.conn.Read(buf)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		m.t.Fatal(err)
	}
	return string(buf[:n])
}

// await reads until a message comes, and returns those before it.
func (m *serviceManager) await(message string) (before []string) {
	m.t.Helper()
	for {
		switch got := m.told(patience); got {
		case message:
			return before
		case "":
			m.t.Fatalf("waited for %s, in vain; before it came %q", message, before)
		default:
			before = append(before, got)
		}
	}
}

// systemd hears when the agent is ready, that its loop turns, and that it leaves.
func TestSystemd(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	m := newServiceManager(t)
	defer m.conn.Close()
	b := newBench("")
	b.start(t.Context())
	if before := m.await("READY=1"); len(before) > 0 {
		t.Errorf("before it was ready the agent said %q", before)
	}
	m.await("WATCHDOG=1")
	m.await("WATCHDOG=1")

	// A loop that does not turn says nothing, but for what was on its way.
	b.log.mu.Lock()
	b.kernel.set(func(k *fakeKernel) { k.failure = errors.New("netlink: no buffer space") })
	b.kernel.tell() // the loop is about to log that
	if first := m.told(5 * interval); first != "" {
		if second := m.told(5 * interval); second != "" {
			t.Errorf("a loop that does not turn said %q and %q", first, second)
		}
	}
	b.kernel.set(func(k *fakeKernel) { k.failure = nil })
	b.log.mu.Unlock()
	m.await("WATCHDOG=1")

	// Nor does one that waits for the kernel all the time.
	hold := make(chan struct{})
	b.kernel.set(func(k *fakeKernel) { k.hold, k.held = hold, make(chan struct{}, 10) })
	b.kernel.tell()
	<-b.kernel.held
	m.told(5 * interval)
	m.told(5 * interval) // what was on its way, and the first one with that task
	if third := m.told(5 * interval); third != "" {
		t.Errorf("a loop that cannot change addresses said %q", third)
	}
	b.kernel.set(func(k *fakeKernel) { k.hold = nil })
	close(hold)
	m.await("WATCHDOG=1")

	b.Leave("test")
	m.await("STOPPING=1")
	if err := <-b.ended; err != nil {
		t.Error(err)
	}
}
