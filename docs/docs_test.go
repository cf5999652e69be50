// Package docs has no code: it tests that the texts beside the code say nothing
// that is not so. It reads Markdown and source files, and knows nothing else of
// the program but what the examples need to be compiled.
// Neighbours: README.md and docs are what it reads, lang and compiler judge the
// examples.
package docs

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hactl/compiler"
	"hactl/lang"
	"hactl/lang/rule"
)

// root is the project's folder.
var root = os.DirFS("..")

// page is one text.
type page struct {
	name string // "docs/architecture.md"
	text string
}

// pages returns every text that is written by hand.
func pages(t *testing.T) []page {
	t.Helper()
	var all []page
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/decisions/*.md"} {
		names, err := fs.Glob(root, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			all = append(all, page{name, read(t, name)})
		}
	}
	if len(all) < 10 {
		t.Fatalf("only %d pages found", len(all))
	}
	return all
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := fs.ReadFile(root, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// block is a fenced piece of code.
type block struct {
	line     int // of its first line
	language string
	text     string
}

// blocks returns the fenced pieces of code of a text.
func blocks(text string) []block {
	var all []block
	open := false
	for i, line := range strings.Split(text, "\n") {
		language, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && !open:
			all = append(all, block{line: i + 2, language: language})
			open = true
		case fence:
			open = false
		case open:
			all[len(all)-1].text += line + "\n"
		}
	}
	return all
}

var span = regexp.MustCompile("`([^`\n]+)`")

// code returns everything in a text that is marked as code, except HCL.
func code(text string) []string {
	var all []string
	for _, b := range blocks(text) {
		if b.language != "hcl" {
			all = append(all, strings.Split(b.text, "\n")...)
		}
	}
	for _, m := range span.FindAllStringSubmatch(prose(text), -1) {
		all = append(all, m[1])
	}
	return all
}

// prose returns a text without its fenced pieces of code.
func prose(text string) string {
	var kept []string
	open := false
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "```") {
			open = !open
		} else if !open {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// Every piece of HCL in the README is a whole configuration, and right.
func TestReadmeConfigurations(t *testing.T) {
	found := 0
	for _, b := range blocks(read(t, "README.md")) {
		if b.language != "hcl" {
			continue
		}
		found++
		c, diags := lang.Load(fstest.MapFS{"README.ha.hcl": {Data: []byte(b.text)}}, lang.Options{})
		_, more := compiler.Compile(c)
		for _, d := range append(diags, more...) {
			t.Errorf("README.md:%d: %s: %s", b.line+d.Subject.Start.Line-1, d.Summary, d.Detail)
		}
	}
	if found == 0 {
		t.Error("the README shows no configuration")
	}
}

// The README's example and the commands that a newcomer types stay as short as
// they are promised to be.
func TestReadmeBegins(t *testing.T) {
	readme := blocks(read(t, "README.md"))
	if first := readme[0]; first.language != "hcl" || strings.Count(first.text, "\n") > 15 {
		t.Errorf("README.md:%d: the first piece of code is to be an example of at most 15 lines", first.line)
	}
	var typed []string
	for _, b := range readme[:4] {
		if b.language == "sh" {
			typed = append(typed, strings.TrimSpace(b.text))
		}
	}
	if !slices.Equal(typed, []string{"make demo", "make test"}) {
		t.Errorf("the first commands are %q, not make demo and make test", typed)
	}
}

func TestReadmeNamesEveryExample(t *testing.T) {
	examples, err := fs.Glob(root, "examples/*/*.ha.hcl")
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	readme := read(t, "README.md")
	for _, e := range examples {
		if !strings.Contains(readme, "("+e+")") {
			t.Errorf("README.md does not link to %s", e)
		}
	}
}

var (
	verbUsed   = regexp.MustCompile(`(?:^|[\s/"(])hactl ([a-z][a-z]*)((?: [^|&#;)]*)?)`)
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

// Each decision has its parts, a number that follows the one before, and its
// line in the list.
func TestDecisions(t *testing.T) {
	names, err := fs.Glob(root, "docs/decisions/[0-9]*.md")
	if err != nil || len(names) == 0 {
		t.Fatalf("no decisions: %v", err)
	}
	list := read(t, "docs/decisions/README.md")
	for i, name := range names {
		text, base := read(t, name), filepath.Base(name)
		title, _, _ := strings.Cut(text, "\n")
		number, title, _ := strings.Cut(strings.TrimPrefix(title, "# "), ". ")
		if number != fmt.Sprint(i+1) || !strings.HasPrefix(base, fmt.Sprintf("%04d-", i+1)) {
			t.Errorf("%s: number %s, want %d", name, number, i+1)
		}
		if row := fmt.Sprintf("| [%s](%s) | %s |\n", number, base, title); !strings.Contains(list, row) {
			t.Errorf("docs/decisions/README.md lacks the line\n%s", row)
		}
		for _, part := range []string{"Problem", "Choice", "Alternatives", "Consequences"} {
			if !strings.Contains(text, "\n## "+part+"\n\n") {
				t.Errorf("%s: no part %q", name, part)
			}
		}
	}
}

var required = regexp.MustCompile(`(?m)^\t(\S+) v`)

// The record of dependencies has each module of go.mod that a source file
// imports.
func TestDependenciesAreExplained(t *testing.T) {
	record := read(t, "docs/decisions/0012-dependencies.md")
	sources := sources(t)
	found := 0
	for _, module := range submatches(required, read(t, "go.mod")) {
		if !strings.Contains(sources, `"`+module) {
			continue
		}
		found++
		name := regexp.MustCompile(`/v\d+$`).ReplaceAllString(module, "")
		name = path.Join(path.Base(path.Dir(name)), path.Base(name))
		if !strings.Contains(record, name) {
			t.Errorf("docs/decisions/0012-dependencies.md does not say what %s is for", name)
		}
	}
	if found < 10 {
		t.Errorf("only %d modules found", found)
	}
}

// sources returns all Go files, tests too, as one text.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := fs.WalkDir(root, ".", func(name string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".go") {
			all.WriteString(read(t, name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
