package agent_test

import (
	"fmt"
	"os"
	"regexp"
	"testing"

	"hactl/agent/rehearsal"
	"hactl/agent/upgrade"
)

// With the lines for upgrades that the unit has as comments, the service upgrades an
// nginx below /usr that is a service itself. Both go on.
func TestKernelSystemdUpgrades(t *testing.T) {
	t.Parallel()
	builds, err := rehearsal.Nginx()
	if err != nil {
		t.Skipf("needs %v", err)
	}
	w := &website{cluster: newCluster(t, 1), one: builds.One, other: builds.Other}
	m := boot(w.cluster, "lb01")
	unit, err := os.ReadFile("../deploy/hactl.service")
	w.must(err)
	var lines []string
	for _, line := range regexp.MustCompile(`(?m)^# (CapabilityBoundingSet=CAP_SYS_PTRACE .*|ReadWritePaths=.*)$`).FindAllSubmatch(unit, -1) {
		lines = append(lines, string(line[1]))
	}
	m.configure(lines...)
	const binary = "/usr/sbin/website"
	w.must(os.WriteFile(w.path("nginx.conf"), rehearsal.NginxConf(w.dir, "8080"), 0o644))
	touch(t, w.path("good"))
	m.do("install", "-m", "755", w.one.Path, binary)
	m.do("systemd-run", "--unit=website", "--service-type=forking", "--property=PIDFile="+w.path("nginx.pid"),
		binary, "-p", w.dir, "-c", "nginx.conf", "-e", w.path("error.log"))
	p := w.plan("lb01", w.other, router(254, fast))
	p.Upgrades[0].Nginx.Binary = binary
	w.put(p)
	m.do("dpkg", "--install", m.build("1.0.0"))
	w.await("the agent to look", func() bool { return w.line().SHA256 == w.one.SHA256 })
	for range 2 {
		w.order(w.other)
		w.ends(upgrade.Committed, w.other)
		w.order(rehearsal.Build{})
		w.ends(upgrade.Committed, w.one)
		m.play(restart)
	}
	if is := fmt.Sprint(m.try("systemctl", "is-active", "website")); is != "active\n" {
		t.Errorf("the service of nginx is %s", is)
	}
}
