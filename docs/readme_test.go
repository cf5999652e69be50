package docs

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hactl/compiler"
	"hactl/lang"
)

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
