package format_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"golang.org/x/tools/txtar"

	"hactl/lang"
	"hactl/lang/format"
	"hactl/lang/rule"
	"hactl/lang/schema"
)

var update = flag.Bool("update", false, "rewrite the part after of each archive in testdata")

// TestArchives formats the part before of each archive, which gives the part
// after.
func TestArchives(t *testing.T) {
	for _, name := range glob(t, "testdata/*.txtar") {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil || len(a.Files) != 2 {
				t.Fatalf("%s has not the parts before and after: %v", name, err)
			}
			before, after := a.Files[0].Data, &a.Files[1].Data
			got := formatted(t, string(before))
			if *update {
				*after = []byte(got)
				if err := os.WriteFile(name, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if got != string(*after) {
				t.Error(udiff.Unified("after", "got", string(*after), got))
			}
			unchanged(t, before, []byte(got))
		})
	}
}

// TestInvisible has what no archive could show: ends of lines and of files.
func TestInvisible(t *testing.T) {
	for name, c := range map[string]struct{ before, after string }{
		"empty":                     {"", ""},
		"nothing but lines":         {"\n\n  \n", ""},
		"only spaces":               {"   ", ""},
		"no line end":               {`host "a" {}`, "host \"a\" {}\n"},
		"comment without line end":  {"# a", "# a\n"},
		"spaces at the end":         {"host \"a\" {}  \n  ", "host \"a\" {}\n"},
		"spaces behind a comment":   {"# a \t\n/* b \n c */ \n", "# a\n/* b\n c */\n"},
		"CRLF":                      {"# a\r\nhost \"a\" {\r\n\r\n}\r\n", "# a\nhost \"a\" {\n}\n"},
		"CRLF in a here-document":   {"locals {\r\n  a = <<X\r\nb \r\nX\r\n}\r\n", "locals {\n  a = <<X\nb \r\nX\n}\n"},
		"spaces in a here-document": {"locals {\n  a = <<X\nb  \n\n\n\nX\n}\n", "locals {\n  a = <<X\nb  \n\n\n\nX\n}\n"},
		"byte order mark":           {"\ufeffhost \"a\" {}\n", "host \"a\" {}\n"},
		"wide letters":              {"locals {\n  a = \"\U0001F44D\" # x\n  bb = \"日本\" # y\n}\n", "locals {\n  a  = \"\U0001F44D\"  # x\n  bb = \"日本\" # y\n}\n"},
		"digits that would join":    {"locals {\n  a  =  local.b.0 .1\n}\n", "locals {\n  a  =  local.b.0 .1\n}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got := formatted(t, c.before)
			if got != c.after {
				t.Errorf("%q\nbecame  %q\nand not %q", c.before, got, c.after)
			}
			unchanged(t, []byte(c.before), []byte(got))
		})
	}
}

// TestRefused formats what can't be parsed: nothing is made of it.
func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want rule.Rule
	}{
		"open block":  {"host \"a\" {", rule.Syntax},
		"no value":    {"locals {\n  a =\n}\n", rule.Syntax},
		"keepalived":  {"vrrp_instance VI_1 {\n    state MASTER\n}\n", rule.Syntax},
		"zero byte":   {"host \"a\" {}\x00", rule.Unreadable},
		"not UTF-8":   {"# \xff", rule.Unreadable},
		"deep":        {"locals {\n  a = " + strings.Repeat("(", 1<<16) + "\n}\n", rule.TooLarge},
		"deep blocks": {strings.Repeat("a {\n", 1<<16), rule.TooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			got, diags := format.Source("x.ha.hcl", []byte(c.text))
			if got != nil || len(diags) != 1 {
				t.Fatalf("%d findings, and %q", len(diags), got)
			}
			if code, _, _ := rule.Of(diags[0]); code != c.want.Code || diags[0].Subject.Filename != "x.ha.hcl" {
				t.Errorf("%s at %s, want %s", code, diags[0].Subject, c.want.Code)
			}
		})
	}
}

// TestExamplesAreFormatted looks at every configuration that a reader may copy.
func TestExamplesAreFormatted(t *testing.T) {
	for _, name := range glob(t, "../../examples/*/*.ha.hcl") {
		isFormatted(t, name, string(content(t, name)))
	}
	for _, name := range []string{"../SPEC.md", "../../README.md"} {
		for _, text := range fenced(t, name) {
			if !strings.Contains(text, "# ERROR") { // marks are not aligned
				isFormatted(t, name, text)
			}
		}
	}
	for _, story := range glob(t, "../rule/stories/*.txtar") {
		for _, f := range txtar.Parse(content(t, story)).Files {
			_, diags := lang.Syntax(f.Name, f.Data)
			if strings.HasSuffix(f.Name, ".hcl") && !diags.HasErrors() { // some show what is no HCL
				isFormatted(t, story+" "+f.Name, string(f.Data))
			}
		}
	}
	var walk func(*schema.Block)
	walk = func(b *schema.Block) {
		if b.Example != "" {
			isFormatted(t, "lang/schema: "+b.Type, b.Example+"\n")
		}
		for _, n := range b.Blocks {
			walk(n)
		}
	}
	walk(schema.Root)
}

