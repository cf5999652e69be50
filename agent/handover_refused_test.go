package agent_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hactl/schemas/plan"
)

func itoa(n int) string { return strconv.Itoa(n) }

// What cannot go on is refused, and the agent goes on as it was; then a build that
// can takes over.
func TestKernelHandOverRefused(t *testing.T) {
	t.Parallel()
	c := replaceable(t)
	p := c.probe("10.0.0.100", "lb01")
	before := c.status("lb01")
	write := func(mode os.FileMode, content string) func() {
		return func() {
			c.must(os.Remove(c.program("lb01")))
			c.must(os.WriteFile(c.program("lb01"), []byte(content), mode))
			c.must(os.Chmod(c.program("lb01"), mode))
		}
	}
	foreign := "\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 9) + "\x02\x00\xf7\x00" + strings.Repeat("\x00", 100) // EM_BPF: no machine's
	for _, refused := range []struct {
		what string
		put  func()
		says string
	}{
		{"a missing file", func() { c.must(os.Remove(c.program("lb01"))) }, "no such file"},
		{"a file that is not executable", func() { c.install("lb01", "2.0.0"); write(0o644, "#!/bin/sh\n")() }, "permission denied"},
		{"a program of another machine", write(0o755, foreign), "exec format error"},
		{"a program that does not know the question", write(0o755, "#!/bin/sh\nfor last; do :; done; echo unknown flag: $last >&2; exit 1\n"), "unknown flag: --fit"},
		{"a program that does not know how the agent was started", write(0o755, "#!/bin/sh\nfor a; do if [ $a = --socket ]; then echo unknown flag: $a >&2; exit 1; fi; done; cat >/dev/null; echo 3.0.0\n"), "unknown flag: --socket"},
		{"a program that crashes", write(0o755, "#!/bin/sh\nkill -SEGV $$\n"), "segmentation fault"},
		{"a build that says yes and cannot be started", write(0o755, "#!/bin/sh\ncat >/dev/null; echo 3.0.0; rm $0\n"), "no such file"},
	} {
		refused.put()
		c.must(c.agents["lb01"].Signal(syscall.SIGUSR2))
		c.await(refused.what+" to be refused", func() bool {
			s := c.status("lb01")
			return s != nil && s.Handover != nil && strings.Contains(s.Handover.Refused, refused.says)
		})
		if out, err := c.ask("lb01"); err == nil || !strings.Contains(out, "the agent goes on as it was") {
			t.Errorf("%s: hactl agent --handover: %v\n%s", refused.what, err, out)
		}
		if refused.what == "a missing file" {
			c.install("lb01", "2.0.0")
		}
	}
	now := c.status("lb01")
	if !now.Started.Equal(before.Started) || now.Routers[0].Transitions != before.Routers[0].Transitions {
		t.Errorf("the agent began anew: %v, %d transitions", now.Started, now.Routers[0].Transitions)
	}
	c.install("lb01", "2.0.0")
	if out, err := c.ask("lb01"); err != nil || !strings.HasPrefix(out, "hactl 2.0.0 has taken over from 1.0.0 in process "+itoa(now.PID)) {
		t.Errorf("hactl agent --handover: %v\n%s", err, out)
	}
	unnoticed(t, p.Stop())
}

// ask runs hactl agent --handover on a host.
func (c *cluster) ask(host string) (said string, err error) {
	c.t.Helper()
	paths, err := builds()
	c.must(err)
	out, err := exec.Command(paths["1.0.0"], "agent", "--handover", "--socket", c.socket(host)).CombinedOutput()
	return string(out), err
}

// systemd hears that the service reloads, and that it is ready again, from the same
// process; the new program goes on answering the watchdog.
func TestKernelHandOverTellsSystemd(t *testing.T) {
	m := newServiceManager(t)
	defer m.conn.Close()
	c := newCluster(t, 1)
	c.publish("lb01", router(254, fast, func(r *plan.Router) { r.Neighbours = nil }))
	c.startBuild("lb01", "1.0.0")
	m.await("READY=1")
	c.awaitState("lb01", "active")
	c.install("lb01", "2.0.0")
	c.must(c.agents["lb01"].Signal(syscall.SIGUSR2))
	reloads := false
	for _, said := range m.await("READY=1") {
		reloads = reloads || strings.HasPrefix(said, "RELOADING=1\nMONOTONIC_USEC=")
	}
	if !reloads {
		t.Error("systemd has not been told that the service reloads")
	}
	m.await("WATCHDOG=1")
	if s := c.status("lb01"); s.Version != "2.0.0" {
		t.Errorf("it is version %s", s.Version)
	}
}

// Nobody who asks the agent while the builds change places is refused a
// connection, on either socket.
func TestKernelHandOverKeepsListening(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	c.publish("lb01", router(254, fast, func(r *plan.Router) { r.Neighbours = nil }))
	metrics := filepath.Join(c.dir, "metrics.sock")
	c.install("lb01", "1.0.0")
	c.startFile("lb01", c.program("lb01"), "--metrics", metrics)
	c.awaitState("lb01", "active")
	c.await("metrics", func() bool { _, err := os.Stat(metrics); return err == nil })
	stop, refused := make(chan struct{}), make(chan string, 1)
	asked := make(chan int)
	go func() {
		n, found := 0, ""
		for {
			select {
			case <-stop:
				refused <- found
				asked <- n
				return
			case <-time.After(time.Millisecond):
			}
			for _, path := range []string{c.socket("lb01"), metrics} {
				conn, err := net.Dial("unix", path)
				if err != nil {
					found = err.Error()
					continue
				}
				n++
				conn.Close()
			}
		}
	}()
	for _, version := range []string{"2.0.0", "1.0.0", "2.0.0"} {
		c.handOver("lb01", version)
	}
	close(stop)
	if found := <-refused; found != "" {
		t.Errorf("somebody was refused: %s", found)
	}
	if n := <-asked; n < 100 {
		t.Errorf("only %d connections", n)
	}
}
