package agent_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"hactl/agent/netlab"
)

// needKeepalived returns the program's path, and skips the test without it.
func needKeepalived(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"keepalived", "/usr/sbin/keepalived"} {
		if program, err := exec.LookPath(name); err == nil {
			return program
		}
	}
	t.Skip("needs keepalived")
	return ""
}

// needWord skips the test when keepalived does not know a word of its
// configuration.
func needWord(t *testing.T, config, word string) {
	t.Helper()
	program, file := needKeepalived(t), filepath.Join(t.TempDir(), "conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command(program, "--config-test", "--use-file", file).CombinedOutput()
	if bytes.Contains(out, []byte("Unknown keyword '"+word+"'")) {
		t.Skipf("needs a keepalived that knows %s", word)
	}
}

// keepalived is the one on a host of a cluster. Its log is the host's.
type keepalived struct {
	*cluster
	host    string
	program string
	dir     string // of its configuration and pid files
	process *netlab.Process
	terse   bool // it logs less
}

// newKeepalived writes the configuration of one and starts nothing.
func newKeepalived(c *cluster, host, program, config string) *keepalived {
	c.t.Helper()
	k := &keepalived{cluster: c, host: host, program: program, dir: c.t.TempDir()}
	c.must(os.WriteFile(k.file("conf"), []byte(config), 0o600))
	c.t.Cleanup(func() {
		if k.process != nil {
			k.kill()
		}
		if c.t.Failed() {
			c.t.Logf("keepalived's configuration:\n%s", config)
		}
	})
	return k
}

// start starts it. Its two processes are a group.
func (k *keepalived) start() {
	k.t.Helper()
	log, err := os.OpenFile(k.logFile(k.host), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	k.must(err)
	defer log.Close()
	cmd := exec.Command(k.program, "--dont-fork", "--log-console", "--vrrp",
		"--use-file", k.file("conf"), "--pid", k.file("pid"), "--vrrp_pid", k.file("vrrp_pid"))
	if !k.terse {
		cmd.Args = append(cmd.Args, "--log-detail")
	}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	k.process, err = k.hosts[k.host].Start(cmd)
	k.must(err)
}

// kill ends both its processes with SIGKILL, if they still run. Their pid files
// go as on a host that boots: a process may have the number by then.
func (k *keepalived) kill() {
	select {
	case <-k.process.Done():
	default:
		_ = syscall.Kill(-k.process.Pid(), syscall.SIGKILL)
		<-k.process.Done()
	}
	_ = os.Remove(k.file("pid"))
	_ = os.Remove(k.file("vrrp_pid"))
}

// pid is of its process that speaks VRRP; 0 before there is one.
func (k *keepalived) pid() int {
	data, _ := os.ReadFile(k.file("vrrp_pid"))
	pid, _ := strconv.Atoi(strings.TrimSpace(string(data)))
	return pid
}

// said reports whether a text is in its log.
func (k *keepalived) said(text string) bool {
	data, _ := os.ReadFile(k.logFile(k.host))
	return bytes.Contains(data, []byte(text))
}

func (k *keepalived) file(name string) string { return filepath.Join(k.dir, name) }
