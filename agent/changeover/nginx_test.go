package changeover

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"hactl/agent/rehearsal"
	"hactl/agent/upgrade"
)

// There, back, and there again, while clients ask all the time.
func TestKernelClientsDoNotNotice(t *testing.T) { thereAndBack(t, newStage(t)) }

// thereAndBack upgrades, goes back, and upgrades again.
func thereAndBack(t *testing.T, s *stage) {
	stop := s.load()
	for _, step := range []struct {
		to, runs rehearsal.Build
		mishap   mishap
		want     upgrade.Verdict
	}{
		{s.other, s.other, "", upgrade.Committed},
		{s.one, s.other, unwell, upgrade.Reverted},
		{s.one, s.one, "", upgrade.Committed},
		{s.one, s.one, "", upgrade.Current},
	} {
		begun := time.Now()
		o, _ := s.change(job{Upgrade: s.upgrade(step.to), Mishap: step.mishap})
		t.Logf("%v: %s: %s", time.Since(begun).Round(time.Millisecond), o.Verdict, o.Text)
		if o.Verdict != step.want {
			t.Errorf("%s: %s, want %s", o.Verdict, o.Text, step.want)
		}
		s.runs(step.runs)
	}
	stop()
}

// Whatever is wrong with a release, the old one serves throughout, and it is said
// what it was.
func TestKernelBrokenReleases(t *testing.T) {
	s := newStage(t)
	stop := s.load()
	for _, b := range []struct {
		flaw rehearsal.Flaw
		want upgrade.Verdict
		says string
	}{
		{rehearsal.AtOnce, upgrade.Reverted, "no new master runs"},
		{rehearsal.Soon, upgrade.Reverted, "has ended; version"},
		{rehearsal.Elsewhere, upgrade.Reverted, "does not listen on 127.0.0.1:8080, as the old one does"},
		{rehearsal.Refuses, upgrade.Refused, `refuses the configuration: unknown directive "worker_processes" in nginx.conf:3`},
		{rehearsal.Silent, upgrade.Reverted, "is not in " + s.path("nginx.pid") + " after 2s"},
		{rehearsal.Deaf, upgrade.Reverted, "is not in " + s.path("nginx.pid") + " after 2s"},
	} {
		path := s.path("release")
		s.must(rehearsal.Broken{Flaw: b.flaw, Real: s.other.Path, PIDFile: s.path("nginx.pid")}.Write(path))
		broken, err := rehearsal.Inspect(path)
		s.must(err)
		u := s.upgrade(broken)
		u.Verify.Soak, u.Nginx.WorkerTimeout = 3000, 3000
		o, _ := s.change(job{Upgrade: u, Patience: 2 * time.Second})
		if o.Verdict != b.want || !strings.Contains(o.Text, b.says) {
			t.Errorf("%s: %s: %s, want %s: %s", b.flaw, o.Verdict, o.Text, b.want, b.says)
		}
		s.runs(s.one)
	}
	stop()
}

// A release that is not what was asked for is not begun.
func TestKernelRefused(t *testing.T) {
	s := newStage(t)
	wrongVersion, wrongHash, absent := s.upgrade(s.other), s.upgrade(s.other), s.upgrade(s.other)
	wrongVersion.Release.Version = "0.9"
	wrongHash.Release.SHA256 = strings.Repeat("0", 64)
	absent.Release.Source = s.path("absent")
	foreign := s.upgrade(s.foreign())
	for _, r := range []struct {
		job  job
		says string
	}{
		{job{Upgrade: wrongVersion}, ", not 0.9"},
		{job{Upgrade: wrongHash}, "is not the release: its sha256 is "},
		{job{Upgrade: absent}, "absent: no such file or directory"},
		{job{Upgrade: foreign}, "foreign is made for EM_S390, and this host runs EM_"},
	} {
		if o, _ := s.change(r.job); o.Verdict != upgrade.Refused || !strings.Contains(o.Text, r.says) {
			t.Errorf("%s: %s, want %s", o.Verdict, o.Text, r.says)
		}
		s.runs(s.one)
	}
}

