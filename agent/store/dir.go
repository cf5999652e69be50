package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hactl/agent/sealed"
)

// The folders of a Dir.
const (
	plans    = "plans"
	statuses = "status"
	intents  = "intents"
	state    = "state"
	upgrades = ".upgrades" // below state, behind a host's name
)

// The modes of files and folders. A plan may hold a secret; a report and a
// rollout never do.
const (
	private = 0o600
	public  = 0o644
)

// Dir is a plan store in a folder. Every file is replaced whole: a reader, and
// a machine that loses power, has the old one or the new one.
type Dir struct {
	// Log takes what Watch has to tell about itself. Never nil.
	Log *slog.Logger

	// Guarded refuses to read plans, intents, trials and the histories of upgrades that
	// others than root and this process's user could write: an agent does what they say.
	// So it is with the records of upgrades, which agent/changeover reads.
	Guarded bool

	path string        // absolute
	poll time.Duration // between two looks of Watch when nothing tells it of a change
}

var _ Store = (*Dir)(nil)

// OpenDir returns the store in the folder path, which need not exist: it is
// made when something is first written. What writers that were killed have left
// behind is removed.
func OpenDir(path string) (*Dir, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	d := &Dir{Log: slog.Default(), path: path, poll: 10 * time.Second}
	for _, folder := range []string{"", plans, statuses, intents, state} {
		sweep(filepath.Join(path, folder))
	}
	folders, _ := filepath.Glob(filepath.Join(path, state, "*"+upgrades))
	for _, folder := range folders {
		sweep(folder)
	}
	return d, nil
}

// Path returns the folder, absolute.
func (d *Dir) Path() string { return d.path }

// PutPlan implements Store. The file is readable by its owner only.
func (d *Dir) PutPlan(ctx context.Context, host string, doc []byte) error {
	err := checkPlan(host, doc)
	if err == nil {
		err = d.put(ctx, plans, host, doc, private)
	}
	return wrap("put plan", host, err)
}

// Plan implements Store.
func (d *Dir) Plan(ctx context.Context, host string) ([]byte, error) {
	data, err := d.get(ctx, plans, host)
	return data, wrap("read plan", host, err)
}

// PutStatus replaces the report of host by what report writes. After an error of
// report it is as before.
func (d *Dir) PutStatus(host string, report func(to io.Writer) error) error {
	err := checkHost(host)
	if err == nil {
		err = replaceBy(d.file(statuses, host), report, public, nil)
	}
	return wrap("put status", host, err)
}

// Status implements Store.
func (d *Dir) Status(ctx context.Context, host string) ([]byte, error) {
	data, err := d.get(ctx, statuses, host)
	return data, wrap("read status", host, err)
}

// SaveGood keeps the plan that the agent of host follows, for a start at which
// plans/ has none that can be followed. The file is readable by its owner only.
func (d *Dir) SaveGood(host string, doc []byte) error {
	return wrap("save good plan", host, d.put(context.Background(), state, host, doc, private))
}

// Good returns what SaveGood kept last; an error that is fs.ErrNotExist when
// there is nothing.
func (d *Dir) Good(host string) ([]byte, error) {
	data, err := d.get(context.Background(), state, host)
	return data, wrap("read good plan", host, err)
}

// Hosts implements Store. A store that does not exist yet has no hosts.
func (d *Dir) Hosts(ctx context.Context) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(filepath.Join(d.path, plans))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list plans: %w", err)
	}
	var hosts []string
	for _, e := range entries {
		if host, ok := strings.CutSuffix(e.Name(), ".json"); ok && checkHost(host) == nil {
			hosts = append(hosts, host)
		}
	}
	slices.Sort(hosts)
	return hosts, nil
}

// PutRollout implements Store.
func (d *Dir) PutRollout(ctx context.Context, r Rollout, over string) error {
	err := errors.Join(ctx.Err(), r.check())
	if err == nil {
		err = replace(d.rollout(), r.encode(), public, func() error {
			was, err := d.Rollout(ctx)
			if err == nil && was != nil && !was.yields(r.ID, over) {
				err = &BusyError{Rollout: *was}
			}
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("record rollout: %w", err)
	}
	return nil
}

// Rollout implements Store. A record that cannot be understood counts as none:
// it is advice, and must not stop anybody.
func (d *Dir) Rollout(ctx context.Context) (*Rollout, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	data, err := read(d.rollout())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read rollout: %w", err)
	}
	var r Rollout
	if json.Unmarshal(data, &r) != nil || r.check() != nil {
		return nil, nil
	}
	return &r, nil
}

// Close implements Store. There is nothing to end.
func (d *Dir) Close() error { return nil }

func (d *Dir) rollout() string { return filepath.Join(d.path, "rollout.json") }

// file returns the path of host's file in a folder.
func (d *Dir) file(folder, host string) string {
	return filepath.Join(d.path, folder, host+".json")
}

func (d *Dir) put(ctx context.Context, folder, host string, data []byte, mode fs.FileMode) error {
	if err := errors.Join(ctx.Err(), checkHost(host)); err != nil {
		return err
	}
	return replace(d.file(folder, host), data, mode, nil)
}

func (d *Dir) get(ctx context.Context, folder, host string) ([]byte, error) {
	if err := errors.Join(ctx.Err(), checkHost(host)); err != nil {
		return nil, err
	}
	if folder == statuses {
		return read(d.file(folder, host))
	}
	return d.believe(d.file(folder, host))
}

// believe reads a file that an agent does what it says of.
func (d *Dir) believe(path string) ([]byte, error) {
	if _, err := os.Lstat(path); d.Guarded && err == nil {
		if err := sealed.Writing(path); err != nil {
			return nil, fmt.Errorf("it is not believed: %w", err)
		}
	}
	return read(path)
}

// wrap says in which operation on which host err happened; nil stays nil.
func wrap(operation, host string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s of %s: %w", operation, host, err)
}
