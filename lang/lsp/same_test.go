package lsp

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"hactl/lang"
	"hactl/lang/rule"
)

// Whatever stands in files of several blocks is found as if they had been read
// whole: the examples of all rules, and the examples, say the same here as to
// hactl validate.
func TestFindingsAreThoseOfTheWholeFiles(t *testing.T) {
	n := 0
	for name, folder := range folders(t) {
		want, whole := loaded(folder)
		if !whole {
			continue // of a broken file more is found here
		}
		if got := published(t, folder); !slices.Equal(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		n++
	}
	if n < 200 {
		t.Errorf("%d folders are the same, want more than 200", n)
	}
}

// folders returns many configurations.
func folders(t *testing.T) map[string]fstest.MapFS {
	all := map[string]fstest.MapFS{}
	add := func(folder, name string, text []byte) {
		if !lang.IsConfiguration(name) || strings.Contains(name, "/") {
			return
		}
		if all[folder] == nil {
			all[folder] = fstest.MapFS{}
		}
		all[folder][name] = &fstest.MapFile{Data: text}
	}
	for _, r := range rule.All() {
		story, err := r.Story()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range story.Wrong {
			add("story "+r.Code+" wrong", f.Name, []byte(f.Text))
		}
		for _, f := range story.Right {
			add("story "+r.Code+" right", f.Name, []byte(f.Text))
		}
	}
	for _, pattern := range []string{"../../examples/*/*.ha.hcl", "../testdata/cases/*.ha.hcl", "../../compiler/testdata/*/*.ha.hcl"} {
		found, _ := filepath.Glob(pattern)
		for _, file := range found {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			folder := filepath.Dir(file)
			if strings.Contains(pattern, "cases") {
				folder = file // each a configuration
			}
			add(folder, filepath.Base(file), text)
		}
	}
	for _, pattern := range []string{"../testdata/cases/*.txtar", "../../compiler/testdata/*/*.txtar"} {
		found, _ := filepath.Glob(pattern)
		for _, file := range found {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range a.Files {
				add(file, f.Name, f.Data)
			}
		}
	}
	return all
}

// loaded returns what is found in a folder that is read from disk. whole is false
// when a file is broken.
func loaded(folder fs.FS) (found []string, whole bool) {
	var cache lang.Cache
	for _, d := range everything("", folder, &cache) {
		code, _, _ := rule.Of(d)
		if code == rule.Syntax.Code {
			return nil, false
		}
		found = append(found, fmt.Sprintf("%s:%d: %s %s", d.Subject.Filename, d.Subject.Start.Line, code, d.Detail))
	}
	slices.Sort(found)
	return found, true
}

// published returns what an editor hears of a folder of which the first file is
// open.
func published(t *testing.T, folder fstest.MapFS) []string {
	s := New("", func(string) (fs.FS, error) { return folder, nil })
	e := &editor{t: t, session: s, analyst: NewAnalyst(everything), found: map[string][]Diagnostic{}}
	e.ask("initialize", "{}")
	names, _ := lang.Files(folder)
	first := names[slices.IndexFunc(names, func(name string) bool { return utf8.Valid(folder[name].Data) })]
	e.tell("textDocument/didOpen", documentParams{TextDocument: textDocument{URI: folderURI + first, Text: string(folder[first].Data)}})
	var all []string
	for name, list := range e.found {
		for _, d := range list {
			_, detail, _ := strings.Cut(d.Message, ": ")
			all = append(all, fmt.Sprintf("%s:%d: %s %s", name, d.Range.Start.Line+1, d.Code, detail))
		}
	}
	slices.Sort(all)
	return all
}
