package program

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"hactl/agent/sealed"
)

// Inspect says what keeps p from running, as far as that can be seen without
// running it: nil when nothing does. The error names the user, or the element of
// the path, that is to blame.
func Inspect(p Program) error {
	who, err := identify(p.User)
	if err != nil {
		return err
	}
	return p.inspect(who)
}

// inspect is Inspect for a user that has been found.
func (p Program) inspect(who identity) error {
	path := p.Argv[0]
	if !filepath.IsAbs(path) {
		return fmt.Errorf("%s is no absolute path", path)
	}
	for _, element := range sealed.Elements(path) {
		if err := reachable(element, element == path, who); err != nil {
			return err
		}
	}
	if who.uid != 0 {
		return nil
	}
	if err := sealed.Writing(path); err != nil {
		return fmt.Errorf("%s is not run as root: %w", path, err)
	}
	return nil
}

// reachable says why a user cannot go through a folder, or execute a program.
func reachable(element string, program bool, who identity) error {
	info, err := os.Stat(element)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s does not exist", element)
	case err != nil:
		return fmt.Errorf("look at %s: %w", element, err)
	case program && !info.Mode().IsRegular():
		return fmt.Errorf("%s is no file that can be executed", element)
	case program && info.Mode().Perm()&0o111 == 0:
		return fmt.Errorf("%s is not executable: its mode is %04o", element, info.Mode().Perm())
	case !who.may(1, info) && program:
		return fmt.Errorf("user %s may not execute %s: its mode is %04o", who.name, element, info.Mode().Perm())
	case !who.may(1, info):
		return fmt.Errorf("user %s may not enter the folder %s: its mode is %04o", who.name, element, info.Mode().Perm())
	}
	return nil
}

// explain says in words why a program that looked right did not start.
func (p Program) explain(err error) error {
	path := p.Argv[0]
	switch {
	case errors.Is(err, syscall.ENOEXEC):
		return fmt.Errorf("%s has no #! at its beginning, and is no program of this machine either", path)
	case errors.Is(err, fs.ErrNotExist) && p.missingDir():
		return fmt.Errorf("the folder %s, where %s is to run, does not exist", p.Dir, path)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s names an interpreter that does not exist: %s", path, interpreter(path))
	case errors.Is(err, syscall.EPERM):
		return fmt.Errorf("start %s as user %s: %w: that takes CAP_SETUID, CAP_SETGID and CAP_KILL (CapabilityBoundingSet of a service)", path, p.User, err)
	}
	return fmt.Errorf("start %s: %w", path, err)
}

// missingDir reports whether the program is to run where nothing is.
func (p Program) missingDir() bool {
	_, err := os.Stat(p.Dir)
	return p.Dir != "" && errors.Is(err, fs.ErrNotExist)
}

// interpreter returns what the first line of a script names after "#!", or the
// program itself where that names its loader otherwise.
func interpreter(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return path
	}
	defer f.Close()
	head := make([]byte, 256)
	n, _ := f.Read(head)
	line, _, _ := bytes.Cut(head[:n], []byte("\n"))
	if name, script := bytes.CutPrefix(line, []byte("#!")); script {
		return fmt.Sprintf("%q", bytes.TrimSpace(name))
	}
	return "the loader of this program"
}
