package lang_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/aymanbagabas/go-udiff"
	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"

	"hactl/lang"
	"hactl/lang/rule"
)

var update = flag.Bool("update", false, "rewrite the golden parts of testdata")

// TestCases loads each archive of testdata/cases. Its files are a folder but
// for these: "options" holds lines such as "var vrid=50", "env vrid=50" and
// "file prod.hcl"; "tree" and "findings" are what Load made of it.
//
// An archive with a folder hcl and a folder json holds one configuration twice;
// both make the same tree.
func TestCases(t *testing.T) {
	for _, name := range archives(t) {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			fsys, opts := unpack(a, "")
			if twin, _ := unpack(a, "json/"); len(twin) > 0 {
				fsys, opts = unpack(a, "hcl/")
				sameTree(t, fsys, twin, opts)
			}
			config, diags := lang.Load(fsys, opts)
			got := map[string]string{"tree": tree(config.Root), "findings": printed(diags)}
			if twin, _ := unpack(a, "json/"); len(twin) > 0 {
				_, diags := lang.Load(twin, opts)
				got["findings of json"] = printed(diags)
			}
			compare(t, name, a, got)
		})
	}
}

// archives returns the names of the cases.
func archives(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives in testdata/cases: %v", err)
	}
	return names
}

// compare compares what was made with an archive's golden parts, or rewrites
// them.
func compare(t *testing.T, name string, a *txtar.Archive, got map[string]string) {
	t.Helper()
	a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool {
		text, golden := got[f.Name]
		if golden && !*update && text != string(f.Data) {
			t.Error(udiff.Unified(f.Name+" as in "+name, f.Name, string(f.Data), text))
		}
		if golden && !*update {
			delete(got, f.Name)
		}
		return golden
	})
	for _, part := range []string{"tree", "findings", "findings of json"} {
		if got[part] == "" {
			continue
		}
		if !*update {
			t.Errorf("%s lacks its part %q:\n%s", name, part, got[part])
		}
		a.Files = append(a.Files, txtar.File{Name: part, Data: []byte(got[part])})
	}
	if *update {
		if err := os.WriteFile(name, txtar.Format(a), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// unpack returns an archive's folder, of those files that begin with prefix,
// and the options.
func unpack(a *txtar.Archive, prefix string) (fstest.MapFS, lang.Options) {
	fsys, opts := fstest.MapFS{}, lang.Options{Environment: map[string]string{}}
	files := map[string][]byte{}
	for _, f := range a.Files {
		files[f.Name] = f.Data
		if name, ok := strings.CutPrefix(f.Name, prefix); ok && !slices.Contains([]string{"options", "tree", "findings", "findings of json"}, f.Name) {
			fsys[name] = &fstest.MapFile{Data: f.Data}
		}
	}
	for line := range strings.Lines(string(files["options"])) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, value, _ := strings.Cut(rest, "=")
		switch word {
		case "var":
			opts.Variables = append(opts.Variables, lang.Assignment{Name: name, Value: value})
		case "env":
			opts.Environment[name] = value
		case "file":
			opts.VarFiles = append(opts.VarFiles, lang.VarFile{Name: name, Bytes: files[name]})
		}
	}
	return fsys, opts
}

// sameTree fails when the two folders don't make the same tree.
func sameTree(t *testing.T, a, b fstest.MapFS, opts lang.Options) {
	t.Helper()
	first, _ := lang.Load(a, opts)
	second, _ := lang.Load(b, opts)
	if x, y := tree(first.Root), tree(second.Root); x != y {
		t.Error(udiff.Unified("hcl", "json", x, y))
	}
}

// printed prints findings, each with its place and related places.
func printed(diags hcl.Diagnostics) string {
	var b strings.Builder
	for _, d := range diags {
		code, related, _ := rule.Of(d)
		fmt.Fprintf(&b, "%s: %s %s: %s\n", d.Subject, code, d.Summary, d.Detail)
		for _, r := range related {
			fmt.Fprintf(&b, "\t%s: %s\n", r.Range, r.Message)
		}
	}
	return b.String()
}

// everyCase loads every case there is and returns the findings of each.
func everyCase(t *testing.T) []hcl.Diagnostics {
	t.Helper()
	var all []hcl.Diagnostics
	for _, name := range archives(t) {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, prefix := range []string{"", "hcl/", "json/"} {
			fsys, opts := unpack(a, prefix)
			_, diags := lang.Load(fsys, opts)
			all = append(all, diags)
		}
	}
	_, diags := lang.Load(fstest.MapFS{"main.ha.hcl": {Data: []byte{0}}}, lang.Options{})
	all = append(all, diags)
	files, _ := filepath.Glob("testdata/refused/*.ha.hcl")
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, diags := lang.Load(fstest.MapFS{"main.ha.hcl": {Data: text}}, lang.Options{})
		all = append(all, diags)
	}
	return all
}
