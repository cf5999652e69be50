package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"hactl/schemas/plan"

	"golang.org/x/sys/unix"
)

// The names of files that are being written begin and end in these. No host's
// name begins with a dot.
const (
	temporary = ".hactl-"
	unwritten = ".tmp"
)

// replace makes data the content of the file path, whole or not at all, and
// makes its folders. Writers of one folder take turns: each holds a lock on it,
// which ends with its process. allowed, if not nil, is asked while the lock is
// held and stops the writing by its error.
//
// On a file system without locks writers do not wait for each other; the last
// one wins.
func replace(path string, data []byte, mode fs.FileMode, allowed func() error) error {
	return replaceBy(path, func(to io.Writer) error { _, err := to.Write(data); return err }, mode, allowed)
}

// replaceBy is replace for content that is written piece by piece.
func replaceBy(path string, content func(to io.Writer) error, mode fs.FileMode, allowed func() error) (err error) {
	folder, err := openFolder(filepath.Dir(path), mode)
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := lock(folder); err != nil {
		return err
	}
	if allowed != nil {
		if err := allowed(); err != nil {
			return err
		}
	}
	written, err := write(filepath.Dir(path), content, mode)
	if err != nil {
		return err
	}
	if err := os.Rename(written, path); err != nil {
		return errors.Join(err, os.Remove(written))
	}
	return folder.Sync()
}

// openFolder opens a folder, which it makes first where it is missing: for its
// owner only when the files in it are.
func openFolder(path string, mode fs.FileMode) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	readers := mode & 0o044
	if err := os.Mkdir(path, 0o700|readers|readers>>2); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.Open(path)
}

// lock waits for the folder's lock, if its file system has locks.
func lock(folder *os.File) error {
	for {
		switch err := unix.Flock(int(folder.Fd()), unix.LOCK_EX); err {
		case unix.EINTR:
		case unix.EBADF, unix.ENOLCK, unix.EOPNOTSUPP, unix.EINVAL, unix.ENOSYS:
			return nil // NFS locks nothing that is open for reading only
		default:
			return os.NewSyscallError("flock "+folder.Name(), err)
		}
	}
}

// write puts content on disk under a name of its own in folder and returns that.
func write(folder string, content func(to io.Writer) error, mode fs.FileMode) (path string, err error) {
	f, err := os.CreateTemp(folder, temporary+"*"+unwritten)
	if err != nil {
		return "", err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := f.Chmod(mode); err != nil {
		return "", err
	}
	if err := content(f); err != nil {
		return "", err
	}
	return f.Name(), f.Sync()
}

// read returns the content of a regular file of at most plan.MaxSize bytes.
func read(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0) // a FIFO is not waited for
	if err != nil {
		return nil, err
	}
	defer f.Close()
	switch info, err := f.Stat(); {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no file", path)
	}
	data, err := io.ReadAll(io.LimitReader(f, plan.MaxSize+1))
	if err == nil && len(data) > plan.MaxSize {
		err = fmt.Errorf("%s has more than %d bytes", path, plan.MaxSize)
	}
	if err != nil {
		return nil, err
	}
	return data, nil
}

// sweep removes files that writers of the folder have left unfinished. Whoever
// holds the lock is the only writer, so all of them are. What cannot be swept
// stays: a reader may lack the right.
func sweep(path string) {
	folder, err := os.Open(path)
	if err != nil {
		return
	}
	defer folder.Close()
	if unix.Flock(int(folder.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
		return
	}
	entries, _ := os.ReadDir(path)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), temporary) && strings.HasSuffix(e.Name(), unwritten) {
			_ = os.Remove(filepath.Join(path, e.Name()))
		}
	}
}
