package notify

import (
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hactl/agent/program"
	"hactl/schemas/event"
	"hactl/schemas/plan"
)

// recorder writes a script that notes its arguments and goes on with more. It
// returns its path, and what it has noted.
func recorder(t *testing.T, more string) (path string, noted func() string) {
	t.Helper()
	if err := program.Inspect(program.Program{Argv: []string{"/bin/sh"}}); err != nil {
		t.Skipf("nothing can be run here: %v", err)
	}
	dir := t.TempDir()
	notes := filepath.Join(dir, "notes")
	path = filepath.Join(dir, "notify.sh")
	text := "#!/bin/sh\necho \"${0##*/}\" \"$@\" >> " + notes + "\n" + more + "\n"
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path, func() string {
		data, err := os.ReadFile(notes)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		return string(data)
	}
}

// running is a target that runs path in every state, as this user.
func running(t *testing.T, path string) *execSender {
	t.Helper()
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	return &execSender{target: &plan.ExecTarget{
		Active: []string{path, "master"}, Backup: []string{path, "backup"}, Fault: []string{path, "a fault"}, Stop: []string{path},
		Any: []string{path, "change"}, User: me.Username, Timeout: 10_000,
	}}
}

// As keepalived's notify_master and so on, then notify.
func TestCommandsAreKeepalived(t *testing.T) {
	path, noted := recorder(t, "")
	s := running(t, path)
	for i, what := range plan.Events() {
		e := takeover()
		e.Event, e.Priority = what, 100+i
		if err := s.Send(t.Context(), Delivery{Events: []event.Event{e}}); err != nil {
			t.Error(err)
		}
	}
	want := `notify.sh master
notify.sh change INSTANCE public MASTER 100
notify.sh backup
notify.sh change INSTANCE public BACKUP 101
notify.sh a fault
notify.sh change INSTANCE public FAULT 102
notify.sh
notify.sh change INSTANCE public STOP 103
`
	if diff := cmp.Diff(want, noted()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s.target.Backup, s.target.Any = nil, nil
	if err := s.Send(t.Context(), Delivery{Events: []event.Event{release()}}); err != nil || noted() != want {
		t.Errorf("a state without a command runs something: %v\n%s", err, noted())
	}
}

func TestEnvironmentSaysMore(t *testing.T) {
	path, noted := recorder(t, `env | grep -e ^HACTL_ -e ^SITE= | sort >> "${0%/*}/notes"`)
	s := running(t, path)
	s.target.Any = nil
	s.target.Environment = map[string]string{"SITE": "fra", "HACTL_HOST": "mine"}
	if err := s.Send(t.Context(), Delivery{Events: []event.Event{release()}}); err != nil {
		t.Fatal(err)
	}
	want := `notify.sh backup
HACTL_ADDRESSES=10.0.0.100/24 2001:db8::100/64
HACTL_CAUSE=10.0.0.6 has priority 254
HACTL_EVENT=backup
HACTL_HOST=mine
HACTL_NEW=backup
HACTL_OLD=active
HACTL_ORIGIN=main.ha.hcl:12
HACTL_PEER=10.0.0.6
HACTL_PLAN=sha256:0123
HACTL_PRIORITY=254
HACTL_SEQUENCE=18
HACTL_TIME=2026-11-22T15:40:03.25Z
HACTL_VIP=web/public
SITE=fra
`
	if diff := cmp.Diff(want, noted()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A conflict runs its own program and no other, and says which one it is.
func TestConflictRunsItsOwn(t *testing.T) {
	path, noted := recorder(t, `env | grep -e ^HACTL_CONFLICT -e ^HACTL_EVENT | sort >> "${0%/*}/notes"`)
	s := running(t, path)
	e := takeover()
	e.Event, e.Conflict = plan.OnConflict, &event.Conflict{Kind: "two-active", Peer: "10.0.0.6", Ended: true}
	for _, program := range [][]string{nil, {path, "conflict"}} {
		s.target.Conflict = program
		if err := s.Send(t.Context(), Delivery{Events: []event.Event{e}}); err != nil {
			t.Fatal(err)
		}
	}
	want := `notify.sh conflict
HACTL_CONFLICT=two-active
HACTL_CONFLICT_OVER=true
HACTL_CONFLICT_PEER=10.0.0.6
HACTL_EVENT=conflict
`
	if diff := cmp.Diff(want, noted()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A script that fails is told of with what it printed, is not run again, and
// keeps the other command from nothing.
func TestScriptFails(t *testing.T) {
	path, noted := recorder(t, "echo promote: no such cluster >&2; exit 7")
	err := running(t, path).Send(t.Context(), Delivery{Events: []event.Event{takeover()}})
	one := path + `, for active of web/public: exit status 7; it printed "promote: no such cluster"`
	if err == nil || err.Error() != one+"\n"+one || errors.As(err, new(*Again)) {
		t.Errorf("%v", err)
	}
	if n := strings.Count(noted(), "\n"); n != 2 {
		t.Errorf("ran %d times:\n%s", n, noted())
	}
}

func TestScriptHangs(t *testing.T) {
	path, _ := recorder(t, "trap '' TERM; while :; do sleep 100; done")
	s := running(t, path)
	s.target.Any, s.target.Timeout = nil, 200
	err := s.Send(t.Context(), Delivery{Events: []event.Event{takeover()}})
	if err == nil || !strings.Contains(err.Error(), "still running after ") || errors.As(err, new(*Again)) {
		t.Errorf("%v", err)
	}
}

func TestScriptIsNotReady(t *testing.T) {
	path, _ := recorder(t, "")
	s := running(t, path)
	if err := s.Ready(t.Context()); err != nil {
		t.Errorf("%v", err)
	}
	s.target.Stop = []string{"/no/such/script"}
	if err := s.Ready(t.Context()); err == nil || err.Error() != "/no does not exist" {
		t.Errorf("%v", err)
	}
	s.target.User = "nobody-of-that-name"
	if err := s.Ready(t.Context()); err == nil || err.Error() != "user nobody-of-that-name does not exist on this host" {
		t.Errorf("%v", err)
	}
}
