package changeover

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"hactl/agent/netlab"
	"hactl/agent/rehearsal"
	"hactl/agent/upgrade"
	"hactl/schemas/plan"
)

// stage is a host with a server that clients ask, and that is upgraded.
type stage struct {
	t          *testing.T
	host       *netlab.Host
	dir        string
	one, other rehearsal.Build // of the file that is replaced; one is there at first
	upgrade    func(to rehearsal.Build) plan.Upgrade
	told       []string // by the last runner that was not killed
}

// newStage starts nginx on a host of its own.
func newStage(t *testing.T) *stage {
	t.Helper()
	s := emptyStage(t, rehearsal.Nginx)
	s.upgrade = func(to rehearsal.Build) plan.Upgrade {
		u := s.release(to)
		u.Nginx = &plan.NginxStrategy{Binary: s.path("nginx"), PIDFile: s.path("nginx.pid"), WorkerTimeout: 20000}
		return u
	}
	s.must(os.WriteFile(s.path("nginx.conf"), rehearsal.NginxConf(s.dir, "127.0.0.1:8080"), 0o644))
	s.put(s.one.Path, s.path("nginx"))
	s.serve(s.path("nginx"))
	return s
}

// emptyStage makes a host with what the server needs: a long answer in a file, and an
// echo behind WebSocket connections.
func emptyStage(t *testing.T, builds func() (rehearsal.Pair, error)) *stage {
	t.Helper()
	t.Parallel()
	netlab.Need(t)
	s := &stage{t: t, dir: t.TempDir()}
	pair, err := builds()
	if err != nil {
		t.Skipf("needs %v", err)
	}
	if pair.Without != "" {
		t.Log(pair.Without)
	}
	s.one, s.other = pair.One, pair.Other
	lab, err := netlab.New()
	s.must(err)
	t.Cleanup(func() { s.must(lab.Close()) })
	s.host, err = lab.Host("lb01")
	s.must(err)
	s.must(os.WriteFile(s.path("big"), bytes.Repeat([]byte("x"), 3<<20), 0o644))
	s.behind(rehearsal.Echo("127.0.0.1:9000"))
	t.Cleanup(s.end)
	return s
}

// behind starts what the server passes requests on to, and waits until it listens.
func (s *stage) behind(cmd *exec.Cmd) {
	s.t.Helper()
	p, err := s.host.Start(cmd)
	s.must(err)
	s.await("what is behind the server", func() bool { return len(listens(p.Pid())) > 0 })
}

// release is the upgrade to a build, but for its strategy, with a soak of 300 ms.
func (s *stage) release(to rehearsal.Build) plan.Upgrade {
	return plan.Upgrade{
		Name:    "web",
		Release: plan.Build{Version: to.Version, Source: to.Path, SHA256: to.SHA256},
		Verify:  plan.Verify{Soak: 300}, OnFailure: plan.Halt,
	}
}

// serve starts nginx, by a path and with more arguments, in the stage's folder.
func (s *stage) serve(path string, arguments ...string) {
	s.t.Helper()
	s.start(path, append([]string{"-p" + s.dir, "-c", "nginx.conf", "-e", s.path("error.log")}, arguments...)...)
}

// start starts a server, and waits for its pid file.
func (s *stage) start(path string, arguments ...string) {
	s.t.Helper()
	cmd := exec.Command(path, arguments...)
	cmd.Args[0], cmd.Dir = path, s.dir
	_, err := s.host.Start(cmd)
	s.must(err)
	pidFile := s.pidFile()
	s.await(path+" to serve", func() bool {
		_, runs := find(numbered(pidFile))
		return runs
	})
}

// pidFile is that of the server.
func (s *stage) pidFile() string {
	u := s.upgrade(s.one)
	return u.PIDFile()
}

// configure replaces a part of nginx's configuration, and starts it anew.
func (s *stage) configure(part, by string) {
	s.t.Helper()
	data, err := os.ReadFile(s.path("nginx.conf"))
	s.must(err)
	s.must(os.WriteFile(s.path("nginx.conf"), bytes.Replace(data, []byte(part), []byte(by), 1), 0o644))
	s.end()
	s.serve(s.path("nginx"))
}

