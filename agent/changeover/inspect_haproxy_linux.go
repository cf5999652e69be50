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
	"time"

	"hactl/agent/program"
)

// trialTime is how long a release of HAProxy is run for a trial.
const trialTime = 500 * time.Millisecond

// haproxy looks at the process of the pid file, and how it was started.
func (i *inspection) haproxy(context.Context) error {
	p, err := i.named()
	if err != nil {
		return err
	}
	line, err := os.ReadFile(dir(p.PID) + "cmdline")
	if err != nil {
		return unseen(p.PID, err)
	}
	if argv := cStrings(line); len(argv) > 0 {
		i.Argv0, i.arguments = argv[0], lasting(argv[1:])
	}
	i.environment = ambient(p.PID)
	i.Resolves = leads(i.Argv0, i.file)
	i.Master = p.Process
	return i.staff(executables{})
}

// staff looks for the master's workers, and at what they listen on.
func (i *inspection) staff(runs executables) error {
	all, err := processes()
	if err != nil {
		return err
	}
	i.Running, i.Alone = runs.of(i.Master.PID), true
	for _, w := range all {
		if w.parent == i.Master.PID && runs.of(w.PID) == i.Running {
			i.Alone = false
			i.Listens = append(i.Listens, listens(w.PID)...)
		}
	}
	slices.Sort(i.Listens)
	i.Listens = slices.Compact(i.Listens)
	return nil
}

// lasting returns the arguments of a master but those that HAProxy adds when it starts
// itself again: -sf and -st with numbers, -x with a path.
func lasting(arguments []string) (all []string) {
	for n := 0; n < len(arguments); n++ {
		switch arguments[n] {
		case "-sf", "-st":
			for n+1 < len(arguments) && isNumber(arguments[n+1]) {
				n++
			}
		case "-x":
			n++
		default:
			all = append(all, arguments[n])
		}
	}
	return all
}

// isNumber reports whether text is a number.
func isNumber(text string) bool {
	_, err := strconv.Atoi(text)
	return err == nil
}

// ambient returns the environment of a process, which a configuration of HAProxy may
// use, but for what HAProxy and systemd tell themselves by it.
func ambient(pid int) map[string]string {
	all := map[string]string{}
	data, _ := os.ReadFile(dir(pid) + "environ") // nothing when it has ended
	for _, word := range cStrings(data) {
		name, value, _ := strings.Cut(word, "=")
		private := strings.HasPrefix(name, "HAPROXY_MWORKER") || name == "HAPROXY_PROCESSES" || name == "NOTIFY_SOCKET" || name == "WATCHDOG_USEC"
		if !private {
			all[name] = value
		}
	}
	return all
}

// haproxyBuild asks an HAProxy for its version and its features.
func haproxyBuild(ctx context.Context, path string) (version string, features []string, err error) {
	r := program.Run(ctx, program.Program{Argv: []string{path, "-vv"}, OutputLimit: 64 << 10})
	if r.Err != nil {
		return "", nil, fmt.Errorf("ask %s for its version: %w", path, late(ctx, r.Err))
	}
	version, features = haproxySays(r.Output)
	if version == "" {
		return "", nil, fmt.Errorf("ask %s for its version: it says none", path)
	}
	return version, features, nil
}

// versionLine is how HAProxy begins what it says of itself, up to 2.2 and since.
var versionLine = regexp.MustCompile(`(?m)^HA-?Proxy version (\S+)`)

// haproxySays reads what HAProxy says of itself: its version, and the features that it
// was built with.
func haproxySays(output string) (version string, features []string) {
	if m := versionLine.FindStringSubmatch(output); m != nil {
		version = m[1]
	}
	for line := range strings.Lines(output) {
		if list, ok := strings.CutPrefix(line, "Feature list :"); ok {
			for _, word := range strings.Fields(list) {
				if strings.HasPrefix(word, "+") {
					features = append(features, word)
				}
			}
		}
	}
	return version, features
}

// haproxyConfiguration lets the release read what the master has read.
func (i *inspection) haproxyConfiguration(ctx context.Context) error {
	r := program.Run(ctx, program.Program{
		Argv: append([]string{i.source, "-c"}, i.arguments...), Dir: i.where, Environment: i.environment, OutputLimit: 64 << 10,
	})
	if r.Err != nil {
		i.Test = alert(r.Output)
		if i.Test == "" {
			i.Test = late(ctx, r.Err).Error()
		}
	}
	return nil
}

// alert returns the first that HAProxy says is wrong.
func alert(output string) string {
	for line := range strings.Lines(output) {
		if rest, ok := strings.CutPrefix(line, "[ALERT]"); ok {
			_, text, _ := strings.Cut(rest, " : ")
			return strings.TrimSpace(text)
		}
	}
	return ""
}

// trialConfiguration makes HAProxy serve a socket that nobody knows.
const trialConfiguration = `defaults
    mode tcp
    timeout connect 1s
    timeout client 1s
    timeout server 1s
frontend trial
    bind abns@%s
`

// trial runs the release for a moment, with a master and a worker. Once it takes the
// master's place, its end would be the end of all workers.
func (i *inspection) trial(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "hactl-trial-")
	if err != nil {
		return fmt.Errorf("try %s: %w", i.source, err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "haproxy.cfg")
	if err := os.WriteFile(path, fmt.Appendf(nil, trialConfiguration, filepath.Base(folder)), 0o600); err != nil {
		return fmt.Errorf("try %s: %w", i.source, err)
	}
	ctx, stop := context.WithTimeout(ctx, trialTime)
	defer stop()
	r := program.Run(ctx, program.Program{Argv: []string{i.source, "-W", "-f", path}, OutputLimit: 4096})
	if r.Killed {
		return nil
	}
	if i.Trial = alert(r.Output); i.Trial == "" {
		i.Trial = fmt.Sprint(r.Err)
		if r.Err == nil {
			i.Trial = "exit status 0"
		}
	}
	return nil
}
