package docs

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

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
