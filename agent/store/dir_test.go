package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func openDir(t testing.TB, path string) *Dir {
	t.Helper()
	return must(OpenDir(path))(t)
}

// listing returns every file and folder below path with its mode.
func listing(t testing.TB, path string) string {
	t.Helper()
	var b strings.Builder
	check(t, filepath.WalkDir(path, func(file string, e fs.DirEntry, err error) error {
		if err != nil || file == path {
			return err
		}
		info, err := e.Info()
		fmt.Fprintf(&b, "%s %s\n", info.Mode(), strings.TrimPrefix(file, path+"/"))
		return err
	}))
	return b.String()
}

func TestLayout(t *testing.T) {
	d := openDir(t, filepath.Join(t.TempDir(), "lib", "hactl"))
	ctx := t.Context()
	check(t, d.PutPlan(ctx, "lb01", document(t, "lb01", 1, 100)))
	check(t, d.PutStatus("lb01", words("{}\n")))
	check(t, d.SaveGood("lb01", document(t, "lb01", 1, 100)))
	check(t, d.PutRollout(ctx, rollout("a"), ""))
	same(t, "what is in the folder", `drwxr-xr-x lib
drwxr-xr-x lib/hactl
drwx------ lib/hactl/plans
-rw------- lib/hactl/plans/lb01.json
-rw-r--r-- lib/hactl/rollout.json
drwx------ lib/hactl/state
-rw------- lib/hactl/state/lb01.json
drwxr-xr-x lib/hactl/status
-rw-r--r-- lib/hactl/status/lb01.json
`, listing(t, filepath.Dir(filepath.Dir(d.Path()))))
}

func TestPlanComesBack(t *testing.T) {
	d := openDir(t, t.TempDir())
	ctx := t.Context()
	for _, priority := range []int{100, 110} {
		doc := document(t, "lb01", 2, priority)
		check(t, d.PutPlan(ctx, "lb01", doc))
		same(t, "plan", string(doc), string(must(d.Plan(ctx, "lb01"))(t)))
	}
	check(t, d.PutPlan(ctx, "lb02", document(t, "lb02", 0, 100)))
	same(t, "hosts", "[lb01 lb02]", fmt.Sprint(must(d.Hosts(ctx))(t)))
}

