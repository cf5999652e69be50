package lang_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"

	"hactl/lang"
	"hactl/lang/rule"
)

// FuzzLoad loads any text as HCL: no panic, and a code and a place for every
// finding.
func FuzzLoad(f *testing.F) {
	files, _ := filepath.Glob("testdata/refused/*.ha.hcl")
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	seedArchives(f, ".ha.hcl")
	f.Fuzz(func(t *testing.T, text string) { loadAny(t, "main.ha.hcl", text) })
}

// FuzzLoadJSON loads any text as JSON.
func FuzzLoadJSON(f *testing.F) {
	seedArchives(f, ".ha.json")
	f.Fuzz(func(t *testing.T, text string) { loadAny(t, "main.ha.json", text) })
}

// FuzzVariable gives any text to variables of several types.
func FuzzVariable(f *testing.F) {
	for _, s := range []string{"", "5", "x", "[1, 2]", `{ a = { name = "n" } }`, "null", "-1", "1e9", "${x}", "\"", "[for x in [1] : x]"} {
		f.Add(s)
	}
	const text = `
variable "any" {}
variable "number" { type = number }
variable "list" { type = list(string) }
variable "map" { type = map(object({ name = string, n = optional(number, 7) })) }
locals { all = [var.any, var.number, var.list, var.map] }
host "lb01" { ssh = var.any }
`
	f.Fuzz(func(t *testing.T, value string) {
		var opts lang.Options
		for _, name := range []string{"any", "number", "list", "map"} {
			opts.Variables = append(opts.Variables, lang.Assignment{Name: name, Value: value})
		}
		opts.VarFiles = []lang.VarFile{{Name: "x.hcl", Bytes: []byte("any = " + value)}, {Name: "x.json", Bytes: []byte(value)}}
		config, diags := lang.Load(fstest.MapFS{"main.ha.hcl": {Data: []byte(text)}}, opts)
		sound(t, config, diags)
	})
}

// seedArchives adds the files of the cases whose names end so.
func seedArchives(f *testing.F, suffix string) {
	names, _ := filepath.Glob("testdata/cases/*.txtar")
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			if strings.HasSuffix(file.Name, suffix) {
				f.Add(string(file.Data))
			}
		}
	}
}

// loadAny loads one file.
func loadAny(t *testing.T, name, text string) {
	config, diags := lang.Load(fstest.MapFS{name: {Data: []byte(text)}, "t.tftpl": {Data: []byte(text)}}, lang.Options{})
	sound(t, config, diags)
}

// sound fails when a finding is not whole, or the tree can't be read.
func sound(t *testing.T, config *lang.Config, diags hcl.Diagnostics) {
	t.Helper()
	for _, d := range diags {
		if code, _, ok := rule.Of(d); !ok || code == "" || d.Subject == nil || d.Subject.Filename == "" {
			t.Fatalf("a finding without code or place: %#v", d)
		}
	}
	_ = tree(config.Root)
}
