package program

import (
	"os"
	"path/filepath"
	"testing"
)

// refused checks what Inspect says, and that Run says the same.
func refused(t *testing.T, p Program, want string) {
	t.Helper()
	err := Inspect(p)
	if err == nil || err.Error() != want {
		t.Errorf("Inspect: %v, want %s", err, want)
	}
	if r := Run(t.Context(), p); r.Err == nil || r.Err.Error() != want || r.Exit != -1 {
		t.Errorf("Run: %+v, want %s", r, want)
	}
}

func TestNothingThere(t *testing.T) {
	path := script(t, 0o755, "#!/bin/sh")
	dir := filepath.Dir(path)
	refused(t, Program{Argv: []string{dir + "/sub/x"}}, dir+"/sub does not exist")
	refused(t, Program{Argv: []string{dir + "/x"}}, dir+"/x does not exist")
	refused(t, Program{Argv: []string{dir}}, dir+" is no file that can be executed")
	refused(t, Program{Argv: []string{"x"}}, "x is no absolute path")
	refused(t, Program{Argv: []string{path}, User: "nobody-of-that-name"}, "user nobody-of-that-name does not exist on this host")
}

func TestNotExecutable(t *testing.T) {
	path := script(t, 0o644, "#!/bin/sh")
	refused(t, Program{Argv: []string{path}}, path+" is not executable: its mode is 0644")
}

// What only starting shows is explained.
func TestNotStarted(t *testing.T) {
	odd := script(t, 0o755, "#!/no/such/shell -e")
	text := script(t, 0o755, "echo hello")
	good := script(t, 0o755, "#!/bin/sh")
	for want, p := range map[string]Program{
		odd + ` names an interpreter that does not exist: "/no/such/shell -e"`:         {Argv: []string{odd}},
		text + " has no #! at its beginning, and is no program of this machine either": {Argv: []string{text}},
		"the folder /no/such/folder, where " + good + " is to run, does not exist":     {Argv: []string{good}, Dir: "/no/such/folder"},
	} {
		if err := Inspect(p); err != nil {
			t.Errorf("Inspect: %v", err)
		}
		if r := Run(t.Context(), p); r.Err == nil || r.Err.Error() != want || r.Exit != -1 {
			t.Errorf("Run: %+v, want %s", r, want)
		}
	}
}

func TestAnotherUsersRights(t *testing.T) {
	needRoot(t)
	path := script(t, 0o750, "#!/bin/sh")
	dir := filepath.Dir(path)
	p := Program{Argv: []string{path}, User: "nobody"}
	refused(t, p, "user nobody may not execute "+path+": its mode is 0750")
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	refused(t, p, "user nobody may not enter the folder "+dir+": its mode is 0700")
}

// Root runs nothing that somebody else can change.
func TestOthersMayWrite(t *testing.T) {
	needRoot(t)
	path := script(t, 0o755, "#!/bin/sh")
	dir := filepath.Dir(path)
	p := Program{Argv: []string{path}, User: "root"}
	link := filepath.Join(filepath.Dir(script(t, 0o755)), "link")
	everybody := func(path string) string {
		return path + " can be written by everybody: its mode is 0777; chmod o-w " + path
	}
	steps := []struct {
		do   func() error
		want string // empty: it is run
	}{
		{func() error { return os.Chmod(path, 0o777) }, everybody(path)},
		{func() error { return os.Chmod(path, 0o775) }, ""}, // by group 0
		{func() error { return os.Chown(path, 0, 65534) }, path + " can be written by group 65534: its mode is 0775; chmod g-w " + path},
		{func() error { return os.Chown(path, 65534, 0) }, path + " belongs to user 65534, who can change it; chown 0 " + path},
		{func() error { return os.Chown(path, 0, 0) }, ""},
		{func() error { return os.Chmod(dir, 0o777) }, everybody(dir)},
		{func() error { p.Argv[0] = link; return os.Symlink(path, link) }, everybody(dir)},
		{func() error { return os.Chmod(dir, 0o777|os.ModeSticky) }, ""},
		{func() error { return os.Chmod(filepath.Dir(link), 0o777) }, everybody(filepath.Dir(link))},
	}
	for i, s := range steps {
		if err := s.do(); err != nil {
			t.Fatal(err)
		}
		err := Inspect(p)
		if s.want == "" && err != nil {
			t.Errorf("step %d: %v", i, err)
		}
		if s.want != "" && (err == nil || err.Error() != p.Argv[0]+" is not run as root: "+s.want) {
			t.Errorf("step %d: %v, want %s", i, err, s.want)
		}
	}
}
