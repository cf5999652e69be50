package store

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// step is one directory on the way to a file, and the name that is looked up
// in it.
type step struct {
	dir  string
	name string
	id   identity // of what dir is now
}

// identity tells files apart that had the same path at different times.
type identity struct {
	device, inode uint64
	size          int64
	changed       int64 // of the content or of the inode, in nanoseconds
}

// trail is the way that the kernel goes to find a file: every name that has to
// be looked up, through symbolic links, as far as it exists. The file can begin
// to be another one, or to be, only by a change of one of these names in its
// directory or of the file itself.
type trail struct {
	steps []step
	file  identity // zero when the file does not exist
}

// maxSteps ends trails that links lead in a circle.
const maxSteps = 255

// follow returns the trail of the file path, which is absolute.
func follow(path string) trail {
	var t trail
	dir, rest := "/", names(path)
	for len(rest) > 0 && len(t.steps) < maxSteps {
		name := rest[0]
		rest = rest[1:]
		if name == ".." {
			dir = filepath.Dir(dir)
			continue
		}
		t.steps = append(t.steps, step{dir: dir, name: name, id: directory(dir)})
		here := filepath.Join(dir, name)
		info, err := os.Lstat(here)
		if err != nil {
			return t
		}
		target, linked := link(here, info)
		switch {
		case linked && filepath.IsAbs(target):
			dir, rest = "/", append(names(target), rest...)
		case linked:
			rest = append(names(target), rest...)
		case len(rest) == 0:
			t.file = identify(info)
		default:
			dir = here
		}
	}
	return t
}

// sameWay reports whether both trails lead through the same directories, by
// name and identity. The file at the end may be another one.
func (t trail) sameWay(u trail) bool { return slices.Equal(t.steps, u.steps) }

// concerns reports whether a change of the file path, as a watch of one of the
// trail's directories tells it, may be a change of the trail.
func (t trail) concerns(path string) bool {
	for _, s := range t.steps {
		if path == s.dir || path == filepath.Join(s.dir, s.name) {
			return true
		}
	}
	return false
}

// names splits a path into what is looked up, ".." included.
func names(path string) []string {
	var list []string
	for _, name := range strings.Split(path, "/") {
		if name != "" && name != "." {
			list = append(list, name)
		}
	}
	return list
}

// link returns what a symbolic link says.
func link(path string, info fs.FileInfo) (string, bool) {
	if info.Mode()&fs.ModeSymlink == 0 {
		return "", false
	}
	target, err := os.Readlink(path)
	return target, err == nil
}

// directory identifies the directory dir, whatever is in it.
func directory(dir string) identity {
	info, err := os.Lstat(dir)
	if err != nil {
		return identity{}
	}
	id := identify(info)
	return identity{device: id.device, inode: id.inode}
}