// fenced returns the HCL in a page of Markdown.
func fenced(t testing.TB, name string) []string {
	t.Helper()
	var all []string
	for _, m := range fence.FindAllSubmatch(content(t, name), -1) {
		all = append(all, string(m[1]))
	}
	if len(all) == 0 {
		t.Fatalf("no HCL in %s", name)
	}
	return all
}

var fence = regexp.MustCompile("(?s)```hcl\n(.*?)```")

func isFormatted(t *testing.T, name, text string) {
	t.Helper()
	if got := formatted(t, text); got != text {
		t.Errorf("%s is not formatted:\n%s", name, udiff.Unified("written", "formatted", text, got))
	}
}

// TestMeaningStays formats every text of the project that can be parsed, right
// or wrong.
func TestMeaningStays(t *testing.T) {
	n := 0
	for _, text := range everyText(t) {
		if got, diags := format.Source("x.ha.hcl", text); !diags.HasErrors() {
			n++
			unchanged(t, text, got)
		}
	}
	if n < 200 {
		t.Errorf("only %d texts", n)
	}
}

// FuzzSource formats any text: what comes out means the same, and stays as it
// is when it is formatted again.
func FuzzSource(f *testing.F) {
	for _, text := range everyText(f) {
		f.Add(text)
	}
	f.Add([]byte("a = b.0 .1\r\n\r\n\r\nc = <<-X\r\n  ${\r\n\r\n d }\r\n X\r\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if got, diags := format.Source("x.ha.hcl", text); !diags.HasErrors() {
			unchanged(t, text, got)
		}
	})
}

// everyText returns all configurations there are in the project: examples,
// tests' files and archives, and those of the specification.
func everyText(t testing.TB) [][]byte {
	var all [][]byte
	for _, pattern := range []string{"../../examples/*/*.ha.hcl", "../../compiler/testdata/*/*.ha.hcl", "../testdata/refused/*.ha.hcl"} {
		for _, name := range glob(t, pattern) {
			all = append(all, content(t, name))
		}
	}
	for _, pattern := range []string{"../testdata/cases/*.txtar", "../rule/stories/*.txtar", "testdata/*.txtar"} {
		for _, name := range glob(t, pattern) {
			for _, f := range txtar.Parse(content(t, name)).Files {
				all = append(all, f.Data)
			}
		}
	}
	for _, text := range fenced(t, "../SPEC.md") {
		all = append(all, []byte(text))
	}
	return all
}

// unchanged fails unless after means what before means, holds the same tokens
// but for empty lines, and is formatted.
func unchanged(t *testing.T, before, after []byte) {
	t.Helper()
	if a, b := tokens(before), tokens(after); a != b {
		t.Errorf("other tokens:\n%s", udiff.Unified("before", "after", a, b))
	}
	if diff := cmp.Diff(tree(t, before), tree(t, after), whole); diff != "" {
		t.Errorf("another meaning:\n%s", diff)
	}
	if again := formatted(t, string(after)); again != string(after) {
		t.Errorf("formatted again it changes:\n%s", udiff.Unified("once", "twice", string(after), again))
	}
}

// tokens returns the tokens of a text, one on a line. White space at the ends of
// lines is left out, as are lines without anything else; what stands in texts
// and here-documents is not.
func tokens(text []byte) string {
	var b strings.Builder
	all, _ := hclsyntax.LexConfig(text, "", hcl.InitialPos)
	for _, t := range all {
		switch t.Type {
		case hclsyntax.TokenNewline, hclsyntax.TokenEOF:
			continue
		case hclsyntax.TokenComment, hclsyntax.TokenOHeredoc:
			t.Bytes = lineEnd.ReplaceAll(bytes.TrimRight(t.Bytes, " \t\r\n"), []byte("\n"))
		}
		b.WriteString(t.Type.String() + " " + string(t.Bytes) + "\n")
	}
	return b.String()
}

var lineEnd = regexp.MustCompile(`[ \t\r]+\n`)

// whole compares everything in a syntax tree but places.
var whole = cmp.Options{
	cmp.Exporter(func(reflect.Type) bool { return true }),
	cmp.FilterValues(func(a, b hcl.Range) bool { return true }, cmp.Ignore()),
	cmp.Comparer(func(a, b *hclsyntax.Operation) bool { return a == b }),
}

// tree parses a text.
func tree(t *testing.T, text []byte) *hclsyntax.Body {
	t.Helper()
	f, diags := hclsyntax.ParseConfig(text, "", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("can't be parsed: %v\n%s", diags, text)
	}
	return f.Body.(*hclsyntax.Body)
}

// formatted formats a text that can be parsed.
func formatted(t *testing.T, text string) string {
	t.Helper()
	got, diags := format.Source("x.ha.hcl", []byte(text))
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, text)
	}
	return string(got)
}

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no file %s: %v", pattern, err)
	}
	return names
}

func content(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
