package program

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// script writes an executable shell script into a folder that everybody may
// enter, and returns its path.
func script(t *testing.T, mode os.FileMode, lines ...string) string {
	t.Helper()
	dir := t.TempDir()
	for d := dir; strings.HasPrefix(d, os.TempDir()+"/"); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "script")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// within is a context that ends after d.
func within(t *testing.T, d time.Duration) context.Context {
	ctx, stop := context.WithTimeout(t.Context(), d)
	t.Cleanup(stop)
	return ctx
}

// needRoot skips a test that only root of the whole machine can run.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 || os.Chown(t.TempDir(), 65534, 65534) != nil {
		t.Skip("needs root of the machine itself")
	}
}

func TestArgumentsAreNotForAShell(t *testing.T) {
	path := script(t, 0o755, "#!/bin/sh", `for a; do echo "<$a>"; done; exit 3`)
	r := Run(t.Context(), Program{Argv: []string{path, "a b", "$HOME", "*"}, OutputLimit: 100})
	if r.Output != "<a b>\n<$HOME>\n<*>\n" || r.Exit != 3 || r.Err == nil || r.Err.Error() != "exit status 3" || r.Killed {
		t.Errorf("%+v", r)
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "/run/systemd/notify")
	path := script(t, 0o755, "#!/bin/sh", "pwd; env | grep -v -e ^_= -e ^PWD= | sort")
	r := Run(t.Context(), Program{
		Argv: []string{path}, Environment: map[string]string{"HACTL_VIP": "web/\x00public", "HOME": "/srv"},
		Dir: filepath.Dir(path), OutputLimit: 1000,
	})
	who, err := identify("")
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("%s\nHACTL_VIP=web/public\nHOME=/srv\nLOGNAME=%s\nPATH=%s\nUSER=%[2]s\n", filepath.Dir(path), who.name, searched)
	if r.Output != want || r.Err != nil || r.Exit != 0 {
		t.Errorf("%+v, want\n%s", r, want)
	}
}

// A program that prints 10 MiB is neither held up nor remembered.
func TestEndlessOutput(t *testing.T) {
	path := script(t, 0o755, "#!/bin/sh", "head -c 10485760 /dev/zero | tr '\\0' x", "echo the end >&2")
	r := Run(within(t, 20*time.Second), Program{Argv: []string{path}, OutputLimit: 16})
	if r.Output != "xxxxxxxxthe end\n"[:16] || r.Cut != 10<<20+8-16 || r.Err != nil {
		t.Errorf("%+v", r)
	}
}

func TestNoOutputIsKept(t *testing.T) {
	r := Run(t.Context(), Program{Argv: []string{"/bin/sh", "-c", "echo hello"}})
	if r.Output != "" || r.Cut != 6 {
		t.Errorf("%+v", r)
	}
}

// What ignores SIGTERM and has started others is gone after its deadline, with
// them.
func TestDeadlineEndsTheGroup(t *testing.T) {
	path := script(t, 0o755, "#!/bin/sh", "trap '' TERM", "sleep 1000 & echo $!", "sh -c 'sleep 1000 & echo $!; wait' &", "while :; do wait; done")
	r := Run(within(t, time.Second), Program{Argv: []string{path}, OutputLimit: 100})
	if !r.Killed || r.Exit != -1 || r.Took < time.Second || r.Took > 5*time.Second || r.Err == nil {
		t.Errorf("%+v", r)
	}
	if !strings.HasPrefix(r.Err.Error(), "still running after 1") || !strings.HasSuffix(r.Err.Error(), "s: killed, with all that it had started") {
		t.Errorf("error: %v", r.Err)
	}
	children := strings.Fields(r.Output)
	if len(children) != 2 {
		t.Fatalf("the script has not started its children: %q", r.Output)
	}
	for _, pid := range children {
		gone(t, pid)
	}
}

// gone waits until a process has ended; one that nobody has waited for yet has,
// too.
func gone(t *testing.T, pid string) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); <-time.After(5 * time.Millisecond) {
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return
		}
	}
	t.Errorf("process %s is still there", pid)
}

// What goes on though its time is over, as if nobody had the right to kill it, is
// not waited for.
func TestStubborn(t *testing.T) {
	cmd := exec.Command("/bin/sleep", "1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	left, err := wait(within(t, 200*time.Millisecond), cmd)
	if err != errStubborn {
		t.Errorf("wait: %v", err)
	}
	if took := time.Since(begun); took < stubborn || took > stubborn+5*time.Second {
		t.Errorf("took %v", took)
	}
	select {
	case <-left:
		t.Error("said to have ended before it has")
	default:
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	<-left
}

// A child that stays behind and holds the output open is not waited for, and not
// ended either.
func TestBackgroundGoesOn(t *testing.T) {
	path := script(t, 0o755, "#!/bin/sh", "sleep 1000 & echo $!")
	r := Run(within(t, 20*time.Second), Program{Argv: []string{path}, OutputLimit: 100})
	if r.Err != nil || r.Killed || r.Took > 5*time.Second {
		t.Errorf("%+v", r)
	}
	var pid int
	if _, err := fmt.Sscan(r.Output, &pid); err != nil {
		t.Fatalf("output %q: %v", r.Output, err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Errorf("the child has not gone on: %v", err)
	}
}

func TestSignalIsSaid(t *testing.T) {
	r := Run(t.Context(), Program{Argv: []string{"/bin/sh", "-c", "kill -KILL $$"}})
	if r.Exit != -1 || r.Killed || r.Err == nil || r.Err.Error() != "signal: killed" {
		t.Errorf("%+v", r)
	}
}

func TestRightsOfAnotherUser(t *testing.T) {
	needRoot(t)
	path := script(t, 0o755, "#!/bin/sh", "id -u; id -g; id -G; echo $HOME; touch "+filepath.Join("/", "hactl-test-must-not-be-here"))
	for _, name := range []string{"nobody", "65534"} {
		r := Run(t.Context(), Program{Argv: []string{path}, User: name, OutputLimit: 1000})
		if want := "65534\n65534\n65534\n/nonexistent\ntouch: "; !strings.HasPrefix(r.Output, want) || r.Exit != 1 {
			t.Errorf("%+v, want %q", r, want)
		}
	}
}
