package changeover

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"hactl/agent/program"
)

// rehearsed is how the name of a configuration ends that is only tested.
const rehearsed = ".hactl-test"

// builtIn finds what an nginx was built to read, and where, in what it says with -V.
var builtIn = regexp.MustCompile(`--(conf-path|prefix)=(\S+)`)

// reader looks at the master of an nginx, which program it runs, and which
// configuration that reads.
func (i *inspection) reader(ctx context.Context) error {
	p, err := i.titled()
	if err != nil {
		return err
	}
	if i.runs, err = os.Readlink(dir(p.PID) + "exe"); err != nil {
		return unseen(p.PID, err)
	}
	if _, err := os.Stat(i.runs); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the master %d runs a file that has gone from its path, so nothing can say whether it would read %s", p.PID, i.source)
	}
	r := program.Run(ctx, program.Program{Argv: []string{i.runs, "-V"}, OutputLimit: 64 << 10})
	if r.Err != nil {
		return fmt.Errorf("ask %s how it was built: %w", i.runs, late(ctx, r.Err))
	}
	i.Master, i.Argv0 = p.Process, reads(i.arguments, r.Output)
	i.Resolves = leads(i.Argv0, i.file)
	return nil
}

// reads returns the configuration that an nginx reads, by its arguments, and by what
// it says that it was built with.
func reads(arguments []string, said string) string {
	at := map[string]string{}
	for _, m := range builtIn.FindAllStringSubmatch(said, -1) {
		at[m[1]] = m[2]
	}
	for n, word := range arguments[:max(0, len(arguments)-1)] {
		switch word {
		case "-p":
			at["prefix"] = arguments[n+1]
		case "-c":
			at["conf-path"] = arguments[n+1]
		}
	}
	if filepath.IsAbs(at["conf-path"]) {
		return at["conf-path"]
	}
	return filepath.Join(at["prefix"], at["conf-path"])
}

// rehearse lets nginx test the new configuration beside the live one, where what it
// includes is found, under another name.
func (i *inspection) rehearse(ctx context.Context) error {
	path := i.file + rehearsed
	defer os.Remove(path)
	if err := copyAs(ctx, i.source, path, i.file); err != nil {
		return fmt.Errorf("test %s: %w", i.source, err)
	}
	argv := append([]string{i.runs, "-t"}, without(i.arguments, "-c")...)
	r := program.Run(ctx, program.Program{Argv: append(argv, "-c", path), Dir: i.where, OutputLimit: 64 << 10})
	if r.Err == nil {
		return nil
	}
	i.Test = strings.ReplaceAll(complaint(r.Output), path, i.source)
	if i.Test == "" {
		i.Test = late(ctx, r.Err).Error()
	}
	return nil
}

// without returns arguments without an option and its value.
func without(arguments []string, option string) (all []string) {
	for n := 0; n < len(arguments); n++ {
		if arguments[n] == option {
			n++
			continue
		}
		all = append(all, arguments[n])
	}
	return all
}
