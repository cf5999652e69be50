package changeover

import (
	"os"
	"strings"
	"testing"

	"hactl/agent/rehearsal"
	"hactl/agent/upgrade"
	"hactl/schemas/plan"
)

// The commands of a user, who keeps what was there before.
const (
	toApply = `#!/bin/sh -e
env | grep ^HACTL_ | sort >"$(dirname "$HACTL_BINARY")/asked"
cd "$(dirname "$HACTL_BINARY")"
[ -e before ] || cp app before
cp "$HACTL_SOURCE" app.next
mv app.next app
`
	toRollBack = `#!/bin/sh -e
cd "$(dirname "$HACTL_BINARY")"
[ ! -e before ] || mv before app
`
)

// newExecStage makes a host with a program that is upgraded by commands, beside the
// server that its check asks.
func newExecStage(t *testing.T) *stage {
	t.Helper()
	s := newStage(t)
	s.one, s.other = s.written("app-1", "one"), s.written("app-2", "other")
	s.written("app", "one")
	s.command("apply", toApply)
	s.command("rollback", toRollBack)
	s.upgrade = func(to rehearsal.Build) plan.Upgrade {
		u := s.release(to)
		u.Name = "app"
		u.Exec = &plan.ExecStrategy{Binary: s.path("app"), Apply: []string{s.path("apply")}, Rollback: []string{s.path("rollback")}, Timeout: 5000}
		return u
	}
	return s
}

// command writes a script.
func (s *stage) command(name, text string) {
	s.t.Helper()
	s.must(os.WriteFile(s.path(name), []byte(text), 0o755))
}

// has checks what is there in the end.
func (s *stage) has(want rehearsal.Build) {
	s.t.Helper()
	s.must(expect(s.path("app"), want.SHA256))
	if _, err := os.Stat(s.path("record")); err == nil {
		s.t.Error("left a record")
	}
}

// The user's commands are told what they are to do. What fails is undone.
func TestKernelCommands(t *testing.T) {
	s := newExecStage(t)
	for _, c := range []struct {
		name   string
		set    func(*plan.ExecStrategy)
		mishap mishap
		want   upgrade.Verdict
		says   string
	}{
		{"apply fails", func(x *plan.ExecStrategy) {
			s.command("fails", "#!/bin/sh\necho no such user >&2\nexit 3\n")
			x.Apply = []string{s.path("fails"), "now"}
		}, "", upgrade.Reverted, "/fails: exit status 3: no such user; what was there before is back"},
		{"apply takes too long", func(x *plan.ExecStrategy) {
			s.command("slow", "#!/bin/sh\necho begun\nsleep 60 & wait\n")
			x.Apply, x.Timeout = []string{s.path("slow")}, 1000
		}, "", upgrade.Reverted, "killed, with all that it had started: begun; what was there before is back"},
		{"apply does nothing", func(x *plan.ExecStrategy) { x.Apply = []string{"/bin/true"} }, "", upgrade.Reverted,
			"/bin/true has succeeded, but " + s.path("app") + " has the sha256 " + s.one.SHA256},
		{"verify fails", func(x *plan.ExecStrategy) { x.Verify = []string{"/bin/false"} }, "", upgrade.Reverted, "/bin/false: exit status 1"},
		{"a check goes down", func(*plan.ExecStrategy) {}, unwell, upgrade.Reverted, "check web is down: it answers 500; what was there before is back"},
		{"no way back", func(x *plan.ExecStrategy) { x.Rollback = []string{s.path("absent")} }, "", upgrade.Refused, "/absent does not exist"},
		{"good", func(x *plan.ExecStrategy) { x.Verify = []string{"/bin/true"} }, "", upgrade.Committed, "version app-2 runs"},
		{"there already", func(*plan.ExecStrategy) {}, "", upgrade.Current, "version app-2 runs already"},
	} {
		u := s.upgrade(s.other)
		c.set(u.Exec)
		o, _ := s.change(job{Upgrade: u, Mishap: c.mishap})
		if o.Verdict != c.want || !strings.Contains(o.Text, c.says) {
			t.Errorf("%s: %s: %s, want %s: %s", c.name, o.Verdict, o.Text, c.want, c.says)
		}
		is := s.one
		if c.want == upgrade.Committed || c.want == upgrade.Current {
			is = s.other
		}
		s.has(is)
	}
	asked, err := os.ReadFile(s.path("asked"))
	s.must(err)
	want := strings.Join([]string{
		"HACTL_BINARY=" + s.path("app"), "HACTL_CAUSE=", "HACTL_PREVIOUS_SHA256=" + s.one.SHA256, "HACTL_SHA256=" + s.other.SHA256,
		"HACTL_SOURCE=" + s.path("app-2"), "HACTL_STEP=apply", "HACTL_UPGRADE=app", "HACTL_VERSION=app-2", "",
	}, "\n")
	if string(asked) != want {
		t.Errorf("told\n%s\nwant\n%s", asked, want)
	}
}