func TestNothingThere(t *testing.T) {
	d := openDir(t, filepath.Join(t.TempDir(), "none"))
	ctx := t.Context()
	for what, err := range map[string]error{
		"plan":   second(d.Plan(ctx, "lb01")),
		"status": second(d.Status(ctx, "lb01")),
		"good":   second(d.Good("lb01")),
	} {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %v, want fs.ErrNotExist", what, err)
		}
	}
	if hosts, err := d.Hosts(ctx); err != nil || len(hosts) > 0 {
		t.Errorf("got hosts %v and %v", hosts, err)
	}
	if r, err := d.Rollout(ctx); err != nil || r != nil {
		t.Errorf("got rollout %v and %v", r, err)
	}
	if _, err := os.Stat(d.Path()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading made the folder: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestPutPlanRefuses(t *testing.T) {
	d := openDir(t, t.TempDir())
	ctx := t.Context()
	check(t, d.PutPlan(ctx, "lb01", document(t, "lb01", 1, 100)))
	whole := document(t, "lb01", 1, 110)
	wantError(t, d.PutPlan(ctx, "lb01", whole[:len(whole)/2]), "put plan of lb01: ", "damaged plan")
	wantError(t, d.PutPlan(ctx, "lb02", whole), `put plan of lb02: it is the plan of host "lb01"`)
	wantError(t, d.PutPlan(ctx, "lb01", []byte(`{"format":9}`)), "newer format")
	same(t, "plan", string(document(t, "lb01", 1, 100)), string(must(d.Plan(ctx, "lb01"))(t)))
}

// A name can lead nowhere but into its folder.
func TestHostNames(t *testing.T) {
	d := openDir(t, t.TempDir())
	for _, host := range []string{"", ".", "..", ".hidden", "../x", "a/b", "/etc/passwd", "a\x00b", "a\nb", "\xff", strings.Repeat("a", 201)} {
		wantError(t, d.PutStatus(host, words("")), "cannot be the name of a file")
		wantError(t, second(d.Plan(t.Context(), host)), "cannot be the name of a file")
		wantError(t, d.Watch(t.Context(), host, func() {}), "cannot be the name of a file")
	}
	same(t, "what is in the folder", "", listing(t, d.Path()))
	for _, host := range []string{"lb01", "lb01.example.com", "a b", "zürich", "-F"} {
		check(t, d.PutStatus(host, words("")))
	}
}

func TestHostsAreThoseWithPlans(t *testing.T) {
	d := openDir(t, t.TempDir())
	folder := filepath.Join(d.Path(), "plans")
	check(t, os.Mkdir(folder, 0o700))
	for _, name := range []string{"lb02.json", "lb01.json", ".hactl-1.tmp", "README", ".json", "lb03.json.bak"} {
		check(t, os.WriteFile(filepath.Join(folder, name), nil, 0o600))
	}
	same(t, "hosts", "[lb01 lb02]", fmt.Sprint(must(d.Hosts(t.Context()))(t)))
}

// What is no file, or too long a one, is told and not waited for.
func TestReadOddFiles(t *testing.T) {
	d := openDir(t, t.TempDir())
	folder := filepath.Join(d.Path(), "plans")
	check(t, os.Mkdir(folder, 0o700))
	check(t, unix.Mkfifo(filepath.Join(folder, "fifo.json"), 0o600))
	check(t, os.Mkdir(filepath.Join(folder, "folder.json"), 0o700))
	check(t, os.WriteFile(filepath.Join(folder, "long.json"), nil, 0o600))
	check(t, os.Truncate(filepath.Join(folder, "long.json"), 64<<20+1))
	wantError(t, second(d.Plan(t.Context(), "fifo")), "is no file")
	wantError(t, second(d.Plan(t.Context(), "folder")), "is no file")
	wantError(t, second(d.Plan(t.Context(), "long")), "more than 67108864 bytes")
}

func TestEndedContext(t *testing.T) {
	d := openDir(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for what, err := range map[string]error{
		"put plan":    d.PutPlan(ctx, "lb01", document(t, "lb01", 0, 0)),
		"plan":        second(d.Plan(ctx, "lb01")),
		"hosts":       second(d.Hosts(ctx)),
		"put rollout": d.PutRollout(ctx, rollout("a"), ""),
		"rollout":     second(d.Rollout(ctx)),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want context.Canceled", what, err)
		}
	}
	same(t, "what is in the folder", "", listing(t, d.Path()))
}

// What stands in the way is named.
func TestFileInPlaceOfFolder(t *testing.T) {
	d := openDir(t, t.TempDir())
	check(t, os.WriteFile(filepath.Join(d.Path(), "status"), nil, 0o600))
	wantError(t, d.PutStatus("lb01", words("")), "put status of lb01: ", filepath.Join(d.Path(), "status"))
}

func TestNoRightToWrite(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("needs a user without CAP_DAC_OVERRIDE")
	}
	d := openDir(t, t.TempDir())
	check(t, d.PutPlan(t.Context(), "lb01", document(t, "lb01", 1, 100)))
	check(t, os.Chmod(filepath.Join(d.Path(), "plans"), 0o500))
	wantError(t, d.PutPlan(t.Context(), "lb01", document(t, "lb01", 1, 110)), "permission denied")
	same(t, "plan", string(document(t, "lb01", 1, 100)), string(must(d.Plan(t.Context(), "lb01"))(t)))
}

