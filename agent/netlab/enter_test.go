package netlab

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestEnterWithoutRoot runs the package's lab tests as an ordinary user.
func TestEnterWithoutRoot(t *testing.T) {
	if os.Getuid() != 0 || os.Getenv(entered) != "" {
		t.Skip("needs root, to become somebody else")
	}
	program, err := copyOfTheTests(t)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run=TestHostsHave|TestUnplugged|TestProcessLives|TestEveryAddress", "-test.v")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if bytes.Contains(out, []byte("--- SKIP")) {
		t.Skipf("an ordinary user has no namespaces here:\n%s", out)
	}
	if err != nil || bytes.Count(out, []byte("--- PASS: Test")) != 4 {
		t.Errorf("as an ordinary user: %v, want four tests to pass\n%s", err, out)
	}
}

// copyOfTheTests puts this program where everybody may run it.
func copyOfTheTests(t *testing.T) (string, error) {
	dir, err := os.MkdirTemp("", "netlab")
	if err != nil {
		return "", err
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	program, err := os.ReadFile(self)
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	return dir + "/tests", os.WriteFile(dir+"/tests", program, 0o755)
}

func TestMissingNamesTheCapability(t *testing.T) {
	tests := map[error]string{unix.EINVAL: "CONFIG_USER_NS", unix.EPERM: "CAP_SYS_ADMIN", unix.ENOSPC: "make namespaces: no space"}
	for _, s := range switches {
		if b, _ := os.ReadFile("/proc/sys/" + strings.ReplaceAll(s.name, ".", "/")); strings.TrimSpace(string(b)) == s.off {
			t.Skipf("%s is off here, and would be named", s.name)
		}
	}
	for err, want := range tests {
		if got := missing(err).Error(); !strings.Contains(got, want) {
			t.Errorf("%v: %q does not name %s", err, got, want)
		}
	}
}

func TestExitCode(t *testing.T) {
	tests := map[string]int{"exit 0": 0, "exit 3": 3, "kill -TERM $$": 143}
	for script, want := range tests {
		if got, err := exitCode(exec.Command("sh", "-c", script).Run()); got != want || err != nil {
			t.Errorf("%s: %d (%v), want %d", script, got, err, want)
		}
	}
	if _, err := exitCode(os.ErrClosed); err == nil {
		t.Error("an error that is no exit code was swallowed")
	}
}
