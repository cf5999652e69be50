package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

// watching is a Watch of lb01 that reads the file whenever it is told to.
type watching struct {
	dir  *Dir
	seen chan string // contents; "" when there is no file
}

// startWatch watches lb01's plan below path, with nothing but inotify to tell.
func startWatch(t *testing.T, path string) *watching {
	t.Helper()
	d := openDir(t, path)
	d.poll = time.Hour
	w := &watching{dir: d, seen: make(chan string, 1000)}
	w.start(t)
	return w
}

func (w *watching) start(t *testing.T) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		ended <- w.dir.Watch(ctx, "lb01", func() {
			data, _ := os.ReadFile(w.dir.file(plans, "lb01"))
			w.seen <- string(data)
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Watch returned %v", err)
		}
		goleak.VerifyNone(t, before)
	})
}

// until waits for a call in which the file reads as want.
func (w *watching) until(t *testing.T, want string) {
	t.Helper()
	var got []string
	for end := time.After(time.Minute); ; {
		select {
		case now := <-w.seen:
			if now == want {
				return
			}
			got = append(got, now)
		case <-end:
			t.Fatalf("not told of %q within a minute; told of %q", want, got)
		}
	}
}

// put writes a file by rename, as everybody should, with its folders.
func put(t *testing.T, path, text string) {
	t.Helper()
	check(t, os.MkdirAll(filepath.Dir(path), 0o755))
	check(t, os.WriteFile(path+".new", []byte(text), 0o644))
	check(t, os.Rename(path+".new", path))
}

func TestWatchIsToldAtOnce(t *testing.T) {
	path := t.TempDir()
	put(t, path+"/plans/lb01.json", "one")
	startWatch(t, path).until(t, "one")
}

func TestWatch(t *testing.T) {
	file := func(root string) string { return root + "/lib/hactl/plans/lb01.json" }
	cases := []struct {
		name   string
		before func(t *testing.T, root string)
		change func(t *testing.T, root string, see func(string))
	}{
		{"renamed into place", func(t *testing.T, root string) { put(t, file(root), "one") },
			func(t *testing.T, root string, see func(string)) {
				put(t, file(root), "two")
				see("two")
				put(t, file(root), "three")
				see("three")
			}},
		{"written in place", func(t *testing.T, root string) { put(t, file(root), "one") },
			func(t *testing.T, root string, see func(string)) {
				check(t, os.WriteFile(file(root), []byte("two"), 0o600))
				see("two")
			}},
		{"removed and made again", func(t *testing.T, root string) { put(t, file(root), "one") },
			func(t *testing.T, root string, see func(string)) {
				check(t, os.Remove(file(root)))
				see("")
				put(t, file(root), "two")
				see("two")
			}},
		{"nothing there, parents included", func(t *testing.T, root string) {},
			func(t *testing.T, root string, see func(string)) {
				put(t, file(root), "one")
				see("one")
				put(t, file(root), "two")
				see("two")
			}},
		{"parents appear one by one", func(t *testing.T, root string) {},
			func(t *testing.T, root string, see func(string)) {
				for _, dir := range []string{"/lib", "/lib/hactl", "/lib/hactl/plans"} {
					check(t, os.Mkdir(root+dir, 0o755))
					see("")
				}
				put(t, file(root), "one")
				see("one")
			}},
		{"folder removed and made again", func(t *testing.T, root string) { put(t, file(root), "one") },
			func(t *testing.T, root string, see func(string)) {
				check(t, os.RemoveAll(root+"/lib"))
				see("")
				put(t, file(root), "two")
				see("two")
			}},
		{"folder renamed and another in its place", func(t *testing.T, root string) { put(t, file(root), "one") },
			func(t *testing.T, root string, see func(string)) {
				check(t, os.Rename(root+"/lib", root+"/old"))
				see("")
				put(t, file(root), "two")
				see("two")
				put(t, root+"/old/hactl/plans/lb01.json", "stray")
				put(t, file(root), "three")
				see("three")
			}},
		{"folder renamed into place with all that is in it", func(t *testing.T, root string) { put(t, root+"/new/hactl/plans/lb01.json", "one") },
			func(t *testing.T, root string, see func(string)) {
				see("")
				check(t, os.Rename(root+"/new", root+"/lib"))
				see("one")
			}},
		{"symbolic link to another folder set anew", func(t *testing.T, root string) {
			put(t, root+"/blue/plans/lb01.json", "blue")
			put(t, root+"/green/plans/lb01.json", "green")
			check(t, os.Mkdir(root+"/lib", 0o755))
			check(t, os.Symlink("../blue", root+"/lib/hactl"))
		},
			func(t *testing.T, root string, see func(string)) {
				see("blue")
				relink(t, "../green", root+"/lib/hactl")
				see("green")
				put(t, root+"/green/plans/lb01.json", "greener")
				see("greener")
				check(t, os.Remove(root+"/lib/hactl"))
				see("")
				check(t, os.Symlink(root+"/blue", root+"/lib/hactl"))
				see("blue")
			}},
		{"as Kubernetes mounts a ConfigMap", func(t *testing.T, root string) {
			put(t, root+"/lib/hactl/plans/..v1/lb01.json", "one")
			check(t, os.Symlink("..v1", root+"/lib/hactl/plans/..data"))
			check(t, os.Symlink("..data/lb01.json", file(root)))
		},
			func(t *testing.T, root string, see func(string)) {
				see("one")
				put(t, root+"/lib/hactl/plans/..v2/lb01.json", "two")
				relink(t, "..v2", root+"/lib/hactl/plans/..data")
				see("two")
				check(t, os.RemoveAll(root+"/lib/hactl/plans/..v1"))
				put(t, root+"/lib/hactl/plans/..v3/lb01.json", "three")
				relink(t, "..v3", root+"/lib/hactl/plans/..data")
				see("three")
			}},
		{"link that leads nowhere yet", func(t *testing.T, root string) {
			check(t, os.MkdirAll(root+"/lib/hactl/plans", 0o755))
			check(t, os.Symlink(root+"/far/away/lb01.json", file(root)))
		},
			func(t *testing.T, root string, see func(string)) {
				see("")
				put(t, root+"/far/away/lb01.json", "one")
				see("one")
			}},
		{"links in a circle", func(t *testing.T, root string) {
			check(t, os.Symlink("lib2", root+"/lib"))
			check(t, os.Symlink("lib", root+"/lib2"))
		},
			func(t *testing.T, root string, see func(string)) {
				see("")
				check(t, os.Remove(root+"/lib"))
				put(t, file(root), "one")
				see("one")
			}},
		{"a file where a folder should be", func(t *testing.T, root string) { put(t, root+"/lib", "") },
			func(t *testing.T, root string, see func(string)) {
				see("")
				check(t, os.Remove(root+"/lib"))
				put(t, file(root), "one")
				see("one")
			}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			c.before(t, root)
			w := startWatch(t, root+"/lib/hactl")
			c.change(t, root, func(want string) { t.Helper(); w.until(t, want) })
		})
	}
}

