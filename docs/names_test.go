package docs

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hactl/lang/rule"
)

var (
	verbUsed   = regexp.MustCompile(`(?:^|[\s/"(])hactl ([a-z]+)((?:["',) ][^|&#;)]*)?)(?:$|[|&#;)])`)
	flagUsed   = regexp.MustCompile(`--([a-z][a-z-]*)`)
	targetUsed = regexp.MustCompile(`(?:^|\s)make ([a-z]+)`)

	verbDefined   = regexp.MustCompile(`Use:\s+"([a-z]+)`)
	flagDefined   = regexp.MustCompile(`Flags\(\)\.[A-Za-z0-9]+\([^"\n]*"([a-z][a-z-]*)"`)
	targetDefined = regexp.MustCompile(`(?m)^([a-z]+):`)
)

// Each verb of hactl that a text types exists, with the flags that follow it,
// and so does each target of make.
func TestCommandsExist(t *testing.T) {
	sources := source(t, "cmd/hactl")
	verbs := submatches(verbDefined, sources)
	flags := append(submatches(flagDefined, sources), "help")
	targets := submatches(targetDefined, read(t, "Makefile"))
	if len(verbs) < 10 || len(flags) < 10 || len(targets) < 10 {
		t.Fatalf("found too few definitions: verbs %q, flags %q, targets %q", verbs, flags, targets)
	}
	for _, p := range pages(t) {
		for _, c := range code(p.text) {
			for _, m := range verbUsed.FindAllStringSubmatch(c, -1) {
				if !slices.Contains(verbs, m[1]) {
					t.Errorf("%s: there is no verb %q: %s", p.name, m[1], c)
				}
				for _, f := range submatches(flagUsed, m[2]) {
					if !slices.Contains(flags, f) {
						t.Errorf("%s: there is no flag --%s: %s", p.name, f, c)
					}
				}
			}
			for _, target := range submatches(targetUsed, c) {
				if !slices.Contains(targets, target) {
					t.Errorf("%s: the Makefile has no target %q", p.name, target)
				}
			}
		}
	}
}

// source returns the Go files of a folder, without tests, as one text.
func source(t *testing.T, folder string) string {
	t.Helper()
	names, err := fs.Glob(root, folder+"/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range names {
		if !strings.HasSuffix(name, "_test.go") {
			all.WriteString(read(t, name))
		}
	}
	return all.String()
}

func submatches(r *regexp.Regexp, text string) []string {
	var all []string
	for _, m := range r.FindAllStringSubmatch(text, -1) {
		all = append(all, m[1])
	}
	return all
}

var projectPath = regexp.MustCompile(`^(?:\./)?((?:cmd|lang|compiler|schemas|agent|examples|testdata|docs|deploy)(?:/[A-Za-z0-9_.*-]+)*)/?$`)

// Each file and folder of the project that a text names exists.
func TestPathsExist(t *testing.T) {
	found := 0
	for _, p := range pages(t) {
		for _, c := range code(p.text) {
			for _, word := range strings.Fields(c) {
				m := projectPath.FindStringSubmatch(strings.TrimRight(word, ",:;"))
				if m == nil {
					continue
				}
				found++
				if names, err := fs.Glob(root, strings.TrimSuffix(m[1], "/...")); err != nil || len(names) == 0 {
					t.Errorf("%s: there is no %s", p.name, m[1])
				}
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d paths found: has the way changed in which they are written?", found)
	}
}

var exported = regexp.MustCompile(`^([a-z]+)\.([A-Z][A-Za-z0-9]*)$`)

// Each exported name that a text uses, such as node.Step, is declared in the
// package of that name.
func TestNamesExist(t *testing.T) {
	packages := map[string]string{} // their sources, by name
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && !strings.Contains(name, "testdata") && !strings.HasPrefix(name, ".g") {
			packages[path.Base(name)] += source(t, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, p := range pages(t) {
		for _, c := range code(p.text) {
			m := exported.FindStringSubmatch(c)
			if m == nil || packages[m[1]] == "" {
				continue
			}
			found++
			declared := regexp.MustCompile(fmt.Sprintf(`(?m)^\s*(?:func (?:\([^)]*\) )?|type |var |const )?%s(?:\(|\[| )`, m[2]))
			if !declared.MatchString(packages[m[1]]) {
				t.Errorf("%s: package %s declares no %s", p.name, m[1], m[2])
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d names found: has the way changed in which they are written?", found)
	}
}

// Each code of a finding that a text names is one of the registry.
func TestCodesExist(t *testing.T) {
	for _, p := range pages(t) {
		for _, code := range regexp.MustCompile(`HA\d{3}`).FindAllString(p.text, -1) {
			if _, err := rule.Find(code); err != nil {
				t.Errorf("%s: %v", p.name, err)
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// Each link to a file leads to one, and to a heading of it where it names one.
func TestLinksLead(t *testing.T) {
	for _, p := range pages(t) {
		for _, to := range submatches(link, prose(p.text)) {
			if strings.Contains(to, "://") {
				continue
			}
			file, heading, _ := strings.Cut(to, "#")
			name := path.Join(path.Dir(p.name), file)
			if file == "" {
				name = p.name
			}
			if _, err := fs.Stat(root, name); err != nil {
				t.Errorf("%s: the link %s leads nowhere", p.name, to)
				continue
			}
			if heading != "" && !slices.Contains(headings(read(t, name)), heading) {
				t.Errorf("%s: %s has no heading #%s", p.name, name, heading)
			}
		}
	}
}

// headings returns the anchors of a text's headings.
func headings(text string) []string {
	var all []string
	for _, line := range strings.Split(prose(text), "\n") {
		if title := strings.TrimLeft(line, "#"); title != line {
			title = strings.ToLower(strings.TrimSpace(title))
			title = regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(title, "")
			all = append(all, strings.ReplaceAll(title, " ", "-"))
		}
	}
	return all
}
