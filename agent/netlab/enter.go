package netlab

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// entered is set in the environment of a process that Enter has started, so
// that it does not start another one.
const entered = "HACTL_NETLAB_ENTERED"

// Enter makes this process able to make namespaces. For root it is. For an
// ordinary user Enter runs this program again, with the same arguments, as root
// of a new user namespace, ends this process with the other one's exit code and
// does not return. To be called first in main or TestMain.
//
// An error names what the machine does not allow, and how to allow it.
func Enter() error {
	err := tryNamespace()
	if err == nil {
		return nil
	}
	if os.Getenv(entered) != "" {
		return missing(err)
	}
	code, err := again()
	if err != nil {
		return missing(err)
	}
	os.Exit(code)
	return nil
}

// tests is what Main needs of a *testing.M.
type tests interface{ Run() int }

// skipper is what Need needs of a testing.TB.
type skipper interface {
	Helper()
	Skipf(format string, args ...any)
}

// errAbsent is why Main could not Enter; nil when it could.
var errAbsent = errors.New("netlab.Main was not called by TestMain")

// Main runs the tests in a process that can make namespaces, if there can be
// one; the tests that Need it skip otherwise. It returns the exit code.
func Main(m tests) int {
	errAbsent = Enter()
	return m.Run()
}

// Need skips the test t, naming the missing capability, when namespaces cannot
// be made.
func Need(t skipper) {
	t.Helper()
	if errAbsent != nil {
		t.Skipf("needs network namespaces: %v", errAbsent)
	}
}

// tryNamespace makes a network namespace on a thread of its own and drops both.
func tryNamespace() error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends here
		done <- unix.Unshare(unix.CLONE_NEWNET)
	}()
	return <-done
}

// again runs this program once more, as root of a new user namespace.
func again() (code int, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, fmt.Errorf("find own program: %w", err)
	}
	cmd := exec.Command(self)
	cmd.Args = os.Args
	cmd.Env = append(os.Environ(), entered+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
		Pdeathsig:   syscall.SIGKILL,
	}
	// The death signal is the thread's: this goroutine keeps its thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	forwardSignals(cmd.Process)
	return exitCode(cmd.Wait())
}

// forwardSignals passes on what asks this process to end. An interrupt from the
// terminal reaches the other one twice: a second one must not mean more.
func forwardSignals(p *os.Process) {
	signal.Ignore(syscall.SIGQUIT)
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		for s := range ends {
			_ = p.Signal(s)
		}
	}()
}

// exitCode is the shell's: 128 and the signal for a process that was killed.
func exitCode(err error) (int, error) {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 0, err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return exit.ExitCode(), nil
}

// switches are the settings that take user namespaces away, with the value that
// does so.
var switches = []struct{ name, off string }{
	{"kernel.unprivileged_userns_clone", "0"},
	{"kernel.apparmor_restrict_unprivileged_userns", "1"},
	{"user.max_user_namespaces", "0"},
	{"user.max_net_namespaces", "0"},
}

// missing names what took away the ability to make namespaces.
func missing(err error) error {
	for _, s := range switches {
		file := "/proc/sys/" + strings.ReplaceAll(s.name, ".", "/")
		if b, _ := os.ReadFile(file); strings.TrimSpace(string(b)) == s.off {
			return fmt.Errorf("user namespaces are switched off (sysctl %s = %s) and this is not root: %w", s.name, s.off, err)
		}
	}
	switch {
	case errors.Is(err, unix.EINVAL):
		return fmt.Errorf("the kernel has no user or network namespaces (CONFIG_USER_NS, CONFIG_NET_NS): %w", err)
	case errors.Is(err, unix.EPERM):
		return fmt.Errorf("CAP_SYS_ADMIN is missing, and something forbids user namespaces (a container's seccomp profile, a security module): %w", err)
	}
	return fmt.Errorf("make namespaces: %w", err)
}
