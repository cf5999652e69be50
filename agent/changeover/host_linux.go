package changeover

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hactl/agent/upgrade"
	"hactl/schemas/plan"
)

// recordEnd is how the name of a record's file ends.
const recordEnd = ".record"

// answering is how long a program may take to say its version.
const answering = 10 * time.Second

// Host carries out upgrades on this host, and keeps their records in a folder.
type Host struct {
	folder   string
	runs     executables
	versions map[string]string // what the files of a hash have said
}

// NewHost returns a host that keeps records in a folder, which need not exist until
// one is written. Nothing is looked at yet.
func NewHost(folder string) *Host {
	return &Host{folder: folder, runs: executables{}, versions: map[string]string{}}
}

// Records returns the records that other processes have left, by the name of their
// upgrade; nil for one that cannot be read, which Run tells of.
func (h *Host) Records() (map[string]*upgrade.Record, error) {
	entries, err := os.ReadDir(h.folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list the records of upgrades: %w", err)
	}
	found := map[string]*upgrade.Record{}
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), recordEnd); ok {
			found[name], _ = loadRecord(h.record(name))
		}
	}
	return found, nil
}

// record is the path of an upgrade's record.
func (h *Host) record(name string) string { return filepath.Join(h.folder, name+recordEnd) }

// Run carries out a task, as a Runner does.
func (h *Host) Run(ctx context.Context, t Task) (upgrade.Outcome, error) {
	r := NewRunner(t.Upgrade, h.record(t.Name), t.Checks, t.Tell)
	r.Patience, r.Resume = t.Patience, t.Resume
	r.Spare, r.Away, r.Busy, r.Ended, r.aborts = t.Spare, t.Away, t.Busy, t.Ended, t.Aborts
	return r.Run(ctx)
}

// Clear removes what the upgrade of a name does not need any more, which has ended so:
// its record among it, if there is one.
func (h *Host) Clear(name string, o upgrade.Outcome) error {
	r, err := loadRecord(h.record(name))
	if r == nil || err != nil {
		return err
	}
	return errors.Join(append(tidy(*r, r.Finish(o)), remove(h.record(name)))...)
}

// Look returns what is there of an upgrade's program. What it has hashed once it
// hashes again when the file is another one. It is called by one goroutine at a time.
func (h *Host) Look(ctx context.Context, u plan.Upgrade) (s Sight) {
	path := u.File()
	if s.SHA256 = h.runs.file(path); s.SHA256 == "" {
		_, err := hash(path)
		return Sight{Trouble: fmt.Sprintf("%s cannot be read: %v", path, err)}
	}
	s.Running = h.running(u, s.SHA256)
	if pid := numbered(u.PIDFile()); pid != 0 && s.Running == "" {
		if _, err := os.Readlink(dir(pid) + "exe"); errors.Is(err, fs.ErrPermission) {
			s.Trouble = unseen(pid, err).Error()
		}
	}
	if s.SHA256 == u.Release.SHA256 {
		s.Version = u.Release.Version
		return s
	}
	if !replaces(u) {
		return s // nothing says its version
	}
	if _, asked := h.versions[s.SHA256]; !asked {
		ctx, stop := context.WithTimeout(ctx, answering)
		defer stop()
		h.versions[s.SHA256], _, _ = versionOf(ctx, u, path)
	}
	s.Version = h.versions[s.SHA256]
	return s
}

// running returns what the master of a program runs, by Sight's rules.
func (h *Host) running(u plan.Upgrade, there string) string {
	pid := numbered(u.PIDFile())
	switch is := h.runs.of(pid); {
	case u.Exec != nil:
		return there
	case pid == 0 || is == "":
		return ""
	case replaces(u):
		return is
	}
	return there
}

// versionOf asks a program of an upgrade for its version and for what it was built with.
func versionOf(ctx context.Context, u plan.Upgrade, path string) (version string, with []string, err error) {
	if u.HAProxy != nil {
		return haproxyBuild(ctx, path)
	}
	return build(ctx, path)
}
