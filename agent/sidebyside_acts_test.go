package agent_test

import (
	"os"
	"strings"
	"syscall"
	"time"
)

// What happens to lb01. Each tells when its condition changed for our routers and
// for keepalived's.

// leave asks all routers of lb01 to end.
func (s *scene) leave() (ours, theirs time.Time) {
	ours = time.Now()
	s.must(s.agents["lb01"].Signal(syscall.SIGTERM))
	theirs = time.Now()
	s.must(s.peers["lb01"].process.Signal(syscall.SIGTERM))
	return ours, theirs
}

// standBack drains lb01, and tells keepalived the same by its file.
func (s *scene) standBack() (ours, theirs time.Time) {
	ours = s.drain("lb01")
	theirs = time.Now()
	s.must(os.WriteFile(s.maintenance("lb01"), []byte("1\n"), 0o644))
	return ours, theirs
}

// standAside holds our vip away from lb01, and makes keepalived read lower
// priorities.
func (s *scene) standAside() (ours, theirs time.Time) {
	ours = s.hold("lb01")
	k := s.peers["lb01"]
	s.must(os.WriteFile(k.file("conf"), []byte(s.config("lb01", 60)), 0o600))
	theirs = time.Now()
	s.must(k.process.Signal(syscall.SIGHUP))
	return ours, theirs
}

// serviceFails ends the service of lb01.
func (s *scene) serviceFails() (ours, theirs time.Time) {
	at := s.fail("lb01")
	return at, at
}

// backendDown sets down the tracked interface of lb01.
func (s *scene) backendDown() (ours, theirs time.Time) {
	at := time.Now()
	s.must(s.hosts["lb01"].LinkDown("eth1"))
	return at, at
}

// die takes the power from lb01.
func (s *scene) die() (ours, theirs time.Time) {
	at := time.Now()
	s.must(s.hosts["lb01"].Unplug("eth0"))
	s.kill("lb01")
	s.peers["lb01"].kill()
	return at, at
}

// upgrade puts another build in the place of our program, and tells it so.
// keepalived's packages restart it.
func (s *scene) upgrade() (ours, theirs time.Time) {
	before := s.status("lb01")
	s.install("lb01", "2.0.0")
	ours = time.Now()
	s.must(s.agents["lb01"].Signal(syscall.SIGUSR2))
	theirs = s.restartPeer()
	s.handedOver(before, "2.0.0")
	return ours, theirs
}

// crash kills the processes that speak. keepalived's other one starts it again, and
// a service manager ours.
func (s *scene) crash() (ours, theirs time.Time) {
	pause := s.restartSec()
	theirs = time.Now()
	s.must(syscall.Kill(s.peers["lb01"].pid(), syscall.SIGKILL))
	ours = time.Now()
	s.kill("lb01")
	<-time.After(pause)
	s.startBuild("lb01", "1.0.0")
	return ours, theirs
}

// restartSec is how long systemd waits before it starts a hactl again that was killed.
func (s *scene) restartSec() time.Duration {
	unit, err := os.ReadFile("../deploy/hactl.service")
	s.must(err)
	_, rest, _ := strings.Cut(string(unit), "\nRestartSec=")
	text, _, _ := strings.Cut(rest, "\n")
	pause, err := time.ParseDuration(text)
	s.must(err)
	return pause
}

// restart ends all routers of lb01 in order, and starts them again.
func (s *scene) restart() (ours, theirs time.Time) {
	ours = time.Now()
	s.must(s.agents["lb01"].Signal(syscall.SIGTERM))
	theirs = s.restartPeer()
	<-s.agents["lb01"].Done()
	s.startBuild("lb01", "1.0.0")
	return ours, theirs
}

// restartService is restart by who has started it: for us systemd.
func (s *scene) restartService() (ours, theirs time.Time) {
	ours = time.Now()
	s.unit.play(restart)
	return ours, s.restartPeer()
}

// restartPeer ends keepalived on lb01 in order, and starts it again.
func (s *scene) restartPeer() time.Time {
	k, at := s.peers["lb01"], time.Now()
	s.must(k.process.Signal(syscall.SIGTERM))
	<-k.process.Done()
	k.start()
	return at
}