// A full disk: the write fails, the old plan stays, nothing is left behind.
func TestFullDisk(t *testing.T) {
	words := as(t, "fill", t.TempDir())
	cmd := exec.Command(words[0], words[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		t.Skip("needs CAP_SYS_ADMIN to mount a small file system")
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	same(t, "files", "plans\nplans/lb01.json\n", string(out))
}

// fill is TestFullDisk in a mount namespace of its own.
func fill(path string) error {
	if err := unix.Mount("tmpfs", path, "tmpfs", 0, "size=256k"); err != nil {
		return fmt.Errorf("mount: %w", err)
	}
	d, err := OpenDir(path)
	if err != nil {
		return err
	}
	ctx := context.Background()
	small, _ := encode("lb01", 1, 100)
	large, _ := encode("lb01", 2000, 110)
	if err := d.PutPlan(ctx, "lb01", small); err != nil {
		return err
	}
	if err := d.PutPlan(ctx, "lb01", large); !errors.Is(err, unix.ENOSPC) {
		return fmt.Errorf("large plan: %v, want no space left", err)
	}
	if now, err := d.Plan(ctx, "lb01"); err != nil || string(now) != string(small) {
		return fmt.Errorf("the small plan has gone: %v", err)
	}
	return filepath.WalkDir(path, func(file string, _ fs.DirEntry, err error) error {
		if file != path {
			fmt.Println(strings.TrimPrefix(file, path+"/"))
		}
		return err
	})
}

// A writer that is killed at any moment leaves one of its plans whole, and
// nothing that the next one does not remove.
func TestKilledWriter(t *testing.T) {
	path := t.TempDir()
	for range 10 {
		words := as(t, "write", path)
		cmd := exec.Command(words[0], words[1:]...)
		out := must(cmd.StdoutPipe())(t)
		check(t, cmd.Start())
		_, err := out.Read(make([]byte, 1)) // it has begun
		check(t, err)
		<-time.After(time.Duration(time.Now().UnixNano() % int64(5*time.Millisecond)))
		check(t, cmd.Process.Kill())
		_ = cmd.Wait()

		d := openDir(t, path)
		doc := must(d.Plan(t.Context(), "lb01"))(t)
		if err := checkPlan("lb01", doc); err != nil {
			t.Fatalf("after kill -9: %v", err)
		}
		same(t, "files", "drwx------ plans\n-rw------- plans/lb01.json\n", listing(t, path))
	}
}

func writeForever(path string) error {
	d, err := OpenDir(path)
	for priority := 100; err == nil; priority = 210 - priority {
		var doc []byte
		if doc, err = encode("lb01", 50, priority); err == nil {
			err = d.PutPlan(context.Background(), "lb01", doc)
			fmt.Println()
		}
	}
	return err
}

// A store that somebody writes to is not swept.
func TestSweepLeavesWritersAlone(t *testing.T) {
	d := openDir(t, t.TempDir())
	check(t, d.PutStatus("lb01", words("")))
	folder := filepath.Join(d.Path(), "status")
	check(t, os.WriteFile(filepath.Join(folder, ".hactl-1.tmp"), nil, 0o600))
	writer := must(os.Open(folder))(t)
	check(t, unix.Flock(int(writer.Fd()), unix.LOCK_EX))
	openDir(t, d.Path())
	if !strings.Contains(listing(t, folder), ".hactl-1.tmp") {
		t.Error("the file of a living writer was removed")
	}
	check(t, writer.Close())
	openDir(t, d.Path())
	same(t, "files", "-rw-r--r-- lb01.json\n", listing(t, folder))
}

// An agent believes no plan that others could have written; whoever only looks may
// read it.
func TestGuarded(t *testing.T) {
	d, err := OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	plans := filepath.Join(d.Path(), "plans")
	file := filepath.Join(plans, "lb01.json")
	if err := d.PutPlan(t.Context(), "lb01", document(t, "lb01", 1, 100)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path string
		mode os.FileMode
		want string // empty: it is read
	}{
		{file, 0o600, ""},
		{file, 0o602, "read plan of lb01: it is not believed: " + file + " can be written by everybody: its mode is 0602; chmod o-w " + file},
		{file, 0o600, ""},
		{plans, 0o757, "read plan of lb01: it is not believed: " + plans + " can be written by everybody: its mode is 0757; chmod o-w " + plans},
		{plans, 0o700, ""},
	} {
		if err := os.Chmod(c.path, c.mode); err != nil {
			t.Fatal(err)
		}
		for _, guarded := range []bool{false, true} {
			d.Guarded = guarded
			got := ""
			if _, err := d.Plan(t.Context(), "lb01"); err != nil {
				got = err.Error()
			}
			if want := map[bool]string{true: c.want}[guarded]; got != want {
				t.Errorf("%s with mode %04o, guarded %t: %q, want %q", filepath.Base(c.path), c.mode, guarded, got, want)
			}
		}
	}
	if _, err := d.Plan(t.Context(), "lb02"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no plan: %v", err)
	}
}

// words returns what writes s.
func words(s string) func(io.Writer) error {
	return func(to io.Writer) error { _, err := io.WriteString(to, s); return err }
}

// A report that cannot be written leaves the one before, and nothing else.
func TestPutStatusFails(t *testing.T) {
	d := openDir(t, t.TempDir())
	check(t, d.PutStatus("lb01", words("before")))
	wantError(t, d.PutStatus("lb01", func(to io.Writer) error {
		return errors.Join(words("half")(to), errors.New("no more ink"))
	}), "put status of lb01: ", "no more ink")
	same(t, "status", "before", string(must(d.Status(t.Context(), "lb01"))(t)))
	if files := must(os.ReadDir(filepath.Join(d.Path(), "status")))(t); len(files) != 1 {
		t.Errorf("got %v, want one file", files)
	}
}