// relink is ln -sfn.
func relink(t *testing.T, target, path string) {
	t.Helper()
	check(t, os.Symlink(target, path+".new"))
	check(t, os.Rename(path+".new", path))
}

// However files, folders and links come and go, the last call sees what is
// there at last. The path is root/lib/plans/lb01.json.
func TestWatchRandomWalk(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			root := t.TempDir()
			w := startWatch(t, root+"/lib")
			last := "never told"
			var done []string
			for n := range 60 {
				done = append(done, disturb(t, random, root, fmt.Sprint(n)))
				if random.IntN(3) > 0 {
					continue // the next step comes before anybody has looked
				}
				data, _ := os.ReadFile(root + "/lib/plans/lb01.json")
				if !w.settles(&last, string(data)) {
					t.Fatalf("last told of %q, and there is %q after\n%s", last, data, strings.Join(done, "\n"))
				}
			}
		})
	}
}

// settles waits until the last content told, which is kept in last, is want.
func (w *watching) settles(last *string, want string) bool {
	for end := time.After(time.Minute); ; {
		select {
		case *last = <-w.seen:
			continue
		default:
		}
		if *last == want {
			return true
		}
		select {
		case *last = <-w.seen:
		case <-end:
			return false
		}
	}
}

// disturb does one of the things that may happen below root, and says which.
// Steps that are impossible at the moment do nothing.
func disturb(t *testing.T, random *rand.Rand, root, text string) string {
	t.Helper()
	here := root + "/" + []string{"a", "b", "lib"}[random.IntN(3)]
	other := root + "/" + []string{"a", "b"}[random.IntN(2)]
	steps := []struct {
		what string
		do   func() error
	}{
		{"write into place", func() error {
			return errors.Join(os.MkdirAll(here+"/plans", 0o755), os.WriteFile(here+"/new", []byte(text), 0o600), os.Rename(here+"/new", here+"/plans/lb01.json"))
		}},
		{"write in place", func() error { return os.WriteFile(here+"/plans/lb01.json", []byte(text), 0o600) }},
		{"remove file of", func() error { return os.Remove(here + "/plans/lb01.json") }},
		{"remove", func() error { return os.RemoveAll(here) }},
		{"make", func() error { return os.Mkdir(here, 0o755) }},
		{"rename plans of", func() error {
			return errors.Join(os.RemoveAll(here+"/old"), os.Rename(here+"/plans", here+"/old"))
		}},
		{"rename away", func() error { return errors.Join(os.RemoveAll(root+"/away"), os.Rename(here, root+"/away")) }},
		{"rename back", func() error { return os.Rename(root+"/away", here) }},
		{"link lib to " + other, func() error {
			return errors.Join(os.RemoveAll(root+"/link"), os.Symlink(other, root+"/link"), os.Rename(root+"/link", root+"/lib"))
		}},
	}
	s := steps[max(0, random.IntN(len(steps)+4)-4)] // the first one most often, so that there is something to lose
	return fmt.Sprintf("%s %s (%v)", s.what, here, s.do())
}

