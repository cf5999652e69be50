package agent_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// served is a pair whose lb01 runs under systemd, by the package of version 1.0.0 and
// with more lines of its unit, and is Active. lb02 is a Backup that has heard it.
func served(t *testing.T, lines []string, change ...func(*plan.Router)) *booted {
	t.Helper()
	c := newCluster(t, 2)
	m := boot(c, "lb01")
	m.configure(lines...)
	m.publish("lb01", router(254, change...))
	m.publish("lb02", router(244, change...))
	m.do("dpkg", "--install", m.build("1.0.0"))
	m.awaitState("lb01", "active")
	m.start("lb02")
	m.awaitState("lb02", "backup")
	m.heard(3)
	return m
}

// heard waits until lb02 has heard so many adverts more.
func (m *booted) heard(n uint64) {
	m.t.Helper()
	before := m.received("lb02")
	m.await("adverts of lb01", func() bool { return m.received("lb02") >= before+n })
}

// act is what somebody does with the service of lb01.
type act struct {
	command []string
	same    bool   // the process goes on
	version string // that runs afterwards
}

var (
	restart = act{command: []string{"systemctl", "restart", "hactl"}}
	reload  = act{command: []string{"systemctl", "reload", "hactl"}, same: true}
	crash   = act{command: []string{"systemctl", "kill", "--signal=KILL", "hactl"}}
)

// upgrade installs the package of a version.
func (m *booted) upgrade(version string) act {
	return act{command: []string{"dpkg", "--install", m.build(version)}, same: true, version: version}
}

// patient is how long neighbours surely wait that expect an advert every 100 ms, one of
// which left a little before its time.
const patient = 250 * time.Millisecond

// play does it, and waits until systemd and the agent agree on what runs.
func (m *booted) play(what act) {
	m.t.Helper()
	before := m.status("lb01")
	m.do(what.command...)
	var now *status.Host
	m.await(strings.Join(what.command, " "), func() bool {
		now = m.status("lb01")
		return now != nil && now.Started.After(before.Started) && m.property("MainPID") == itoa(now.PID)
	})
	if same := now.PID == before.PID; same != what.same || what.version != "" && now.Version != what.version {
		m.t.Errorf("%v: hactl %s in process %d became %s in process %d", what.command, before.Version, before.PID, now.Version, now.PID)
	}
	if h := now.Handover; h != nil {
		m.t.Logf("%v: silent for %.0f ms", what.command, h.Silent)
		m.silent = max(m.silent, time.Duration(h.Silent)*time.Millisecond)
	}
}

// Under the real systemd, what administrators and packages do with the service, and a
// crash, are not noticed: neither by clients nor by the neighbour. It is not parallel
// to others: on a machine that is overloaded, 300 ms without a turn are a takeover.
func TestKernelSystemdStays(t *testing.T) {
	for name, change := range map[string][]func(*plan.Router){"1s": nil, "100ms": {fast}} {
		t.Run(name, func(t *testing.T) {
			m := served(t, nil, change...)
			p := m.probe("10.0.0.100", "lb01")
			before := m.status("lb02").Routers[0].Transitions
			acts := []act{restart, crash, restart}
			if name == "100ms" { // which leave no time to listen after a crash
				acts = []act{restart, restart, reload, m.upgrade("2.0.0"), restart}
			}
			for _, what := range acts {
				m.play(what)
				m.heard(2)
			}
			r := p.Stop()
			m.oneOwner("lb01")
			if name == "100ms" && m.silent >= patient {
				t.Logf("silent for %v: this machine is overloaded, and neighbours may take over", m.silent)
				return
			}
			unnoticed(t, r)
			if after := m.status("lb02").Routers[0].Transitions; after != before && !stood(t, r) {
				t.Errorf("lb02 made %d transitions", after-before)
			}
		})
	}
}

// A service that is stopped, and a machine that shuts down, let the neighbour take over
// first. One that is frozen is started again by the watchdog.
func TestKernelSystemdLeaves(t *testing.T) {
	t.Parallel()
	m := served(t, []string{"WatchdogSec=3s"}, fast)
	p := m.probe("10.0.0.100", "lb01")
	m.do("systemctl", "stop", "hactl")
	m.answeredBy(p, "lb02")
	m.oneOwner("lb02")
	m.do("systemctl", "start", "hactl")
	m.answeredBy(p, "lb01")
	lossless(t, p.Report(), 2)

	pid := m.property("MainPID")
	m.do("kill", "-STOP", pid)
	m.await("the watchdog to have restarted it", func() bool { return m.property("NRestarts") != "0" })
	m.awaitState("lb01", "active")
	m.oneOwner("lb01")

	q := m.probe("10.0.0.100", "lb01")
	m.try("systemctl", "--no-block", "reboot")
	m.answeredBy(q, "lb02")
	lossless(t, q.Stop(), 1)
	m.oneOwner("lb02")
}