// end ends every process that runs a binary of the stage. A master may start another
// worker while it is at it.
func (s *stage) end() {
	s.await("all processes to end", func() bool {
		for _, p := range s.processes() {
			_ = syscall.Kill(p.PID, syscall.SIGKILL)
		}
		return s.left() == 0
	})
}

// processes returns those that run a binary of the stage.
func (s *stage) processes() (found []process) {
	all, err := processes()
	s.must(err)
	for _, p := range all {
		if exe, _ := os.Readlink(dir(p.PID) + "exe"); strings.HasPrefix(exe, s.dir+"/") {
			found = append(found, p)
		}
	}
	return found
}

// left returns how many there are.
func (s *stage) left() int { return len(s.processes()) }

func (s *stage) path(name string) string { return filepath.Join(s.dir, name) }

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// put copies a program, by another one: what this process has open to write, programs
// that other tests start may share, and then it could not be executed.
func (s *stage) put(from, to string) {
	s.t.Helper()
	s.must(exec.Command("cp", "--preserve=mode", from, to).Run())
}

// await waits until something holds.
func (s *stage) await(what string, holds func() bool) {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); <-time.After(10 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("waited for %s", what)
		}
	}
}

// runs checks which build the one master that there is runs, that the binary's path
// holds it, and that nothing else is left.
func (s *stage) runs(want rehearsal.Build) {
	s.t.Helper()
	u := s.upgrade(want)
	s.must(expect(u.File(), want.SHA256))
	var o upgrade.Observation
	s.await("no process but a master and its workers", func() (alone bool) { // of a master before, one may end just now
		var err error
		o, err = (&eye{runs: executables{}}).look(upgrade.Record{Upgrade: u, Old: plan.Build{SHA256: want.SHA256}, Stage: upgrade.Start})
		s.must(err)
		return len(o.Masters) > 0 && s.left() == 1+len(o.Masters[0].Workers)
	})
	if len(o.Masters) != 1 || o.Masters[0].PID != o.PIDFile || len(o.Masters[0].Workers) == 0 || len(o.Orphans) > 0 {
		s.t.Errorf("left %+v", o)
	}
	if kept := s.kept(); len(kept) > 1 {
		s.t.Errorf("kept %v", kept)
	}
	for _, pattern := range []string{"*" + unfinished, "*.oldbin", "record"} {
		if left, _ := filepath.Glob(s.path(pattern)); len(left) > 0 {
			s.t.Errorf("left %v", left)
		}
	}
}

// kept returns the backups.
func (s *stage) kept() []string {
	kept, err := filepath.Glob(s.path("*.hactl"))
	s.must(err)
	return kept
}

// load starts clients; the function that it returns ends them, and checks that they
// have noticed nothing.
func (s *stage) load() (stop func()) {
	s.t.Helper()
	end := s.clients(rehearsal.Usual)
	return func() {
		s.t.Helper()
		seen := end()
		if seen.Noticed() != "" || seen.Fresh == 0 || seen.Kept == 0 || seen.Slow == 0 || seen.Sockets == 0 || seen.Messages == 0 {
			s.t.Errorf("clients noticed %s", seen.Noticed())
		}
	}
}

// clients starts some; the function that it returns ends them, and returns what they
// have seen.
func (s *stage) clients(some rehearsal.Clients) (stop func() rehearsal.Tally) {
	s.t.Helper()
	var out bytes.Buffer
	cmd := some.Command()
	cmd.Stdout = &out
	p, err := s.host.Start(cmd)
	s.must(err)
	return func() (seen rehearsal.Tally) {
		s.t.Helper()
		s.must(p.Signal(syscall.SIGTERM))
		s.must(p.Wait())
		s.must(json.Unmarshal(out.Bytes(), &seen))
		s.t.Log(seen)
		return seen
	}
}