// A master that USR2 and QUIT would not do right by is left alone.
func TestKernelMastersToLeaveAlone(t *testing.T) {
	s := newStage(t)
	s.must(os.Symlink(s.path("nginx"), s.path("link")))
	s.put(s.one.Path, s.path("twin"))
	for _, m := range []struct {
		path      string
		arguments []string
		says      string
	}{
		{"./nginx", nil, `was started as "./nginx", no absolute path`},
		{s.path("twin"), nil, "was started as " + s.path("twin") + ", which is not " + s.path("nginx")},
		{s.path("nginx"), []string{"-g", "daemon off;"}, "would end more than itself: its configuration says daemon off"},
		{s.path("link"), nil, ""},
	} {
		s.end()
		s.serve(m.path, m.arguments...)
		o, _ := s.change(job{Upgrade: s.upgrade(s.other)})
		if want := map[bool]upgrade.Verdict{true: upgrade.Committed, false: upgrade.Refused}[m.says == ""]; o.Verdict != want || !strings.Contains(o.Text, m.says) {
			t.Errorf("%s: %s, want %s: %s", o.Verdict, o.Text, want, m.says)
		}
	}
	s.end()
	if o, _ := s.change(job{Upgrade: s.upgrade(s.one)}); o.Verdict != upgrade.Refused || !strings.Contains(o.Text, "nginx.pid names ") {
		t.Errorf("%s: %s", o.Verdict, o.Text)
	}
}

// Both masters die in the middle: nobody can serve, and it is said so.
func TestKernelMastersDie(t *testing.T) {
	s := newStage(t)
	u := s.upgrade(s.other)
	if _, ended := s.change(job{Upgrade: u, Stop: 10}); ended {
		t.Fatal("not killed")
	}
	r, err := loadRecord(s.path("record"))
	s.must(err)
	for _, p := range []upgrade.Process{r.Master, r.Successor} {
		s.must(deliver(p, syscall.SIGKILL))
	}
	s.await("the masters to end", func() bool {
		_, old := find(r.Master.PID)
		_, successor := find(r.Successor.PID)
		return !old && !successor
	})
	o, _ := s.change(job{Upgrade: u})
	if o.Verdict != upgrade.Down || !strings.Contains(o.Text, "no master is left") {
		t.Errorf("%s: %s", o.Verdict, o.Text)
	}
	s.must(expect(s.path("nginx"), s.one.SHA256))
}

// The old master dies before it could let its workers finish: they are told
// themselves.
func TestKernelOrphans(t *testing.T) {
	s := newStage(t)
	stop := s.load()
	if _, ended := s.change(job{Upgrade: s.upgrade(s.other), Stop: 7}); ended {
		t.Fatal("not killed")
	}
	r, err := loadRecord(s.path("record"))
	s.must(err)
	s.must(deliver(r.Master, syscall.SIGKILL))
	o, _ := s.change(job{Upgrade: s.upgrade(s.other)})
	if o.Verdict != upgrade.Committed {
		t.Errorf("%s: %s", o.Verdict, o.Text)
	}
	s.runs(s.other)
	stop()
}

// The old master dies during the soak, and then a check does: the release's master
// brings back what ran before.
func TestKernelReverse(t *testing.T) {
	s := newStage(t)
	stop := s.load()
	if _, ended := s.change(job{Upgrade: s.upgrade(s.other), Stop: 10}); ended {
		t.Fatal("not killed")
	}
	r, err := loadRecord(s.path("record"))
	s.must(err)
	s.await("the old workers to finish", func() bool {
		o, err := (&eye{runs: executables{}}).look(*r)
		s.must(err)
		return len(o.Masters) == 2 && len(o.Masters[0].Workers) == 0
	})
	s.must(deliver(r.Master, syscall.SIGKILL))
	o, _ := s.change(job{Upgrade: s.upgrade(s.other), Mishap: unwell})
	if o.Verdict != upgrade.Reverted || !strings.Contains(o.Text, "serves again, by a master of its own") {
		t.Errorf("%s: %s", o.Verdict, o.Text)
	}
	s.runs(s.one)
	stop()
}

// Killed before any act of its own, forward and on the way back, the next process
// goes on from what it sees. Clients do not notice that either.
func TestKernelKilledAnywhere(t *testing.T) { killedAnywhere(t, newStage(t)) }

// killedAnywhere kills the process before each of its acts.
func killedAnywhere(t *testing.T, s *stage) {
	stop := s.load()
	is, next := s.one, s.other
	for _, m := range []mishap{"", unwell} {
		kills := 0
		for ended := false; !ended; {
			kills++
			var o upgrade.Outcome
			o, ended = s.change(job{Upgrade: s.upgrade(next), Mishap: m, Stop: kills})
			if !ended {
				o, _ = s.change(job{Upgrade: s.upgrade(next), Mishap: m})
			}
			want := upgrade.Committed
			if m == unwell {
				want = upgrade.Reverted
			} else {
				is, next = next, is
			}
			if o.Verdict != want {
				t.Fatalf("killed before act %d: %s: %s, want %s", kills, o.Verdict, o.Text, want)
			}
			s.runs(is)
		}
		t.Logf("killed before each of %d acts", kills-1)
	}
	stop()
}
