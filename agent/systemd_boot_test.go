package agent_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"hactl/agent/netlab"
)

// booted is a host on which systemd runs as on a machine of its own, with the real
// packages and the real unit.
type booted struct {
	*cluster
	host string
	init int // the process 1 of the host, as it is called here

	options string        // more of them for the agent
	silent  time.Duration // the longest time without a process
}

// boot lets systemd run on a host of a cluster, and waits until it is up.
func boot(c *cluster, host string) *booted {
	c.t.Helper()
	needRoot(c.t)
	for _, tool := range []string{"/lib/systemd/systemd", "unshare", "nsenter", "dpkg-deb", "deb-systemd-helper"} {
		if _, err := exec.LookPath(tool); err != nil {
			c.t.Skip("needs " + tool)
		}
	}
	script, err := filepath.Abs("testdata/boot.sh")
	c.must(err)
	var said bytes.Buffer
	cmd := exec.Command("unshare", "--mount", script, c.dir)
	cmd.Stdout, cmd.Stderr = &said, &said
	p, err := c.hosts[host].Start(cmd)
	c.must(err)
	m := &booted{cluster: c, host: host}
	c.t.Cleanup(func() { m.off(p, &said) })
	c.await("systemd of "+host, func() bool {
		select {
		case <-p.Done():
			c.t.Skipf("needs a machine on which systemd can run in namespaces: %v\n%s", p.Wait(), said.String())
		default:
		}
		m.init = systemd(p.Pid())
		return m.init != 0 && strings.TrimSpace(m.try("systemctl", "is-system-running")) == "running"
	})
	return m
}

// systemd is the child of a process that has become systemd; 0: none has.
func systemd(parent int) int {
	var pid int
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", parent))
	_, _ = fmt.Sscan(string(children), &pid)
	if name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)); string(name) != "systemd\n" {
		return 0
	}
	return pid
}

// off takes the power from the host, and shows its log after a failure.
func (m *booted) off(p *netlab.Process, said *bytes.Buffer) {
	if m.t.Failed() && m.init != 0 {
		m.t.Logf("log of %s:\n%s\n%s", m.host, m.try("journalctl", "--no-pager", "--output=short-precise"), said.String())
	}
	group := m.group(p.Pid())
	m.must(p.Close())
	var folders []string
	_ = filepath.WalkDir(group, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() {
			folders = append(folders, path)
		}
		return nil
	})
	for _, folder := range slices.Backward(folders) {
		m.await("the group "+folder+" to be empty", func() bool { return os.Remove(folder) == nil })
	}
}

// group is the folder of the group of a process that boots a host.
func (m *booted) group(pid int) string {
	mounts, _ := os.ReadFile("/proc/self/mounts")
	for line := range strings.Lines(string(mounts)) {
		if f := strings.Fields(line); f[2] == "cgroup2" {
			return filepath.Join(f[1], fmt.Sprintf("hactl-%d", pid))
		}
	}
	return ""
}

// try runs a command on the host, and returns what it printed.
func (m *booted) try(command ...string) string {
	out, _ := m.command(command...).CombinedOutput()
	return string(out)
}

// do is try for a command that is to succeed.
func (m *booted) do(command ...string) string {
	m.t.Helper()
	out, err := m.command(command...).CombinedOutput()
	if err != nil {
		m.t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out)
	}
	return string(out)
}

func (m *booted) command(command ...string) *exec.Cmd {
	return exec.Command("nsenter", append([]string{"--all", "--target", itoa(m.init), "--"}, command...)...)
}

// property is what systemd says of the service.
func (m *booted) property(name string) string {
	return strings.TrimSpace(m.do("systemctl", "show", "--value", "--property="+name, "hactl.service"))
}

// build makes a package of a build of hactl.
func (c *cluster) build(version string) string {
	c.t.Helper()
	paths, err := builds()
	c.must(err)
	cmd := exec.Command("../deploy/deb/build", version+"-1", c.dir)
	cmd.Env = append(os.Environ(), "HACTL="+paths[version], "DPKG_DEB_COMPRESSOR_LEVEL=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		c.t.Fatalf("build the package: %v\n%s", err, out)
	}
	return filepath.Join(c.dir, fmt.Sprintf("hactl_%s-1_%s.deb", version, runtime.GOARCH))
}

// configure tells the service what this test's agents are told, and more lines of its unit.
func (m *booted) configure(lines ...string) {
	m.t.Helper()
	text := fmt.Sprintf("[Service]\nEnvironmentFile=\nEnvironment=\"HACTL_AGENT_OPTIONS=--host %s --dir %s --socket %s %s\"\n%s\n",
		m.host, m.dir, m.socket(m.host), m.options, strings.Join(lines, "\n"))
	file := filepath.Join(m.dir, "test.conf")
	m.must(os.WriteFile(file, []byte(text), 0o644))
	m.do("install", "-D", "-m", "644", file, "/etc/systemd/system/hactl.service.d/test.conf")
	m.do("systemctl", "daemon-reload")
}
