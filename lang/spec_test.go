package lang_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"hactl/lang"
	"hactl/lang/rule"
	"hactl/lang/schema"
)

var specExample = regexp.MustCompile("(?s)```hcl\n(.*?)```")

// TestSpec loads every example of SPEC.md: each is refused on the lines that
// say so, with the code that they name, and nowhere else.
func TestSpec(t *testing.T) {
	text, err := os.ReadFile("SPEC.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := specExample.FindAllSubmatchIndex(text, -1)
	if len(examples) < 8 {
		t.Fatalf("only %d examples", len(examples))
	}
	for _, at := range examples {
		example := string(text[at[2]:at[3]])
		line := strings.Count(string(text[:at[2]]), "\n") + 1
		t.Run(fmt.Sprintf("line %d", line), func(t *testing.T) {
			_, diags := lang.Load(folder("main.ha.hcl", example), lang.Options{})
			var want, got []string
			for i, l := range strings.Split(example, "\n") {
				if _, code, ok := strings.Cut(l, "# ERROR "); ok {
					want = append(want, fmt.Sprintf("%d %s", line+i, code))
				}
			}
			for _, d := range diags {
				got = append(got, fmt.Sprintf("%d %s", line+d.Subject.Start.Line-1, code(d)))
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("want %q:\n%s", want, printed(diags))
			}
		})
	}
}

// TestSpecNamesFunctions looks whether section 5.2 lists what there is.
func TestSpecNamesFunctions(t *testing.T) {
	text, err := os.ReadFile("SPEC.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "### 5.2 Functions")
	section, _, _ = strings.Cut(section, "\n## ")
	for _, name := range lang.FunctionNames() {
		if !regexp.MustCompile(`\b` + name + `\b`).MatchString(section) {
			t.Errorf("the function %s is not in SPEC.md", name)
		}
	}
}

// around holds what stands before and after a block of that path, so that it
// makes a whole configuration.
var around = map[string][2]string{
	"hactl":               {"", ""},
	"host":                {"", ""},
	"host interface":      {"host \"x\" {\n", "\n}"},
	"cluster":             {"", ""},
	"cluster auth":        {inCluster, "\n}"},
	"cluster preemption":  {inCluster, "\n}"},
	"cluster member":      {inCluster, "\n}"},
	"cluster vip":         {inCluster, "\n}"},
	"cluster vip auth":    {inCluster + inVip, "\n}\n}"},
	"cluster vip member":  {inCluster + inVip, "\n}\n}"},
	"variable":            {"", ""},
	"variable validation": {"variable \"vrid\" {\n  default = 1\n", "\n}"},
	"locals":              {"", ""},
}

const (
	inCluster = "cluster \"x\" {\n  hosts = [host.lb01]\n"
	inVip     = "vip \"x\" {\n  vrid = 1\n  addresses = [\"10.0.0.1\"]\n"
	others    = "\nhost \"lb01\" {}\nhost \"lb02\" {}\nvariable \"secret\" {\n  default = \"x\"\n}\n"
)

// TestTableExamples loads the example of every block in the table, and of
// every attribute.
func TestTableExamples(t *testing.T) {
	seen := map[string]bool{}
	var walk func(string, *schema.Block)
	walk = func(path string, b *schema.Block) {
		frame, ok := around[path]
		if ok {
			seen[path] = true
			example(t, path, frame, b.Example)
			for _, a := range b.Attributes {
				if b.Type != "variable" && b.Type != "validation" {
					example(t, path+" "+a.Name, frame, with(b, a))
				}
			}
		}
		for _, n := range b.Blocks {
			walk(strings.TrimPrefix(path+" "+n.Type, " "), n)
		}
	}
	walk("", schema.Root)
	for path := range around {
		if !seen[path] {
			t.Errorf("there is no block %s", path)
		}
	}
}

// with returns a block that holds that attribute and the required ones.
func with(b *schema.Block, a schema.Attribute) string {
	var text strings.Builder
	text.WriteString(b.Type)
	if b.Label != "" {
		text.WriteString(` "label"`)
	}
	text.WriteString(" {\n")
	for _, r := range b.Attributes {
		if r.Required || r.Name == a.Name {
			fmt.Fprintf(&text, "  %s = %s\n", r.Name, r.Example)
		}
	}
	for _, set := range b.ExactlyOne {
		if !strings.Contains(strings.Join(set, " "), a.Name) {
			fmt.Fprintf(&text, "  %s = \"/x\"\n", set[0])
		}
	}
	return text.String() + "}"
}

// example fails when a block is refused for another reason than that its hosts
// are there already.
func example(t *testing.T, what string, frame [2]string, block string) {
	t.Helper()
	_, diags := lang.Load(folder("main.ha.hcl", frame[0]+block+frame[1], "others.ha.hcl", others), lang.Options{})
	for _, d := range diags {
		if code(d) != rule.Duplicate.Code {
			t.Errorf("%s: %s\n%s", what, d.Detail, block)
		}
	}
}
