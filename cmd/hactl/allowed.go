package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"hactl/lang"
)

// allow opens the folders of --allow-files, of which a configuration in the
// folder dir may read the files, and adds them to o. done closes them.
func (f *variableFlags) allow(dir string, o *lang.Options) (done func(), err error) {
	var roots []*os.Root
	done = func() {
		for _, r := range roots {
			r.Close()
		}
	}
	if len(f.allowed) == 0 {
		return done, nil
	}
	if o.Folder, err = physical(dir); err != nil {
		return done, fmt.Errorf("find the folder %s: %w", dir, err)
	}
	o.Folder = filepath.ToSlash(o.Folder)
	for _, folder := range f.allowed {
		root, names, err := openAllowed(folder)
		if err != nil {
			return done, fmt.Errorf("--allow-files: %w", err)
		}
		roots = append(roots, root)
		for _, name := range names {
			o.Allowed = append(o.Allowed, lang.Folder{Path: filepath.ToSlash(name), FS: root.FS()})
		}
	}
	return done, nil
}

// openAllowed opens a folder, out of which no link leads, and returns the paths
// by which it may be called: as it was written, and without links.
func openAllowed(folder string) (*os.Root, []string, error) {
	if folder == "" {
		return nil, nil, errors.New("name a folder")
	}
	written, err := filepath.Abs(folder)
	if err != nil {
		return nil, nil, err
	}
	real, err := physical(folder)
	if err != nil {
		return nil, nil, err
	}
	root, err := os.OpenRoot(real)
	return root, slices.Compact([]string{written, real}), err
}

// physical returns the absolute path of a file or folder without links: where
// ".." leads for the system.
func physical(path string) (string, error) {
	if filepath.IsAbs(path) {
		return filepath.EvalSymlinks(path)
	}
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(here + string(filepath.Separator) + path)
}
