package track

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"hactl/schemas/plan"
)

// needRoot skips a test that only root of the whole machine can run.
func needRoot(t *testing.T) {
	t.Helper()
	users, _ := os.ReadFile("/proc/self/uid_map")
	if os.Geteuid() != 0 || len(strings.Fields(string(users))) != 3 || strings.Fields(string(users))[2] != "4294967295" {
		t.Skip("needs root of the machine itself")
	}
}

// shell writes an executable shell script into a folder that everybody may
// enter.
func shell(t *testing.T, lines ...string) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "script")
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+strings.Join(lines, "\n")+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// run is a check that runs a program with this process's own rights.
func run(argv ...string) plan.Check {
	return plan.Check{Exec: &plan.ExecProbe{Command: argv, User: fmt.Sprint(os.Geteuid())}}
}

func TestExec(t *testing.T) {
	says(t, []probeCase{
		{"exit status 0", run(shell(t, "exit 0")), ""},
		{"exit status 3", run(shell(t, "exit 3")), "exit status 3"},
		{"its last line is told", run(shell(t, "echo one; echo 'queue is full' >&2; echo; exit 1")), "exit status 1: queue is full"},
		{"words of its own", run(shell(t, `test "$HACTL_CHECK at $HACTL_HOST, $COLOUR" = "web at lb01, red"`)), "exit status 1"},
		{"missing", run("/nowhere/script"), "/nowhere does not exist"},
	})
	c := run(shell(t, `test "$HACTL_CHECK at $HACTL_HOST, $COLOUR" = "web at lb01, red"`))
	c.Exec.Environment = map[string]string{"COLOUR": "red", "HACTL_HOST": "lb99"}
	if cause, _ := look(t, c, 2*time.Second); cause != "" {
		t.Errorf("environment: %s", cause)
	}
	c.Exec.User = "nobody-of-that-name"
	if cause, _ := look(t, c, 2*time.Second); cause != "user nobody-of-that-name does not exist on this host" {
		t.Errorf("unknown user: %s", cause)
	}
}

// A script that ignores SIGTERM and has started others is ended with them.
func TestExecTimeout(t *testing.T) {
	left := filepath.Join(t.TempDir(), "pid")
	c := run(shell(t, "trap '' TERM", "sleep 1000 & echo $! >"+left, "echo 'still at it'", "while :; do sleep 1000; done"))
	begun := time.Now()
	cause, output := look(t, c, 300*time.Millisecond)
	if !strings.HasPrefix(cause, "still running after ") || output != "still at it\n" {
		t.Errorf("says %q, output %q", cause, output)
	}
	if took := time.Since(begun); took > 300*time.Millisecond+slack {
		t.Errorf("took %v", took)
	}
	pid, err := os.ReadFile(left)
	if err != nil {
		t.Fatal(err)
	}
	number := 0
	fmt.Sscan(string(pid), &number)
	for end := time.Now().Add(5 * time.Second); runs(number); <-time.After(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("its child %d is still there", number)
		}
	}
}

// 10 MiB of output hold nothing up; the end of it is kept.
func TestExecOutput(t *testing.T) {
	c := run(shell(t, "head -c 10485760 /dev/zero | tr '\\0' x", "echo; echo 'the end'; exit 1"))
	cause, output := look(t, c, 10*time.Second)
	if cause != "exit status 1: the end" || len(output) != maxOutput || !strings.HasSuffix(output, "xxx\nthe end\n") {
		t.Errorf("says %q, %d bytes", cause, len(output))
	}
}

func TestExecRights(t *testing.T) {
	needRoot(t)
	as := func(user, path string) plan.Check {
		return plan.Check{Exec: &plan.ExecProbe{Command: []string{path}, User: user}}
	}
	secret, open := shell(t, "exit 0"), shell(t, "exit 0")
	for path, mode := range map[string]fs.FileMode{secret: 0o700, open: 0o777} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	says(t, []probeCase{
		{"unprivileged", as("nobody", shell(t, "test $(id -u) != 0 && test $(id -G) = $(id -g)")), ""},
		{"not for nobody", as("nobody", secret), "user nobody may not execute " + secret},
		{"writable by all, as root", as("root", open), open + " can be written by everybody"},
		{"writable by all, as nobody", as("nobody", open), ""},
		{"kill -0", as("nobody", shell(t, "kill -0 1")), "missing rights, it seems, of user nobody: exit status"},
	})
}

func TestFileRights(t *testing.T) {
	if os.Geteuid() == 0 {
		if err := cause(&fs.PathError{Op: "open", Path: "/x", Err: unix.EACCES}); err != "missing rights: open /x: permission denied" {
			t.Errorf("says %q", err)
		}
		return
	}
	path := filepath.Join(t.TempDir(), "x")
	write(t, path, "5")
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	says(t, []probeCase{{"number", plan.Check{File: &plan.FileProbe{Path: path, Expect: plan.Number}}, "missing rights: open " + path}})
}

// sleeper starts a process of a program called name, which finds argv0 as its
// first argument.
func sleeper(t *testing.T, name, argv0 string) (*exec.Cmd, string) {
	t.Helper()
	tool, err := exec.LookPath("sleep")
	if err != nil {
		t.Skip("needs sleep")
	}
	data, err := os.ReadFile(tool)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "1000")
	cmd.Args[0] = argv0
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd, path
}

