package changeover

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"hactl/agent/upgrade"
	"hactl/schemas/plan"
)

// folder has an old binary at "nginx" and a release at "source".
type folder struct {
	t        *testing.T
	dir      string
	old, new string // their hashes
}

func newFolder(t *testing.T, dir string) *folder {
	f := &folder{t: t, dir: dir}
	f.old = f.write("nginx", "the old one", 0o755)
	f.new = f.write("source", strings.Repeat("the new one", 10000), 0o700)
	return f
}

func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

// write writes a file, and returns its hash.
func (f *folder) write(name, text string, mode os.FileMode) string {
	f.t.Helper()
	f.must(os.WriteFile(f.path(name), []byte(text), mode))
	f.must(os.Chmod(f.path(name), mode))
	sha256, err := hash(f.path(name))
	f.must(err)
	return sha256
}

func (f *folder) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// holds checks that the folder has these files, and what is at the binary's path.
func (f *folder) holds(sha256 string, want ...string) {
	f.t.Helper()
	f.must(expect(f.path("nginx"), sha256))
	entries, err := os.ReadDir(f.dir)
	f.must(err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if !slices.Equal(names, want) {
		f.t.Errorf("left %q, want %q", names, want)
	}
}

func (f *folder) keep() error {
	return keep(upgrade.Keep{Path: f.path("nginx"), Backup: f.path("nginx.1.hactl"), SHA256: f.old})
}

func (f *folder) install() error {
	return install(f.t.Context(), upgrade.Install{Source: f.path("source"), Path: f.path("nginx"), SHA256: f.new})
}

func (f *folder) putBack() error {
	return putBack(upgrade.PutBack{Path: f.path("nginx"), Backup: f.path("nginx.1.hactl"), SHA256: f.old})
}

// Each act may be done twice, and half of it may have been.
func TestThereAndBack(t *testing.T) {
	f := newFolder(t, t.TempDir())
	f.must(f.keep())
	f.must(f.keep())
	f.holds(f.old, "nginx", "nginx.1.hactl", "source")
	f.write("nginx"+unfinished, "half of the new o", 0o600)
	f.must(f.install())
	f.must(f.install())
	f.holds(f.new, "nginx", "nginx.1.hactl", "source")
	f.write("nginx"+unfinished, "half of the new o", 0o600)
	f.must(f.putBack())
	f.must(f.putBack())
	f.holds(f.old, "nginx", "source")
	f.must(f.keep())
	f.must(f.putBack())
	f.holds(f.old, "nginx", "source")
}

// The release takes the place of the old binary, and its owner, mode, attributes and
// capabilities.
func TestInstallKeepsWhatBelongsToThePath(t *testing.T) {
	f := newFolder(t, t.TempDir())
	f.must(os.Chmod(f.path("nginx"), 0o2751))
	if os.Chown(f.path("nginx"), 7, 8) != nil {
		t.Skip("needs root of the machine itself")
	}
	f.must(os.Chmod(f.path("nginx"), 0o2751|os.ModeSetgid))
	// A set of capabilities in its second form: CAP_NET_BIND_SERVICE, permitted.
	bind := []byte{0, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	attributes := map[string][]byte{"security.capability": bind, "user.note": []byte("ours")}
	for name, value := range attributes {
		if err := unix.Setxattr(f.path("nginx"), name, value, 0); err != nil {
			t.Skipf("needs extended attributes: %s: %v", name, err)
		}
	}
	f.must(f.install())
	var info unix.Stat_t
	f.must(unix.Stat(f.path("nginx"), &info))
	if info.Uid != 7 || info.Gid != 8 || info.Mode&0o7777 != 0o2751 {
		t.Errorf("owner %d:%d, mode %o", info.Uid, info.Gid, info.Mode)
	}
	for name, want := range attributes {
		got := make([]byte, 100)
		n, err := unix.Getxattr(f.path("nginx"), name, got)
		if err != nil || !bytes.Equal(got[:n], want) {
			t.Errorf("%s: %x, %v, want %x", name, got[:max(n, 0)], err, want)
		}
	}
}

// What is not what was meant is not touched.
func TestAnotherFileIsRefused(t *testing.T) {
	f := newFolder(t, t.TempDir())
	f.write("nginx.1.hactl", "something else", 0o755)
	refused := func(err error, want string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	refused(f.keep(), "nginx.1.hactl is another file than it was: its sha256 is ")
	f.write("source", "half of the new o", 0o755)
	refused(f.install(), "nginx.hactl-new is another file than it was")
	f.holds(f.old, "nginx", "nginx.1.hactl", "source")
	f.write("nginx", "a package has replaced it", 0o755)
	refused(f.keep(), "nginx is another file than it was")
	refused(f.putBack(), "nginx.1.hactl is another file than it was")
}

// A copy that takes too long is given up, and leaves nothing.
func TestCopyIsGivenUp(t *testing.T) {
	f := newFolder(t, t.TempDir())
	ctx, stop := context.WithCancelCause(t.Context())
	stop(errors.New("it takes longer than 30s"))
	err := install(ctx, upgrade.Install{Source: f.path("source"), Path: f.path("nginx"), SHA256: f.new})
	if err == nil || err.Error() != "copy "+f.path("source")+": it takes longer than 30s" {
		t.Errorf("%v", err)
	}
	f.holds(f.old, "nginx", "source")
}

// On a full disk nothing changes, and the way back needs no space.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("needs to mount a small file system: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	f := &folder{t: t, dir: dir}
	f.old = f.write("nginx", "the old one", 0o755)
	outside := newFolder(t, t.TempDir())
	f.must(f.keep())
	err := install(t.Context(), upgrade.Install{Source: outside.path("source"), Path: f.path("nginx"), SHA256: outside.new})
	if !errors.Is(err, unix.ENOSPC) {
		t.Errorf("%v, want %v", err, unix.ENOSPC)
	}
	_ = os.WriteFile(f.path("rest"), make([]byte, 1<<20), 0o600) // as much as fits
	f.must(f.putBack())
	f.must(os.Remove(f.path("rest")))
	f.holds(f.old, "nginx")
}

// A record is replaced whole, and one that nobody wrote stops everything.
func TestRecordInItsFile(t *testing.T) {
	f := newFolder(t, t.TempDir())
	path := f.path("record")
	if r, err := loadRecord(path); r != nil || err != nil {
		t.Errorf("%v, %v of no file", r, err)
	}
	want := upgrade.Record{
		Upgrade: plan.Upgrade{Nginx: &plan.NginxStrategy{Binary: "/b", PIDFile: "/p", WorkerTimeout: 1}}, Stage: upgrade.Start,
		Old: plan.Build{Source: "/o", SHA256: f.old}, New: plan.Build{Source: "/n", SHA256: f.new}, Master: upgrade.Process{PID: 1},
	}
	for _, stage := range []upgrade.Stage{upgrade.Start, upgrade.Retire} {
		want.Stage = stage
		f.must(saveRecord(path, want))
		if r, err := loadRecord(path); err != nil || r.Stage != stage {
			t.Errorf("%v, %v", r, err)
		}
	}
	f.holds(f.old, "nginx", "record", "source")
	f.must(os.WriteFile(path, []byte("{"), 0o600))
	r := NewRunner(plan.Upgrade{}, path, nil, nil)
	if _, err := r.Run(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "resume an upgrade: "+path+": decode the record") || !strings.HasSuffix(err.Error(), "; look at both masters, then remove it") {
		t.Errorf("%v", err)
	}
	f.must(os.Remove(path)) // as that text says
	r.Resume = true
	if o, err := r.Run(t.Context()); err != nil || o.Verdict != upgrade.Stuck {
		t.Errorf("%v, %v", o, err)
	}
	if err := saveRecord(f.path("absent/record"), want); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// A record has commands that root runs: where others could have written it, it is not
// believed.
func TestRecordsAreGuarded(t *testing.T) {
	f := newFolder(t, t.TempDir())
	f.must(saveRecord(f.path("nginx.record"), upgrade.Record{
		Upgrade: plan.Upgrade{Exec: &plan.ExecStrategy{Binary: "/b", Apply: []string{"/bin/a"}, Rollback: []string{"/bin/r"}, Timeout: 1}},
		Stage:   upgrade.Replace, Old: plan.Build{SHA256: f.old}, New: plan.Build{SHA256: f.new},
	}))
	if _, err := loadRecord(f.path("nginx.record")); err != nil {
		t.Error(err)
	}
	for _, path := range []string{f.path("nginx.record"), f.dir} {
		info, err := os.Stat(path)
		f.must(err)
		f.must(os.Chmod(path, info.Mode()|0o002))
		want := "it is not believed: " + path + " can be written by everybody"
		if r, err := loadRecord(f.path("nginx.record")); r != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, %v, want %s", r, err, want)
		}
		if found, _ := NewHost(f.dir).Records(); found["nginx"] != nil {
			t.Errorf("others could write %s, and it was found", path)
		}
		f.must(os.Chmod(path, info.Mode()))
	}
}

// What has ended is cleared away: after a commit the backup before, and the record.
func TestClear(t *testing.T) {
	for verdict, left := range map[upgrade.Verdict][]string{
		upgrade.Committed: {"nginx", "source"},
		upgrade.Stuck:     {"nginx", "nginx.0.hactl", "source"},
	} {
		f := newFolder(t, t.TempDir())
		f.write("nginx.0.hactl", "the one before", 0o755)
		f.must(saveRecord(f.path("nginx.record"), upgrade.Record{
			Upgrade: plan.Upgrade{Nginx: &plan.NginxStrategy{Binary: f.path("nginx"), PIDFile: f.path("pid"), WorkerTimeout: 1}}, Stage: upgrade.Start,
			Old: plan.Build{Source: "/o", SHA256: f.old}, New: plan.Build{Source: "/n", SHA256: f.new}, Master: upgrade.Process{PID: 1},
			Spare: f.path("nginx.0.hactl"),
		}))
		for range 2 {
			f.must(NewHost(f.dir).Clear("nginx", upgrade.Outcome{Verdict: verdict}))
		}
		f.holds(f.old, left...)
	}
}

// A file that somebody could write to cannot be executed, and is not put in place.
func TestReleased(t *testing.T) {
	f := newFolder(t, t.TempDir())
	w, err := os.OpenFile(f.path("source"), os.O_WRONLY, 0)
	f.must(err)
	ctx, stop := context.WithTimeoutCause(t.Context(), 20*time.Millisecond, errors.New("its time is over"))
	defer stop()
	want := "somebody has " + f.path("source") + " open to write: its time is over"
	if err := released(ctx, f.path("source")); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	f.must(w.Close())
	f.must(released(t.Context(), f.path("source")))
}

// A record that cannot be removed is told of by the run: another one is not to go on with it.
func TestRecordStays(t *testing.T) {
	f := newFolder(t, t.TempDir())
	f.must(os.MkdirAll(f.path("nginx.record/full"), 0o700)) // nobody removes that
	u := plan.Upgrade{Nginx: &plan.NginxStrategy{Binary: f.path("nginx"), PIDFile: f.path("pid")}}
	w := &work{Runner: NewRunner(u, f.path("nginx.record"), nil, nil), machine: upgrade.New(u, Patience)}
	w.finish(upgrade.Finish{Outcome: upgrade.Outcome{Verdict: upgrade.Refused}})
	if !errors.Is(w.unsaid, unix.ENOTEMPTY) {
		t.Errorf("it fails with %v", w.unsaid)
	}
}