// From the start of a command until what it has done is recorded nobody is to break it
// off; what verifies may be run again.
func TestKernelBusy(t *testing.T) {
	s := newExecStage(t)
	u := s.upgrade(s.other)
	u.Exec.Verify = []string{"/bin/true"}
	var happened []string
	r := NewRunner(u, s.path("record"), func() upgrade.Checks { return upgrade.Checks{Health: upgrade.Up} }, func(Progress) {})
	r.Busy = func(is bool) { happened = append(happened, map[bool]string{true: "busy", false: "free"}[is]) }
	r.before = func(e upgrade.Effect) {
		switch e := e.(type) {
		case upgrade.Save:
			happened = append(happened, "record "+e.Record.Stage.String())
		case upgrade.Run:
			happened = append(happened, "run "+e.Argv[0])
		}
	}
	o, err := r.Run(t.Context())
	s.must(err)
	want := "record replace, free, run " + s.path("apply") + ", busy, record verify, free, run /bin/true, busy, free, record commit, free"
	if got := strings.Join(happened, ", "); o.Verdict != upgrade.Committed || got != want {
		t.Errorf("%s: %s\ngot  %s\nwant %s", o.Verdict, o.Text, got, want)
	}
}

// What was there before comes back by the command to roll back, as an upgrade of its
// own. When that does not do it, a person is needed.
func TestKernelCommandsGoBack(t *testing.T) {
	s := newExecStage(t)
	if o, _ := s.change(job{Upgrade: s.upgrade(s.other)}); o.Verdict != upgrade.Committed {
		t.Fatalf("%s: %s", o.Verdict, o.Text)
	}
	s.command("rollback", toRollBack+`env | grep ^HACTL_ | sort >asked`)
	u := upgrade.Back(s.upgrade(s.other), plan.Build{Version: "app-1", SHA256: s.one.SHA256})
	o, _ := s.change(job{Upgrade: u})
	if o.Verdict != upgrade.Committed || o.Text != "version app-1 runs" {
		t.Errorf("%s: %s", o.Verdict, o.Text)
	}
	s.has(s.one)
	asked, err := os.ReadFile(s.path("asked"))
	s.must(err)
	for _, want := range []string{"HACTL_STEP=rollback\n", "HACTL_SHA256=" + s.other.SHA256, "HACTL_PREVIOUS_SHA256=" + s.one.SHA256} {
		if !strings.Contains(string(asked), want) {
			t.Errorf("told\n%s\nwithout %s", asked, want)
		}
	}
	u.Release.SHA256 = s.other.SHA256
	o, _ = s.change(job{Upgrade: u})
	if want := s.path("rollback") + " has succeeded, but " + s.path("app") + " has the sha256 " + s.one.SHA256; o.Verdict != upgrade.Stuck || !strings.HasPrefix(o.Text, want) {
		t.Errorf("%s: %s, want %s", o.Verdict, o.Text, want)
	}
}