func TestProcess(t *testing.T) {
	cmd, path := sleeper(t, "hactl-test-sleeper", "sleeper: main")
	_, _ = sleeper(t, "hactl-test-box", "/usr/bin/hactl-test-sleeper") // one of many in one file
	ended, _ := sleeper(t, "hactl-test-ended", "hactl-test-ended")
	_ = ended.Process.Kill() // not waited for: a zombie has ended
	for end := time.Now().Add(5 * time.Second); runs(ended.Process.Pid); <-time.After(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not end")
		}
	}
	dir := t.TempDir()
	file := func(name, text string) string { write(t, dir+"/"+name, text); return dir + "/" + name }
	named := func(name string, n int) plan.Check {
		return plan.Check{Process: &plan.ProcessProbe{Name: name, Minimum: n}}
	}
	from := func(path string) plan.Check {
		return plan.Check{Process: &plan.ProcessProbe{PIDFile: path, Minimum: 1}}
	}
	says(t, []probeCase{
		{"two of two", named("hactl-test-sleeper", 2), ""},
		{"two of three", named("hactl-test-sleeper", 3), "2 processes called hactl-test-sleeper run, and 3 are needed"},
		{"none", named("hactl-test-nothing", 1), "0 processes called hactl-test-nothing run, and 1 are needed"},
		{"zombie", named("hactl-test-ended", 1), "0 processes"},
		{"pid file", from(file("pid", fmt.Sprintf("%d\n", cmd.Process.Pid))), ""},
		{"stale pid file", from(file("stale", "4194304\n")), "process 4194304 of " + dir + "/stale does not run"},
		{"zombie's pid file", from(file("zombie", fmt.Sprint(ended.Process.Pid))), "does not run"},
		{"odd pid file", from(file("odd", "nginx\n")), dir + `/odd holds no process number but "nginx"`},
		{"no pid file", from(dir + "/x"), dir + "/x does not exist"},
	})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if cause, _ := look(t, named("hactl-test-sleeper", 2), time.Second); cause != "" {
		t.Errorf("its file was replaced while it runs: %s", cause)
	}
}

// An agent whose rights are bounded, as those of a service are, may not know which
// file a process executes that has more. It goes by the name that the kernel shows.
func TestProcessOfMoreRights(t *testing.T) {
	needRoot(t)
	cmd, _ := sleeper(t, "hactl-test-powerful", "powerful: main")
	count := func(name string) int {
		found, err := newProcessProbe(plan.ProcessProbe{Name: name, Minimum: 2}).find()
		if err != nil {
			t.Error(err)
		}
		return len(found)
	}
	done := make(chan struct{})
	go func() { // on a thread of its own, which ends with it
		defer close(done)
		runtime.LockOSThread()
		const nobody, same = 65534, ^uintptr(0)
		if _, _, err := syscall.RawSyscall(syscall.SYS_SETRESUID, same, nobody, same); err != 0 {
			t.Error(err)
			return
		}
		if _, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", cmd.Process.Pid)); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("its file can be known: %v", err)
		}
		if n := count("hactl-test-powerful"); n != 1 {
			t.Errorf("%d processes called hactl-test-powerful, want 1", n)
		}
		if n := count("hactl-test"); n != 0 {
			t.Errorf("%d processes called hactl-test, want 0", n)
		}
	}()
	<-done
}

// The end of a process is heard of at once, not at the next run.
func TestProcessEndIsHeard(t *testing.T) {
	cmd, _ := sleeper(t, "hactl-test-heard", "x")
	before := pidfds(t)
	c := plan.Check{
		Name: "web", Interval: 60_000, Timeout: 1000, Fall: 1, Rise: 1, Initial: plan.Unknown,
		Process: &plan.ProcessProbe{Name: "hactl-test-heard", Minimum: 1},
	}
	reports := make(chan Report, 10)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		NewRunner(c, "lb01", 0, 0, func(r Report) { reports <- r }).Run(ctx)
		close(done)
	}()
	next := func() Report {
		select {
		case r := <-reports:
			return r
		case <-time.After(5 * time.Second):
			t.Fatal("nothing is told")
			return Report{}
		}
	}
	if r := next(); r.Cause != "" {
		t.Fatal(r.Cause)
	}
	_ = cmd.Process.Kill()
	if r := next(); !r.Changed || r.Cause != "0 processes called hactl-test-heard run, and 1 are needed" {
		t.Errorf("%+v", r)
	}
	_, _ = sleeper(t, "hactl-test-heard", "x")
	stop()
	<-done
	if after := pidfds(t); after > before+1 { // the second sleeper's
		t.Errorf("%d pidfds are left behind", after-before-1)
	}
}

// pidfds counts those that this process has.
func pidfds(t *testing.T) int {
	t.Helper()
	links, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, l := range links {
		if to, _ := os.Readlink(l); to == "anon_inode:[pidfd]" {
			n++
		}
	}
	return n
}

// A pipe that nobody writes to is no number, and does not hold the check up.
func TestFileIsPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	cause, _ := look(t, plan.Check{File: &plan.FileProbe{Path: path, Expect: plan.Number}}, 100*time.Millisecond)
	if cause != path+` holds no whole number but ""` {
		t.Errorf("says %q", cause)
	}
}

func TestPing(t *testing.T) {
	if cause, _ := look(t, plan.Check{Ping: &plan.PingProbe{Address: "127.0.0.1"}}, time.Second); strings.Contains(cause, "CAP_NET_RAW is missing") {
		t.Skip(cause)
	}
	ping := func(a string) plan.Check { return plan.Check{Ping: &plan.PingProbe{Address: a}} }
	cases := []probeCase{
		{"ipv4", ping("127.0.0.1"), ""},
		{"another address of lo", ping("127.0.0.2"), ""},
	}
	if _, err := os.Stat("/proc/net/if_inet6"); err == nil {
		cases = append(cases, probeCase{"ipv6", ping("::1"), ""})
	}
	says(t, cases)
}
