package changeover

import (
	"context"
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"hactl/agent/program"
	"hactl/agent/upgrade"
	"hactl/schemas/plan"
)

// dump is how much of a configuration is read, in bytes.
const dump = 16 << 20

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
		return fmt.Errorf("write in the folder of %s: %w: of a service, ReadWritePaths and ProtectSystem decide that", i.file, err)
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

// titled finds the nginx master of the pid file, and how it was started.
func (i *inspection) titled() (process, error) {
	p, err := i.named()
	if err == nil && !strings.HasPrefix(p.title, masterTitle) {
		err = fmt.Errorf("%s names process %d, which is no nginx master: %s", i.upgrade.PIDFile(), p.PID, p.title)
	}
	i.Argv0, i.arguments = arguments(strings.TrimPrefix(p.title, masterTitle))
	return p, err
}

// nginx looks at the master of an nginx whose binary is replaced.
func (i *inspection) nginx(context.Context) error {
	p, err := i.titled()
	if err != nil {
		return err
	}
	runs := executables{}
	i.Master, i.Running = p.Process, runs.of(p.PID)
	i.Resolves = leads(i.Argv0, i.file)
	i.Underway, err = i.other(p.PID, runs)
	return err
}

// other returns another master: that of .oldbin, or a child that runs another file.
func (i *inspection) other(pid int, runs executables) (int, error) {
	if old := numbered(i.upgrade.PIDFile() + ".oldbin"); old != 0 && runs.of(old) == i.Running {
		return old, nil
	}
	all, err := processes()
	if err != nil {
		return 0, err
	}
	for _, p := range all {
		if p.parent == pid && runs.of(p.PID) != "" && runs.of(p.PID) != i.Running {
			return p.PID, nil
		}
	}
	return 0, nil
}

// options are those of nginx; the value of each is true when it has one.
var options = map[string]bool{"-c": true, "-p": true, "-g": true, "-e": true, "-q": false}

// arguments takes the title of a master apart: the path that it was started as, and
// its options. A value may hold blanks and ends where the next option begins.
func arguments(title string) (argv0 string, all []string) {
	words := strings.Fields(title)
	if len(words) == 0 {
		return "", nil
	}
	for _, word := range words[1:] {
		_, option := options[word]
		last := len(all) - 1
		if open := last > 0 && options[all[last-1]]; open && !option {
			all[last] += " " + word
		} else {
			all = append(all, word)
		}
	}
	return words[0], all
}

// leads reports whether a path leads to a file, so that another one which takes its
// place is what the path leads to then.
func leads(path, file string) bool {
	end, err := filepath.EvalSymlinks(path)
	folder, wrong := filepath.EvalSymlinks(filepath.Dir(file))
	return err == nil && wrong == nil && end == filepath.Join(folder, filepath.Base(file))
}

// surroundings finds out what would end with the master.
func (i *inspection) surroundings(ctx context.Context) error {
	pid := i.Master.PID
	status, err := os.ReadFile(dir(pid) + "status")
	if err != nil {
		return fmt.Errorf("look at process %d: %w", pid, err)
	}
	_, numbers, _ := strings.Cut(string(status), "\nNSpid:")
	numbers, _, _ = strings.Cut(numbers, "\n")
	if f := strings.Fields(numbers); len(f) > 0 && f[len(f)-1] == "1" {
		i.Foreground = "it is process 1 of its container"
		return nil
	}
	i.Foreground = foreground(ctx, pid)
	return nil
}

// foreground says why a unit of systemd would end with its process; empty: it would
// not, or there is none.
func foreground(ctx context.Context, pid int) string {
	group, _ := os.ReadFile(dir(pid) + "cgroup")
	unit := filepath.Base(strings.TrimSpace(string(group)))
	if !strings.HasSuffix(unit, ".service") {
		return ""
	}
	r := program.Run(ctx, program.Program{
		Argv: []string{"/usr/bin/systemctl", "show", "--property=Type,MainPID,PIDFile", unit}, OutputLimit: 4096,
	})
	return tied(unit, pid, r.Output)
}

// tied says why a unit would end with a process, by its properties as systemctl shows
// them. One of the type forking finds its next main process in its PIDFile.
func tied(unit string, pid int, properties string) string {
	values := map[string]string{}
	for line := range strings.Lines(properties) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		values[key] = value
	}
	switch {
	case values["MainPID"] != strconv.Itoa(pid):
		return ""
	case values["Type"] != "forking":
		return fmt.Sprintf("it is the main process of %s, whose Type is %s", unit, values["Type"])
	case values["PIDFile"] == "":
		return fmt.Sprintf("it is the main process of %s, which has no PIDFile to find the next one", unit)
	}
	return ""
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

// build asks an nginx for its version and for what it was built with.
func build(ctx context.Context, path string) (version string, with []string, err error) {
	r := program.Run(ctx, program.Program{Argv: []string{path, "-V"}, OutputLimit: 64 << 10})
	if r.Err != nil {
		return "", nil, fmt.Errorf("ask %s for its version: %w", path, late(ctx, r.Err))
	}
	for line := range strings.Lines(r.Output) {
		if text, ok := strings.CutPrefix(line, "nginx version: nginx/"); ok {
			version, _, _ = strings.Cut(strings.TrimSpace(text), " ")
		}
		if text, ok := strings.CutPrefix(line, "configure arguments:"); ok {
			with = modules(text)
		}
	}
	if version == "" {
		return "", nil, fmt.Errorf("ask %s for its version: it says none", path)
	}
	return version, with, nil
}

// modules returns those of a build's options that add something which a
// configuration may use.
func modules(options string) (all []string) {
	for _, word := range strings.Fields(options) {
		name, _, _ := strings.Cut(word, "=")
		adds := strings.HasPrefix(name, "--with-") && !strings.HasSuffix(name, "-opt")
		if adds || strings.HasPrefix(name, "--add-") {
			all = append(all, word)
		}
	}
	return all
}

// daemonOff is what keeps nginx in the foreground, in a configuration without its
// comments.
var daemonOff = regexp.MustCompile(`(?m)^[^#\n]*\bdaemon\s+off\s*;`)

// configuration lets the release read what the master has read, and looks for what
// only stands there.
func (i *inspection) configuration(ctx context.Context) error {
	argv := append([]string{i.source, "-T"}, i.arguments...)
	r := program.Run(ctx, program.Program{Argv: argv, Dir: i.where, OutputLimit: dump})
	if r.Err != nil {
		i.Test = complaint(r.Output)
		if i.Test == "" {
			i.Test = late(ctx, r.Err).Error()
		}
		return nil
	}
	if daemonOff.MatchString(r.Output) || daemonOff.MatchString(strings.Join(i.arguments, " ")) {
		i.Foreground = "its configuration says daemon off"
	}
	return nil
}

// complaint returns what nginx says against a configuration.
func complaint(output string) string {
	for line := range strings.Lines(output) {
		if _, text, ok := strings.Cut(line, "[emerg] "); ok {
			return strings.TrimSpace(text)
		}
	}
	return ""
}

// late returns why a program failed, or that the time of all was over.
func late(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