// Adverts that come so often that a restart would be noticed, or a program that could
// not go on, make it a leave and a start: two moves, and no reply is lost.
func TestKernelSystemdRestartMoves(t *testing.T) {
	t.Parallel()
	m := served(t, nil, func(r *plan.Router) { r.AdvertInterval = 50 })
	p := m.probe("10.0.0.100", "lb01")
	m.do("systemctl", "restart", "hactl")
	m.await("the move and the return", func() bool { return len(p.Report().Turns) >= 3 || m.status("lb02").Routers[0].Transitions >= 3 })
	m.answeredBy(p, "lb01")
	lossless(t, p.Stop(), 2)
}

// What an agent that died on its way out has left goes, since no other one is to come:
// here an address that would stay, and clients would find it on two hosts.
func TestKernelSystemdCleansUp(t *testing.T) {
	t.Parallel()
	begun := filepath.Join(t.TempDir(), "begun")
	m := served(t, nil, fast, with(hook(plan.BeforeRelease, time.Minute, "touch "+begun+"; sleep 60")),
		func(r *plan.Router) { r.OnAgentLoss = plan.Keep })
	m.do("systemctl", "stop", "--no-block", "hactl")
	m.await("the hook to begin", func() bool { return m.command("test", "-e", begun).Run() == nil })
	m.do("systemctl", "kill", "--signal=KILL", "hactl")
	m.await("the service to be down", func() bool { return m.property("ActiveState") == "failed" })
	m.awaitState("lb02", "active")
	m.oneOwner("lb02")
	if said := m.do("journalctl", "--unit=hactl", "--output=cat"); !strings.Contains(said, "nothing of hactl's is left on this host\n") {
		t.Errorf("the log says\n%s", said)
	}
}

// What the unit forbids is not needed: programs of checks and hooks run as other users,
// in both families, and the option --realtime works with what the unit's comment adds. A
// restart runs no hook: nothing was released.
func TestKernelSystemdSuffices(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	m := boot(c, "lb01")
	m.options = "--realtime 50"
	m.configure("CapabilityBoundingSet=CAP_SYS_NICE CAP_IPC_LOCK")
	notes := filepath.Join(c.dir, "notes")
	change := func(r *plan.Router) {
		r.Neighbours = nil
		r.Tracks = []plan.Track{{Check: "ping", Effect: plan.Fault}, {Check: "user", Effect: plan.Fault}}
		r.Hooks = []plan.Hook{hook(plan.AfterAcquire, 5*time.Second, "id -un >>"+notes)}
	}
	check := plan.Check{Interval: 200, Timeout: 2000, Fall: 1, Rise: 1, Initial: plan.Unknown}
	ping, user := check, check
	ping.Name, ping.Ping = "ping", &plan.PingProbe{Address: "10.0.0.200"}
	user.Name, user.Exec = "user", &plan.ExecProbe{Command: []string{"/bin/sh", "-c", "test $(id -un) = nobody"}, User: "nobody"}
	c.put(&plan.Plan{Host: "lb01", Routers: []plan.Router{router(254, change), router(254, ipv6, change)}, Checks: []plan.Check{ping, user}})
	m.do("dpkg", "--install", m.build("1.0.0"))
	m.awaitState("lb01", "active")
	noted := func() string { data, _ := os.ReadFile(notes); return string(data) }
	m.await("the hook", func() bool { return noted() == "root\n" })
	p, q := m.probe("10.0.0.100", "lb01"), m.probe("2001:db8::100", "lb01")
	m.play(restart)
	m.await("both checks to have run again", func() bool {
		s := m.status("lb01")
		return len(s.Checks) == 2 && s.Checks[0].Runs > 2 && s.Checks[1].Runs > 2
	})
	unnoticed(t, p.Stop())
	unnoticed(t, q.Stop())
	if got := noted(); got != "root\n" {
		t.Errorf("the hook noted\n%s", got)
	}
	said := m.do("journalctl", "--unit=hactl", "--output=cat")
	if strings.Contains(said, "level=WARN") || strings.Contains(said, "level=ERROR") || strings.Count(said, "the loop is in the real-time class") != 2 {
		t.Errorf("the log says\n%s", said)
	}
	if said := m.try("hactl", "doctor", "--host", "lb01", "--dir", m.dir, "--socket", m.socket("lb01")); !strings.Contains(said, "ok      capability: the agent has the capabilities that its plan needs\n") {
		t.Errorf("the doctor says\n%s", said)
	}
}
