package lang

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Folder is a folder of files that may be read.
type Folder struct {
	Path string // absolute, with slashes
	FS   fs.FS
}

// readable are the files that functions may read: those of the configuration's
// folder, and those of the folders that are allowed beside it.
type readable struct {
	fsys    fs.FS  // the configuration's folder
	path    string // where it is; Options.Folder
	allowed []Folder
}

// isInside reports whether a path stays in the configuration's folder.
func isInside(name string) bool { return name != "" && fs.ValidPath(path.Clean(name)) }

// find returns where a file is, or that it may not be read. Links are not looked
// at: no file system here follows one that leads out of it.
func (r readable) find(name string) (fsys fs.FS, file string, err error) {
	clean := path.Clean(name)
	if isInside(name) {
		return r.fsys, clean, nil
	}
	if !path.IsAbs(clean) {
		clean = path.Join(r.path, clean)
	}
	for _, f := range r.allowed {
		if inside, ok := strings.CutPrefix(clean, strings.TrimSuffix(f.Path, "/")+"/"); ok {
			return f.FS, inside, nil
		}
	}
	return nil, "", fmt.Errorf("the path %q leaves the configuration's folder; only files in it can be read, and in folders that --allow-files names", name)
}

// read returns the text of a file.
func (r readable) read(name string) ([]byte, error) {
	fsys, file, err := r.find(name)
	if err != nil {
		return nil, err
	}
	text, err := read(fsys, file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && isInside(name):
		return nil, fmt.Errorf("there is no file %q in the configuration's folder", name)
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file %q", name)
	case err != nil:
		return nil, fmt.Errorf("read %q: %w", name, cause(err))
	}
	return text, nil
}