// A command that goes forward ends when the order is taken back.
func TestCommandsAborted(t *testing.T) {
	f := newFolder(t, t.TempDir())
	f.write("slow", "#!/bin/sh\nsleep 60\n", 0o755)
	u := plan.Upgrade{
		Name: "app", Release: plan.Build{Version: "2", Source: f.path("source"), SHA256: f.new}, OnFailure: plan.Halt,
		Exec: &plan.ExecStrategy{Binary: f.path("nginx"), Apply: []string{f.path("slow")}, Rollback: []string{"/bin/true"}, Timeout: 50000},
	}
	var r *Runner
	r = NewRunner(u, f.path("record"), func() upgrade.Checks { return upgrade.Checks{Health: upgrade.Up} }, func(p Progress) {
		if p.Stage == upgrade.Replace {
			r.Abort("an operator asks for it")
		}
	})
	o, err := r.Run(t.Context())
	f.must(err)
	if want := "an operator asks for it; what was there before is back"; o.Verdict != upgrade.Reverted || o.Text != want {
		t.Errorf("%s: %s, want %s", o.Verdict, o.Text, want)
	}
}

// A way back that fails needs a person, who is told both.
func TestKernelCommandsThatCannotGoBack(t *testing.T) {
	s := newExecStage(t)
	u := s.upgrade(s.other)
	s.command("fails", "#!/bin/sh\necho the disk is full\nexit 1\n")
	u.Exec.Verify, u.Exec.Rollback = []string{"/bin/false"}, []string{s.path("fails")}
	o, _ := s.change(job{Upgrade: u})
	want := "/bin/false: exit status 1; then: " + s.path("fails") + ": exit status 1: the disk is full; " + s.path("app") + " has the sha256 " + s.other.SHA256
	if o.Verdict != upgrade.Stuck || o.Text != want {
		t.Errorf("%s: %s, want %s", o.Verdict, o.Text, want)
	}
}

// Killed before any act, commands are run again.
func TestKernelCommandsKilledAnywhere(t *testing.T) {
	s := newExecStage(t)
	for _, m := range []mishap{"", unwell} {
		for kills, ended := 1, false; !ended; kills++ {
			var o upgrade.Outcome
			o, ended = s.change(job{Upgrade: s.upgrade(s.other), Mishap: m, Stop: kills})
			if !ended {
				o, _ = s.change(job{Upgrade: s.upgrade(s.other), Mishap: m})
			}
			want, is := upgrade.Committed, s.other
			if m == unwell {
				want, is = upgrade.Reverted, s.one
			}
			if o.Verdict != want {
				t.Fatalf("killed before act %d: %s: %s, want %s", kills, o.Verdict, o.Text, want)
			}
			s.has(is)
			s.written("app", "one")
			_ = os.Remove(s.path("before"))
		}
	}
}

// One that goes back by an order has no way back, and is finished whatever comes meanwhile.
func TestCommandsThatGoBackAreNotAborted(t *testing.T) {
	f := newFolder(t, t.TempDir())
	f.write("slow", "#!/bin/sh -e\nsleep 0.1\ncp "+f.path("source")+" "+f.path("nginx")+"\n", 0o755)
	u := upgrade.Back(plan.Upgrade{
		Name: "app", OnFailure: plan.Halt,
		Exec: &plan.ExecStrategy{Binary: f.path("nginx"), Apply: []string{"/bin/true"}, Rollback: []string{f.path("slow")}, Timeout: 50000},
	}, plan.Build{Version: "1", SHA256: f.new})
	var r *Runner
	r = NewRunner(u, f.path("record"), func() upgrade.Checks { return upgrade.Checks{Health: upgrade.Up} }, func(p Progress) {
		if p.Stage == upgrade.Replace {
			r.Abort("another order has come")
		}
	})
	o, err := r.Run(t.Context())
	f.must(err)
	if want := "version 1 runs"; o.Verdict != upgrade.Committed || o.Text != want {
		t.Errorf("%s: %s, want %s", o.Verdict, o.Text, want)
	}
}