// A burst is told a few times, and what it ends with is told.
func TestWatchCoalesces(t *testing.T) {
	path := t.TempDir()
	put(t, path+"/plans/lb01.json", "start")
	w := startWatch(t, path)
	w.until(t, "start")
	began := time.Now()
	for i := range 500 {
		put(t, path+"/plans/lb01.json", fmt.Sprint(i))
	}
	took := time.Since(began)
	calls := 0
	for end := time.After(time.Minute); ; {
		select {
		case now := <-w.seen:
			calls++
			if now != "499" {
				continue
			}
			if most := 3 + int(took/calm); calls > most {
				t.Errorf("told %d times of 500 changes in %s, want at most %d", calls, took, most)
			}
			return
		case <-end:
			t.Fatal("the last of the burst was not told")
		}
	}
}

// Others' files in the same folder are none of our business.
func TestWatchIgnoresOthers(t *testing.T) {
	path := t.TempDir()
	put(t, path+"/plans/lb01.json", "one")
	w := startWatch(t, path)
	w.until(t, "one")
	put(t, path+"/plans/lb02.json", "other")
	put(t, path+"/status/lb01.json", "other")
	put(t, path+"/plans/lb01.json", "two")
	if now := <-w.seen; now != "two" {
		t.Errorf("told of %q", now)
	}
}

// Where inotify has no room left, Watch says so once and looks by itself.
func TestWatchWithoutInotify(t *testing.T) {
	if !alone(t) {
		return
	}
	release := exhaustInotify(t)
	var log lockedBuffer
	path := t.TempDir()
	w := &watching{dir: openDir(t, path), seen: make(chan string, 1000)}
	w.dir.poll = 5 * time.Millisecond
	w.dir.Log = slog.New(slog.NewTextHandler(&log, nil))
	w.start(t)
	w.until(t, "")
	put(t, path+"/plans/lb01.json", "one")
	w.until(t, "one")
	put(t, path+"/plans/lb01.json", "two")
	w.until(t, "two")
	if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "inotify: too many open files") {
		t.Errorf("log:\n%s", text)
	}
	release()
	for i := 0; !strings.Contains(log.String(), "the file is watched again"); i++ {
		put(t, path+"/plans/lb01.json", fmt.Sprint(i))
		w.until(t, fmt.Sprint(i))
	}
}

// alone runs the calling test once more in a user namespace of its own, where
// limits are its own, and reports whether this is there.
func alone(t *testing.T) bool {
	t.Helper()
	const there = "HACTL_STORE_TEST_ALONE"
	if os.Getenv(there) != "" {
		return true
	}
	cmd := exec.Command(must(os.Executable())(t), "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), there+"=yes")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EINVAL) {
		t.Skipf("needs a user namespace: %v", err)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

// exhaustInotify uses the inotify instances of this user namespace up until
// release is called.
func exhaustInotify(t *testing.T) (release func()) {
	t.Helper()
	check(t, os.WriteFile("/proc/sys/user/max_inotify_instances", []byte("8"), 0))
	var taken []int
	for {
		fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
		if err != nil {
			break
		}
		taken = append(taken, fd)
	}
	return func() {
		for _, fd := range taken {
			check(t, unix.Close(fd))
		}
	}
}

// lockedBuffer is a bytes.Buffer for two goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

var _ io.Writer = (*lockedBuffer)(nil)

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
