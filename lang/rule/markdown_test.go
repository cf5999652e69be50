package rule

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/aymanbagabas/go-udiff"
)

var update = flag.Bool("update", false, "rewrite docs/rules")

// TestPages compares docs/rules with the rules and their stories.
func TestPages(t *testing.T) {
	const folder = "../../docs/rules"
	want := pages(t)
	names, err := filepath.Glob(folder + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if _, ok := want[filepath.Base(name)]; ok {
			continue
		}
		if !*update {
			t.Errorf("%s is of no rule", name)
		} else if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	for base, text := range want {
		name := filepath.Join(folder, base)
		if *update {
			if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(name); err != nil {
			t.Errorf("%v; make docs writes it", err)
		} else if string(got) != text {
			t.Errorf("make docs writes it anew:\n%s", udiff.Unified(name, "lang/rule", string(got), text))
		}
	}
}

// pages returns the pages of docs/rules by file name.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{"README.md": Index()}
	for _, r := range All() {
		text, err := r.Markdown()
		if err != nil {
			t.Error(err)
			continue
		}
		all[r.Code+".md"] = text
	}
	return all
}

// Every rule is in one group, and no group is empty.
func TestGroups(t *testing.T) {
	var listed []Rule
	for _, g := range Groups() {
		if g.Title == "" || len(g.Rules) == 0 {
			t.Errorf("a group without title or rules: %+v", g)
		}
		listed = append(listed, g.Rules...)
	}
	all := All()
	if len(listed) != len(all) {
		t.Fatalf("%d rules are listed, of %d", len(listed), len(all))
	}
	for i, r := range all {
		if listed[i] != r {
			t.Errorf("%s is listed in the place of %s", listed[i].Code, r.Code)
		}
	}
	if len(Groups()) < 2 {
		t.Error("all rules are in one group")
	}
}
