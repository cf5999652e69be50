package changeover

import (
	"context"
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"hactl/agent/program"
	"hactl/agent/upgrade"
	"hactl/schemas/plan"
)

// inspect gathers the facts of an upgrade. What cannot be found out ends it there: a
// file that is not the release is not run.
func inspect(ctx context.Context, u plan.Upgrade) upgrade.Facts {
	f := upgrade.Facts{At: time.Now()}
	i := inspection{Facts: &f, upgrade: u, file: u.File(), source: u.Release.Source}
	for _, look := range i.looks() {
		if err := look(ctx); err != nil {
			f.Trouble = err.Error()
			break
		}
		if f.Current(u) || f.Refusal(u) != "" {
			break
		}
	}
	return f
}

// inspection gathers facts.
type inspection struct {
	*upgrade.Facts
	upgrade      plan.Upgrade
	file, source string
	arguments    []string          // with which the master runs
	environment  map[string]string // in which it runs, where that matters
	where        string            // the folder that it runs in
	runs         string            // the path of what it runs, where that is not the file
}

// looks are what the strategy of the upgrade asks for.
func (i *inspection) looks() []func(context.Context) error {
	switch u := i.upgrade; {
	case u.Exec != nil:
		return []func(context.Context) error{i.commanded}
	case u.HAProxy != nil:
		return []func(context.Context) error{i.disk, i.programs, i.haproxy, i.versions, i.haproxyConfiguration, i.trial}
	case !replaces(u):
		return []func(context.Context) error{i.disk, i.programs, i.reader, i.rehearse}
	}
	return []func(context.Context) error{i.disk, i.programs, i.nginx, i.surroundings, i.versions, i.configuration}
}

// programs looks at the two binaries.
func (i *inspection) programs(context.Context) (err error) {
	if i.Binary, err = examine(i.file); err != nil {
		return err
	}
	i.Source, err = examine(i.source)
	return err
}

// examine looks at a file that holds a program. A symbolic link is none: the file
// that it leads to would stay.
func examine(path string) (f upgrade.File, err error) {
	info, err := os.Lstat(path)
	if err != nil {
		return f, err
	}
	if !info.Mode().IsRegular() {
		return f, fmt.Errorf("%s is no regular file: name the file itself", path)
	}
	f.Size, f.Executable = info.Size(), info.Mode().Perm()&0o111 != 0
	if program, err := elf.Open(path); err == nil {
		f.Machine = program.Machine.String()
		_ = program.Close()
	}
	f.SHA256, err = hash(path)
	return f, err
}

// disk looks at the file system, and for the owner of the file.
func (i *inspection) disk(ctx context.Context) error {
	var s unix.Statfs_t
	if err := unix.Statfs(filepath.Dir(i.file), &s); err != nil {
		return fmt.Errorf("look at the file system of %s: %w", i.file, err)
	}
	if err := unix.Access(filepath.Dir(i.file), unix.W_OK); err != nil {
		return fmt.Errorf("write in the folder of %s: %w: of a service, ReadWritePaths, ReadOnlyPaths and ProtectSystem decide that", i.file, err)
	}
	i.Free = int64(s.Bavail) * s.Bsize
	i.Package = owner(ctx, i.file)
	return nil
}

// owner returns the package that a file belongs to; empty: none is known.
func owner(ctx context.Context, path string) string {
	for _, argv := range [][]string{{"/usr/bin/dpkg-query", "-S", path}, {"/usr/bin/rpm", "-qf", path}} {
		if r := program.Run(ctx, program.Program{Argv: argv, OutputLimit: 4096}); r.Err == nil {
			name, _, _ := strings.Cut(strings.TrimSpace(r.Output), ": ")
			return name
		}
	}
	return ""
}

// named finds the process of the pid file, and the folder that it runs in.
func (i *inspection) named() (p process, err error) {
	pidFile := i.upgrade.PIDFile()
	pid := numbered(pidFile)
	if pid == 0 {
		return p, fmt.Errorf("%s names no process", pidFile)
	}
	p, ok := find(pid)
	if !ok {
		return p, fmt.Errorf("%s names process %d, which does not run", pidFile, pid)
	}
	if i.where, err = os.Readlink(dir(pid) + "cwd"); err != nil {
		return p, unseen(pid, err)
	}
	return p, nil
}

// leads reports whether a path leads to a file, so that another one which takes its
// place is what the path leads to then.
func leads(path, file string) bool {
	end, err := filepath.EvalSymlinks(path)
	folder, wrong := filepath.EvalSymlinks(filepath.Dir(file))
	return err == nil && wrong == nil && end == filepath.Join(folder, filepath.Base(file))
}

// versions asks both binaries.
func (i *inspection) versions(ctx context.Context) error {
	version, had, err := versionOf(ctx, i.upgrade, i.file)
	if err != nil {
		return err
	}
	next, has, err := versionOf(ctx, i.upgrade, i.source)
	if err != nil {
		return err
	}
	i.Version, i.Next = version, next
	for _, option := range had {
		if !slices.Contains(has, option) {
			i.Missing = append(i.Missing, option)
		}
	}
	return nil
}

// late returns why a program failed, or that the time of all was over.
func late(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
