package changeover

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"hactl/agent/upgrade"
)

// unfinished is how the name of a copy ends until it is whole.
const unfinished = ".hactl-new"

// hash returns the SHA-256 of a file, as plans have them.
func hash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// expect says that a file is not the one that is meant.
func expect(path, sha256 string) error {
	is, err := hash(path)
	if err == nil && is != sha256 {
		err = fmt.Errorf("%s is another file than it was: its sha256 is %s", path, is)
	}
	return err
}

// keep carries out upgrade.Keep.
func keep(e upgrade.Keep) error {
	if err := expect(e.Path, e.SHA256); err != nil {
		return err
	}
	err := os.Link(e.Path, e.Backup)
	if errors.Is(err, fs.ErrExist) {
		return expect(e.Backup, e.SHA256)
	}
	if err != nil {
		return err
	}
	return settle(e.Path)
}

// install carries out upgrade.Install. What is at the path is whole at every moment.
func install(ctx context.Context, e upgrade.Install) error {
	if expect(e.Path, e.SHA256) == nil {
		return nil
	}
	written := e.Path + unfinished
	err := copyAs(ctx, e.Source, written, e.Path)
	if err == nil {
		err = expect(written, e.SHA256)
	}
	if err == nil {
		err = released(ctx, written)
	}
	if err == nil {
		err = os.Rename(written, e.Path)
	}
	if err != nil {
		_ = os.Remove(written)
		return err
	}
	return settle(e.Path)
}

// copyAs copies a file, with the owner, mode and extended attributes of a third one.
// Capabilities are one of those.
func copyAs(ctx context.Context, source, path, model string) (err error) {
	from, err := os.Open(source)
	if err != nil {
		return err
	}
	defer from.Close()
	var info unix.Stat_t
	if err := unix.Stat(model, &info); err != nil {
		return fmt.Errorf("look at %s: %w", model, err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if _, err := io.Copy(to, patient{ctx, from}); err != nil {
		return fmt.Errorf("copy %s: %w", source, err)
	}
	if err := to.Chown(int(info.Uid), int(info.Gid)); err != nil {
		return err
	}
	if err := unix.Fchmod(int(to.Fd()), info.Mode&0o7777); err != nil {
		return fmt.Errorf("change the mode of %s: %w", path, err)
	}
	if err := copyAttributes(model, to); err != nil {
		return err
	}
	return to.Sync()
}

// released waits until nobody can write to a file any more: it could not be executed. A
// program that this process has just started may share what it had open for a moment.
// Where the file system or the rights do not allow to ask, nobody is waited for.
func released(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for {
		_, err := unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_RDLCK)
		if !errors.Is(err, unix.EAGAIN) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("somebody has %s open to write: %w", path, context.Cause(ctx))
		case <-time.After(time.Millisecond):
		}
	}
}

// patient reads until its context ends.
type patient struct {
	ctx context.Context
	io.Reader
}

// Read implements io.Reader.
func (p patient) Read(b []byte) (int, error) {
	if p.ctx.Err() != nil {
		return 0, context.Cause(p.ctx)
	}
	return p.Reader.Read(b)
}

// copyAttributes copies extended attributes, if the file system has any.
func copyAttributes(model string, to *os.File) error {
	names := make([]byte, 64<<10) // XATTR_LIST_MAX
	n, err := unix.Listxattr(model, names)
	if errors.Is(err, unix.ENOTSUP) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list the extended attributes of %s: %w", model, err)
	}
	value := make([]byte, 64<<10) // XATTR_SIZE_MAX
	for _, name := range cStrings(names[:n]) {
		n, err := unix.Getxattr(model, name, value)
		if err == nil {
			err = unix.Fsetxattr(int(to.Fd()), name, value[:n], 0)
		}
		if err != nil {
			return fmt.Errorf("copy the extended attribute %s of %s: %w", name, model, err)
		}
	}
	return nil
}

// putBack carries out upgrade.PutBack.
func putBack(e upgrade.PutBack) error {
	_ = os.Remove(e.Path + unfinished)
	if expect(e.Path, e.SHA256) == nil {
		if err := os.Remove(e.Backup); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := expect(e.Backup, e.SHA256); err != nil {
		return err
	}
	if err := os.Rename(e.Backup, e.Path); err != nil {
		return err
	}
	return settle(e.Path)
}

// settle makes the names in the folder of a file outlive a loss of power.
func settle(path string) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}
