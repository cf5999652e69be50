package schema

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aymanbagabas/go-udiff"
)

var update = flag.Bool("update", false, "rewrite docs/reference.md")

// each calls f for every block of the language, the root included, with the
// types of the blocks around it.
func each(f func(path string, b *Block)) {
	var walk func(string, *Block)
	walk = func(path string, b *Block) {
		f(path, b)
		for _, n := range b.Blocks {
			walk(strings.TrimPrefix(path+" "+n.Type, " "), n)
		}
	}
	walk("", Root)
}

// TestReference compares docs/reference.md with the tables.
func TestReference(t *testing.T) {
	const name = "../../docs/reference.md"
	got := Markdown()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Error(udiff.Unified(name, "the tables", string(want), got))
	}
}

// TestTable looks whether every row says all that a reader needs.
func TestTable(t *testing.T) {
	each(func(path string, b *Block) {
		if b.Doc == "" || !strings.HasSuffix(b.Doc, ".") {
			t.Errorf("block %q: no sentence about it", path)
		}
		if b != Root && !strings.HasPrefix(b.Example, b.Type+" ") {
			t.Errorf("block %q: no example", path)
		}
		for _, a := range b.Attributes {
			attribute(t, path+" "+a.Name, a)
		}
		for word, meanwhile := range b.Later {
			if b.Attribute(word) >= 0 || b.Block(word) != nil || meanwhile == "" || strings.HasSuffix(meanwhile, ".") {
				t.Errorf("block %q: %s is not properly a word for later", path, word)
			}
		}
	})
}

// attribute looks at one row.
func attribute(t *testing.T, path string, a Attribute) {
	t.Helper()
	if !strings.HasSuffix(a.Doc, ".") || a.Example == "" {
		t.Errorf("%s: no sentence about it, or no example", path)
	}
	ok := a.Default == nil
	switch a.Default.(type) {
	case string:
		ok = a.Type == String
	case int:
		ok = a.Type == Integer
	case bool:
		ok = a.Type == Bool
	case time.Duration:
		ok = a.Type == Duration
	}
	if !ok {
		t.Errorf("%s: the default %v is not of its type", path, a.Default)
	}
	if s, isText := a.Default.(string); isText && len(a.Enum) > 0 && !slices.Contains(a.Enum, s) {
		t.Errorf("%s: the default is not allowed", path)
	}
	if (a.Type == References || a.Type == Reference) != (a.Kind != "") {
		t.Errorf("%s: a kind belongs to references", path)
	}
	if a.Type == Integer && a.Max == 0 && len(a.EnumInt) == 0 || a.Type == Duration && a.Longest == 0 {
		t.Errorf("%s: no bounds", path)
	}
	if a.Required && (a.Default != nil || a.Implied != "") {
		t.Errorf("%s: required, and yet there is something else", path)
	}
}

// TestExactlyOne looks whether the sets name attributes and blocks of their
// block.
func TestExactlyOne(t *testing.T) {
	each(func(path string, b *Block) {
		for _, name := range slices.Concat(slices.Concat(b.ExactlyOne, b.AtLeastOne, b.AtMostOne)...) {
			if b.Attribute(name) < 0 && b.Block(name) == nil {
				t.Errorf("block %q has no %s", path, name)
			}
		}
	})
}

// TestKeepalived looks whether every word has a hint, and none is a word of the
// language in all places.
func TestKeepalived(t *testing.T) {
	for word, hint := range Keepalived {
		if !strings.HasSuffix(hint, ".") {
			t.Errorf("%s: the hint does not end in a full stop", word)
		}
		if Root.Block(word) != nil {
			t.Errorf("%s is a block of the language", word)
		}
	}
}
