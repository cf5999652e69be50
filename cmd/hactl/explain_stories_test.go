package main

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hactl/lang/format"
	"hactl/lang/keepalived"
	"hactl/lang/rule"

	"github.com/aymanbagabas/go-udiff"
	"github.com/hashicorp/hcl/v2"
)

// What the story of each rule shows is so: hactl finds the rule in the wrong
// files, and neither it nor any error in the right ones.
func TestStories(t *testing.T) {
	for _, r := range rule.All() {
		t.Run(r.Code, func(t *testing.T) {
			s, err := r.Story()
			if err != nil {
				t.Fatal(err)
			}
			if s.How != "" {
				return
			}
			if found := findingsIn(t, r, s.Wrong); !slices.Contains(codes(found), r.Code) {
				t.Errorf("wrong draws %q", codes(found))
			}
			found := findingsIn(t, r, s.Right)
			if slices.Contains(codes(found), r.Code) || found.HasErrors() {
				t.Errorf("right draws %v", found)
			}
			remedyIsShown(t, s)
			formattedAlike(t, append(s.Wrong, s.Right...))
		})
	}
}

// findingsIn returns what hactl finds in the files of r's example: those of
// keepalived are of hosts, and linted, or imported for the rules of the import; all
// others are one configuration.
func findingsIn(t *testing.T, r rule.Rule, files []rule.File) hcl.Diagnostics {
	t.Helper()
	if slices.ContainsFunc(files, isConf) {
		fsys := fstest.MapFS{}
		var sources []keepalived.Source
		for _, f := range files {
			fsys[f.Name] = &fstest.MapFile{Data: []byte(f.Text)}
			if isConf(f) {
				sources = append(sources, keepalived.Source{Node: strings.TrimSuffix(f.Name, ".conf"), FS: fsys, Path: f.Name})
			}
		}
		found, _ := keepalived.Lint(sources, keepalived.Options{})
		if strings.HasPrefix(r.Code, "HA28") {
			_, found, _ = keepalived.Import(sources)
		}
		return found
	}
	dir := t.TempDir()
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), []byte(f.Text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := loadConfiguration(dir, &variableFlags{})
	if err != nil {
		t.Fatal(err)
	}
	return c.findings.list
}

func isConf(f rule.File) bool { return path.Ext(f.Name) == ".conf" }

// codes returns the codes of findings.
func codes(found hcl.Diagnostics) []string {
	var all []string
	for _, d := range found {
		code, _, _ := rule.Of(d)
		all = append(all, code)
	}
	return all
}

// formattedAlike fails for a file that "hactl fmt" would change.
func formattedAlike(t *testing.T, files []rule.File) {
	t.Helper()
	for _, f := range files {
		if path.Ext(f.Name) != ".hcl" {
			continue
		}
		got, diags := format.Source(f.Name, []byte(f.Text))
		if !diags.HasErrors() && string(got) != f.Text {
			t.Error(udiff.Unified(f.Name, "formatted", f.Text, string(got)))
		}
	}
}

var span = regexp.MustCompile("`([^`]+)`")

// remedyIsShown fails unless something that the remedy names in backticks stands
// on a line in which wrong and right differ.
func remedyIsShown(t *testing.T, s rule.Story) {
	t.Helper()
	changed := strings.Join(append(differing(s.Wrong, s.Right), differing(s.Right, s.Wrong)...), "\n")
	for _, m := range span.FindAllStringSubmatch(s.Remedy, -1) {
		if strings.Contains(changed, m[1]) {
			return
		}
	}
	t.Errorf("nothing that is named in %q stands on a line that is mended:\n%s", s.Remedy, changed)
}

// differing returns the lines of a that differ from b, with single spaces, and the
// names of files that b has not.
func differing(a, b []rule.File) []string {
	var all []string
	for _, f := range a {
		other := textOf(b, f.Name)
		if other == "" {
			all = append(all, f.Name)
		}
		lines := plainLines(f.Text)
		for i, changed := range changedLines(f.Text, other) {
			if changed {
				all = append(all, strings.TrimSpace(lines[i]))
			}
		}
	}
	return all
}
