package changeover

import (
	"debug/elf"
	"encoding/binary"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"hactl/agent/rehearsal"
	"hactl/agent/upgrade"
	"hactl/schemas/plan"
)

// A release that served well for a moment, and then does not: what ran before serves
// again. Clients notice nothing but the end of the worker that crashed, which each of
// them may have had a connection to.
func TestKernelMishapsDuringTheSoak(t *testing.T) {
	s := newStage(t)
	for _, m := range []struct {
		mishap mishap
		says   string
	}{
		{unwell, "check web is down: it answers 500"},
		{crash, "the new master [0-9]+ has ended"},
		{limp, "worker [0-9]+ of the new master has ended"},
	} {
		stop := s.clients(rehearsal.Usual)
		u := s.upgrade(s.other)
		u.Verify.Soak = 3000
		o, _ := s.change(job{Upgrade: u, Mishap: m.mishap})
		if says := regexp.MustCompile(m.says + "; version " + s.one.Version + " serves$"); o.Verdict != upgrade.Reverted || !says.MatchString(o.Text) {
			t.Errorf("%s: %s: %s, want %s", m.mishap, o.Verdict, o.Text, says)
		}
		s.runs(s.one)
		if seen := stop(); m.mishap != limp && seen.Noticed() != "" || seen.Lost()+len(seen.Failed) > 8 {
			t.Errorf("%s: clients noticed %s", m.mishap, seen.Noticed())
		}
	}
}

// A release that answers 500 is seen by a check. For so long its workers answer clients,
// too: nobody can keep them from that but a drain. No connection fails.
func TestKernelServes500(t *testing.T) {
	s := newStage(t)
	if s.one.Version == s.other.Version {
		t.Skip("needs two versions of nginx")
	}
	s.configure("server {", `server { if ($nginx_version = "`+s.other.Version+`") { return 500; }`)
	stop := s.clients(rehearsal.Usual)
	o, _ := s.change(job{Upgrade: s.upgrade(s.other)})
	want := "500 Internal Server Error; version " + s.one.Version + " serves"
	if o.Verdict != upgrade.Reverted || o.Text != want {
		t.Errorf("%s: %s, want %s", o.Verdict, o.Text, want)
	}
	s.runs(s.one)
	if seen := stop(); len(seen.Failed)+seen.Lost() > 0 || seen.Unwell == 0 {
		t.Errorf("clients noticed %s", seen.Noticed())
	}
}

// foreign returns a release for another architecture.
func (s *stage) foreign() rehearsal.Build {
	s.t.Helper()
	const machine = 18 // where the header of ELF has it
	data, err := os.ReadFile(s.other.Path)
	s.must(err)
	binary.NativeEndian.PutUint16(data[machine:], uint16(elf.EM_S390))
	s.must(os.WriteFile(s.path("foreign"), data, 0o755))
	sha256, err := hash(s.path("foreign"))
	s.must(err)
	return rehearsal.Build{Path: s.path("foreign"), Version: s.other.Version, SHA256: sha256}
}

// On a full disk nothing is begun; on one that fills up meanwhile, it leads back.
func TestKernelFullDisk(t *testing.T) {
	s := newStage(t)
	disk, path := s.path("disk"), s.path("disk/nginx")
	s.must(os.Mkdir(disk, 0o755))
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("needs to mount a small file system: %v", err)
	}
	t.Cleanup(func() {
		s.end()
		s.must(unix.Unmount(disk, unix.MNT_DETACH))
	})
	s.put(s.one.Path, path)
	s.end()
	s.serve(path)
	stop := s.load()
	u := s.upgrade(s.other)
	u.Nginx.Binary = path
	for _, c := range []struct {
		job  job
		want upgrade.Verdict
		says string
	}{
		{job{Upgrade: u, Fill: s.path("disk/rest")}, upgrade.Reverted, "no space left on device; version "},
		{job{Upgrade: u}, upgrade.Refused, "the disk of " + path + " has 0 bytes left, and "},
	} {
		o, _ := s.change(c.job)
		if o.Verdict != c.want || !strings.Contains(o.Text, c.says) {
			t.Errorf("%s: %s, want %s: %s", o.Verdict, o.Text, c.want, c.says)
		}
		s.runs(s.one)
		s.must(expect(path, s.one.SHA256))
	}
	stop()
}

// Workers keep the connections that are open for as long as worker_timeout allows. What
// goes on for longer is cut, and it is said how much that was.
func TestKernelWorkerTimeout(t *testing.T) {
	s := newStage(t)
	s.cuts(func(u plan.Upgrade) { u.Nginx.WorkerTimeout = 1000 })
}

// cuts goes back and through with workers that have little time, by a plan that says so.
func (s *stage) cuts(hurry func(plan.Upgrade)) {
	s.t.Helper()
	stop := s.clients(rehearsal.Clients{Address: rehearsal.Usual.Address, Fresh: 1, Kept: 1, Sockets: 3})
	for _, c := range []struct {
		mishap mishap
		want   upgrade.Verdict
		runs   rehearsal.Build
	}{{unwell, upgrade.Reverted, s.one}, {"", upgrade.Committed, s.other}} {
		u := s.upgrade(s.other)
		hurry(u)
		o, _ := s.change(job{Upgrade: u, Mishap: c.mishap})
		if o.Verdict != c.want {
			s.t.Errorf("%s: %s, want %s", o.Verdict, o.Text, c.want)
		}
		told := regexp.MustCompile(`^[1-2] old workers?, with \d+ connections, ended after 1s$`)
		if !slices.ContainsFunc(s.told, told.MatchString) {
			s.t.Errorf("told %q, and not %s", s.told, told)
		}
		s.runs(c.runs)
	}
	if seen := stop(); len(seen.Failed) > 0 || seen.Lost() != seen.Cut || seen.Cut != 3*3 || seen.Messages == 0 {
		s.t.Errorf("clients noticed %s, want 9 connections cut: by each retirement, and by the way back", seen.Noticed())
	}
}

// What people measure web servers with finds nothing either.
func TestKernelLoadTool(t *testing.T) {
	tool, err := exec.LookPath("wrk")
	if err != nil {
		t.Skip("needs wrk, of Debian's package of that name")
	}
	s := newStage(t)
	var out strings.Builder
	cmd := exec.Command("nice", "-n", "10", tool, "-t", "1", "-c", "4", "-d", "100", "-H", "Connection: close", "http://127.0.0.1:8080/")
	cmd.Stdout = &out
	p, err := s.host.Start(cmd)
	s.must(err)
	for _, b := range []rehearsal.Build{s.other, s.one, s.other} {
		if o, _ := s.change(job{Upgrade: s.upgrade(b)}); o.Verdict != upgrade.Committed {
			t.Errorf("%s: %s", o.Verdict, o.Text)
		}
	}
	s.must(p.Signal(syscall.SIGINT))
	s.must(p.Wait())
	t.Log(regexp.MustCompile(`\d+ requests in .*`).FindString(out.String()))
	// wrk says nothing of errors, nor of answers that are none of success, when there are none.
	if said := out.String(); strings.Contains(said, "errors") || strings.Contains(said, "Non-2xx") || !strings.Contains(said, " requests in ") {
		t.Errorf("%s", said)
	}
}
