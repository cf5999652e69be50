package agent_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// machine is a folder in which Debian's tools install packages as on the machine of
// a host, with a service manager that does to the agent of that host what systemd
// would.
type machine struct {
	*cluster
	host string
	root string
	bin  string // what the packages' scripts call
}

// newMachine returns one on which systemd runs, and no agent yet.
func newMachine(c *cluster, host string) *machine {
	c.t.Helper()
	for _, tool := range []string{"dpkg", "dpkg-deb"} {
		if _, err := exec.LookPath(tool); err != nil {
			c.t.Skip("needs " + tool)
		}
	}
	needRoot(c.t)
	m := &machine{cluster: c, host: host, root: filepath.Join(c.dir, "root"), bin: filepath.Join(c.dir, "tools")}
	for _, dir := range []string{m.bin, m.path("run/systemd/system"), m.path("var/lib/dpkg/updates"), m.path("var/lib/dpkg/info"), m.path("var/lib/hactl")} {
		c.must(os.MkdirAll(dir, 0o755))
	}
	c.must(os.WriteFile(m.path("var/lib/dpkg/status"), nil, 0o644))
	// MainPID stands for what systemd knows of the service.
	script := fmt.Sprintf(`#!/bin/sh
echo "${0##*/} $*" >>%[1]s/calls
case "$*" in
*is-active*) [ -e %[1]s/MainPID ] ;;
*reload?hactl.service) kill -USR2 $(cat %[1]s/MainPID) ;;
*stop?hactl.service) kill -TERM $(cat %[1]s/MainPID) ;;
esac
`, c.dir)
	for _, tool := range []string{"systemctl", "deb-systemd-helper", "deb-systemd-invoke"} {
		c.must(os.WriteFile(filepath.Join(m.bin, tool), []byte(script), 0o755))
	}
	return m
}

func (m *machine) path(name string) string { return filepath.Join(m.root, name) }

// calls returns what the service manager has been told since the last call.
func (m *machine) calls() string {
	data, _ := os.ReadFile(filepath.Join(m.dir, "calls"))
	_ = os.Remove(filepath.Join(m.dir, "calls"))
	return string(data)
}

// dpkg does something to packages of the machine.
func (m *machine) dpkg(args ...string) {
	m.t.Helper()
	cmd := exec.Command("dpkg", append([]string{"--root=" + m.root, "--force-script-chrootless", "--force-not-root", "--log=/dev/null"}, args...)...)
	cmd.Env = append(os.Environ(), "PATH="+m.bin+":"+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil {
		m.t.Fatalf("dpkg %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// run starts the agent as the unit says, with the folders of this test.
func (m *machine) run() {
	m.t.Helper()
	unit, err := os.ReadFile(m.path("lib/systemd/system/hactl.service"))
	m.must(err)
	if !strings.Contains(string(unit), "\nExecStart=/usr/bin/hactl agent $HACTL_AGENT_OPTIONS\n") || !strings.Contains(string(unit), "\nExecReload=/bin/kill -USR2 $MAINPID\n") {
		m.t.Errorf("the unit is\n%s", unit)
	}
	m.startFile(m.host, m.path("usr/bin/hactl"))
	m.must(os.WriteFile(filepath.Join(m.dir, "MainPID"), []byte(itoa(m.agents[m.host].Pid())), 0o600))
}

var paged = regexp.MustCompile(`\]\(((?:docs|examples)/[^)#]+)`)

// readable fails when the README that is installed leads to a page that is not.
func (m *machine) readable() {
	m.t.Helper()
	folder := m.path("usr/share/doc/hactl")
	readme, err := os.ReadFile(filepath.Join(folder, "README.md"))
	m.must(err)
	links := paged.FindAllSubmatch(readme, -1)
	if len(links) < 10 {
		m.t.Errorf("only %d pages are named in the README", len(links))
	}
	for _, link := range links {
		if _, err := os.Stat(filepath.Join(folder, string(link[1]))); err != nil {
			m.t.Error(err)
		}
	}
}

// The first installation starts the agent, which waits for a plan. An upgrade lets
// it hand over to the new version: the process is the same, and no client notices.
// A removal lets the neighbour take over, and only a purge forgets what it knew.
func TestKernelPackages(t *testing.T) {
	c := newCluster(t, 2)
	m := newMachine(c, "lb01")
	m.dpkg("--install", m.build("1.0.0"))
	if calls := m.calls(); !strings.Contains(calls, "helper enable hactl.service") || !strings.HasSuffix(calls, "invoke start hactl.service\n") {
		t.Errorf("the installation called\n%s", calls)
	}
	m.readable()
	m.run()
	c.await("a fresh agent to wait for a plan", func() bool {
		s := c.status("lb01")
		return s != nil && strings.Contains(s.Problem, "hactl apply brings one")
	})
	c.publish("lb01", router(254))
	c.awaitState("lb01", "active")
	c.publish("lb02", router(244))
	c.start("lb02")
	c.awaitState("lb02", "backup")
	p := c.probe("10.0.0.100", "lb01")

	before := c.status("lb01")
	neighbour := c.status("lb02").Routers[0].Transitions
	m.dpkg("--install", m.build("2.0.0"))
	now := c.handedOver(before, "2.0.0")
	if calls := m.calls(); !strings.HasSuffix(calls, "invoke reload hactl.service\n") || strings.Contains(calls, "stop") || strings.Contains(calls, "start") {
		t.Errorf("the upgrade called\n%s", calls)
	}
	if now.Routers[0].Transitions != before.Routers[0].Transitions || c.status("lb02").Routers[0].Transitions != neighbour {
		t.Error("the upgrade moved the address")
	}
	unnoticed(t, p.Report())

	m.dpkg("--remove", "hactl")
	if calls := m.calls(); !strings.Contains(calls, "invoke stop hactl.service\n") {
		t.Errorf("the removal called\n%s", calls)
	}
	c.must(c.agents["lb01"].Wait())
	c.answeredBy(p, "lb02")
	lossless(t, p.Stop(), 1)
	if _, err := os.Stat(m.path("var/lib/hactl")); err != nil {
		t.Errorf("a removal is no purge: %v", err)
	}
	m.dpkg("--purge", "hactl")
	if _, err := os.Stat(m.path("var/lib/hactl")); err == nil {
		t.Error("after a purge the state is still there")
	}
}
