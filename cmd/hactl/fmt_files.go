package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hactl/lang"

	"github.com/hashicorp/hcl/v2"
)

// formattable returns the files that args name: those of folders in HCL's native
// syntax, and single ones. It refuses what is neither.
func formattable(args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("there is no file or folder %s", arg)
		case err != nil:
			return nil, fmt.Errorf("find what to format: %w", err)
		case info.IsDir():
			inside, err := folderFiles(arg)
			if err != nil {
				return nil, err
			}
			files = append(files, inside...)
		case strings.HasSuffix(arg, ".hcl"):
			files = append(files, filepath.Clean(arg))
		case !strings.HasSuffix(arg, ".json"):
			return nil, fmt.Errorf("%s is neither a folder nor a file whose name ends in .hcl, so it is not formatted", arg)
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

// folderFiles returns the configuration's files in a folder that are not JSON.
func folderFiles(dir string) ([]string, error) {
	names, err := lang.Files(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("look into %s: %w", dir, err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("the folder %s holds no file whose name ends in .ha.hcl; name the folder of a configuration", dir)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasSuffix(name, ".json") })
	for i, name := range names {
		names[i] = filepath.Join(dir, name)
	}
	return names, nil
}

// readText reads one file as the language reads those of its folder, from which
// no link leads out.
func readText(path string) ([]byte, hcl.Diagnostics) {
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, hcl.Diagnostics{unreadable(err)}
	}
	defer root.Close()
	text, diags := lang.Read(root.FS(), filepath.Base(path))
	for _, d := range diags {
		d.Subject.Filename = path
	}
	return text, diags
}

// rewrite makes text the content of the file path, whole or not at all. The
// file keeps its mode and owner, and a link stays one. A file that is read-only
// is not touched.
func rewrite(path string, text []byte) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o222 == 0 {
		return errors.New("it is read-only")
	}
	return replaceFile(path, text, func(next *os.File) error {
		keepOwner(next, info)
		return next.Chmod(info.Mode().Perm())
	})
}
