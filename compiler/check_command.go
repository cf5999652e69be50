package compiler

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"hactl/lang"
	"hactl/lang/rule"
)

// checkCommands looks at every program that a configuration names: no shell reads
// what is written, unless it is itself the program.
func checkCommands(m *model, report report) {
	look := func(b *lang.Block, attributes ...string) {
		for _, f := range m.needs.forms(b) {
			if x := f.Block("exec"); x != nil {
				for _, name := range attributes {
					checkCommand(x, name, report)
				}
			}
		}
	}
	for _, c := range m.checks {
		look(c.block, "command")
	}
	for _, t := range m.targets {
		look(t.block, "active", "backup", "fault", "stop", "any")
	}
	for _, u := range m.upgrades {
		look(u.block, "apply", "verify", "rollback")
	}
	for _, v := range m.vips {
		for _, h := range v.hooks {
			checkCommand(h, "command", report)
		}
	}
}

var (
	// operator is an argument that means something to shells only, or the path of
	// a redirection with it.
	operator = regexp.MustCompile(`^(?:\|\|?|&&?|;|(?:[0-9]|&)?(?:>>?|<)(?: ?/.*|&[0-9-]))$|^(?:\$\(|` + "`)")

	// shells are the programs that take a text behind -c for a script.
	shells = []string{"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"}

	// comparing are programs to which signs of a shell mean something else.
	comparing = []string{"[", "test", "expr", "find", "awk", "gawk", "mawk", "jq", "grep", "sed"}
)

// checkCommand warns of a program whose arguments only a shell would understand,
// and of a shell that does not get them.
func checkCommand(b *lang.Block, name string, report report) {
	argv := b.Strings(name)
	if len(argv) == 0 || b.Broken(name) {
		return
	}
	program := path.Base(argv[0].V)
	switch {
	case slices.Contains(shells, program):
		checkShell(argv, report)
	case strings.Contains(argv[0].V, " ") && len(argv) == 1:
		words := strings.Fields(argv[0].V)
		report(rule.NeedsShell.At(argv[0].Range, fmt.Sprintf(
			"No shell takes this apart, so it is the path of one file with spaces in its name. Write each word by itself: %s = [\"%s\"].", name, strings.Join(words, `", "`))))
	case !slices.Contains(comparing, program):
		if a, ok := forShell(argv[1:]); ok {
			report(rule.NeedsShell.At(a.Range, fmt.Sprintf(
				"No shell looks at this: %s gets %q as an argument, so the program does not do what is meant. Write [\"/bin/sh\", \"-c\", \"…\"] with all of it in one text, or a script of your own.", program, a.V)))
		}
	}
}

// forShell returns the first argument that means something to shells only.
func forShell(arguments []lang.Value[string]) (first lang.Value[string], ok bool) {
	for i, a := range arguments {
		text := a.V
		if i+1 < len(arguments) && strings.HasPrefix(arguments[i+1].V, "/") {
			text += " " + arguments[i+1].V
		}
		if operator.MatchString(a.V) || operator.MatchString(text) {
			return a, true
		}
	}
	return first, false
}

// checkShell warns where a shell gets the words of a command one by one: it runs
// the first behind -c, and calls the others $0, $1 and so on.
func checkShell(argv []lang.Value[string], report report) {
	i := slices.IndexFunc(argv, func(a lang.Value[string]) bool { return strings.HasPrefix(a.V, "-") && strings.HasSuffix(a.V, "c") })
	if i != 1 || len(argv) < 4 || strings.Contains(argv[2].V, "$") {
		return
	}
	report(rule.ShellWords.At(argv[3].Range, fmt.Sprintf(
		"The shell runs the one text behind -c, which is %q. What follows are its $0, $1 and so on, which it does not use. Write all of it as one text.", argv[2].V)))
}
