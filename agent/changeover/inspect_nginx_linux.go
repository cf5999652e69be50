package changeover

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hactl/agent/program"
)

// dump is how much of a configuration is read, in bytes.
const dump = 16 << 20

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

// options matches a word of a title that holds options of nginx: some without a value,
// then one with, whose value may follow in the same word.
var options = regexp.MustCompile(`^-(q*)(?:([cpge])(.*))?$`)

// apart takes a word with options apart; nil: it holds none.
func apart(word string) (all []string) {
	m := options.FindStringSubmatch(word)
	if m == nil {
		return nil
	}
	if m[1] != "" {
		all = append(all, "-q")
	}
	if m[2] != "" {
		all = append(all, "-"+m[2])
	}
	if m[3] != "" {
		all = append(all, m[3])
	}
	return all
}

// valued are the options that have a value.
var valued = []string{"-c", "-p", "-g", "-e"}

// arguments takes the title of a master apart: the path that it was started as, and
// its options, each value in a word of its own. A value may hold blanks and ends where
// the next option begins.
func arguments(title string) (argv0 string, all []string) {
	words := strings.Fields(title)
	if len(words) == 0 {
		return "", nil
	}
	for _, word := range words[1:] {
		last := len(all) - 1
		if found := apart(word); found != nil {
			all = append(all, found...)
		} else if last > 0 && slices.Contains(valued, all[last-1]) {
			all[last] += " " + word
		} else {
			all = append(all, word)
		}
	}
	return words[0], all
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
	i.Foreground, err = foreground(ctx, pid)
	return err
}

// foreground says why a unit of systemd would end with its process; empty: it would
// not, or there is none.
func foreground(ctx context.Context, pid int) (string, error) {
	unit := Unit(pid)
	if unit == "" {
		return "", nil
	}
	r := program.Run(ctx, program.Program{
		Argv: []string{"/usr/bin/systemctl", "show", "--property=Type,MainPID,PIDFile", unit}, OutputLimit: 4096,
	})
	if r.Err != nil {
		r.Err = late(ctx, r.Err)
	}
	return tied(unit, pid, r)
}

// Unit returns the service of systemd that a process belongs to; empty: none.
func Unit(pid int) string {
	group, _ := os.ReadFile(dir(pid) + "cgroup")
	unit := filepath.Base(strings.TrimSpace(string(group)))
	if !strings.HasSuffix(unit, ".service") {
		return ""
	}
	return unit
}

// tied says why a unit would end with a process, by its properties as systemctl has shown
// them. One of the type forking finds its next main process in its PIDFile. Without an
// answer nobody knows.
func tied(unit string, pid int, r program.Result) (string, error) {
	if r.Err != nil {
		return "", fmt.Errorf("ask systemd about %s, which may end with process %d: %w: %s", unit, pid, r.Err, lastLine(r.Output))
	}
	values := map[string]string{}
	for line := range strings.Lines(r.Output) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		values[key] = value
	}
	switch {
	case values["MainPID"] != strconv.Itoa(pid):
		return "", nil
	case values["Type"] != "forking":
		return fmt.Sprintf("it is the main process of %s, whose Type is %s", unit, values["Type"]), nil
	case values["PIDFile"] == "":
		return fmt.Sprintf("it is the main process of %s, which has no PIDFile to find the next one", unit), nil
	}
	return "", nil
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
