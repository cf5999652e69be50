package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// built is the folder of hactl, once a test has needed the real one.
var built string

// buildOnce builds it.
var buildOnce = sync.OnceValues(func() (path string, err error) {
	if built, err = os.MkdirTemp("", "hactl-built"); err != nil {
		return "", err
	}
	path = filepath.Join(built, "hactl")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// binary returns hactl, built once for all tests that need the real one.
func binary(t *testing.T) string {
	t.Helper()
	path, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// noNamespaces is how a demo ends where namespaces cannot be made.
const noNamespaces = "cannot make network namespaces"

// Every example is compiled and run, with agents on a real kernel, and its first
// address moves and comes back. Whether it did, the demo's exit code says.
func TestDemoOfEveryExample(t *testing.T) {
	hactl := binary(t)
	folders, err := filepath.Glob("../../examples/*/main.ha.hcl")
	if err != nil || len(folders) < 5 {
		t.Fatalf("examples: %v, %v", folders, err)
	}
	t.Run("examples", func(t *testing.T) {
		for _, file := range folders {
			folder := filepath.Dir(file)
			t.Run(filepath.Base(folder), func(t *testing.T) {
				t.Parallel()
				work := t.TempDir()
				cmd := exec.Command(hactl, "demo", folder)
				cmd.Env = append(os.Environ(), "TMPDIR="+work, "NO_COLOR=1")
				out, err := cmd.CombinedOutput()
				if strings.Contains(string(out), noNamespaces) {
					t.Skipf("needs network namespaces: %s", out)
				}
				if err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				_, table, _ := strings.Cut(string(out), "What the client")
				t.Log(table)
				for _, want := range []string{": valid\n", "Order of preference", "hosts confirmed", "is Active", "replies lost"} {
					if !strings.Contains(string(out), want) {
						t.Errorf("the demo does not say %q:\n%s", want, out)
					}
				}
				empty(t, work)
			})
		}
	})
}

// A demo that is interrupted cleans up behind itself.
func TestDemoInterrupted(t *testing.T) {
	work := t.TempDir()
	ctx, stop := context.WithTimeout(context.Background(), 4*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, binary(t), "demo")
	cmd.Env = append(os.Environ(), "TMPDIR="+work)
	out := &strings.Builder{}
	cmd.Stderr = out
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	seen := make([]byte, 0, 4096)
	for buf := make([]byte, 512); !strings.Contains(string(seen), "Agents:"); {
		n, err := stdout.Read(buf)
		seen = append(seen, buf[:n]...)
		if err != nil {
			break
		}
	}
	_ = cmd.Process.Signal(syscall.SIGINT)
	_ = cmd.Wait()
	if strings.Contains(out.String(), noNamespaces) {
		t.Skipf("needs network namespaces: %s", out)
	}
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit code %d, want 130:\n%s%s", code, seen, out)
	}
	empty(t, work)
}

// empty fails unless nothing is left in a folder.
func empty(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
