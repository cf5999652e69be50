package lang_test

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hactl/compiler"
	"hactl/lang"
	"hactl/lang/rule"
	"hactl/lang/schema"
)

var specExample = regexp.MustCompile("(?s)```hcl\n(.*?)```")

// TestSpec compiles every example of SPEC.md: each is refused or warned of on the
// lines that say so, with the code that they name, and nowhere else.
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
			c, diags := lang.Load(folder("main.ha.hcl", example), lang.Options{})
			_, more := compiler.Compile(c)
			diags = append(diags, more...)
			var want, got []string
			for i, l := range strings.Split(example, "\n") {
				for _, comment := range []string{"# ERROR ", "# WARNING "} {
					if _, code, ok := strings.Cut(l, comment); ok {
						want = append(want, fmt.Sprintf("%d %s", line+i, code))
					}
				}
			}
			for _, d := range diags {
				got = append(got, fmt.Sprintf("%d %s", line+d.Subject.Start.Line-1, code(d)))
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
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

const others = `
host "lb01" {}
host "lb02" {}
check "nginx" {
  ping {
    address = "10.0.0.1"
  }
}
notify "ops" {
  webhook {
    url = "https://example.com/"
  }
}
cluster "web" {
  hosts = [host.lb01]
}
variable "secret" {
  default = "x"
}
variable "smtp_password" {
  default = "x"
}
`

// TestTableExamples loads the example of every block in the table, and of
// every attribute.
func TestTableExamples(t *testing.T) {
	var walk func(path string, b *schema.Block, frame [2]string)
	walk = func(path string, b *schema.Block, frame [2]string) {
		switch b.Type {
		case "":
		case "validation": // of the variable in the variable block's own example
		default:
			example(t, path, frame, b.Example)
		}
		for _, a := range b.Attributes {
			if a.Type != schema.Any && a.Type != schema.TypeExpr && b.Type != "variable" && b.Type != "validation" {
				example(t, path+" "+a.Name, frame, whole(b, a.Name, "  "+a.Name+" = "+a.Example+"\n"))
			}
		}
		for _, n := range b.Blocks {
			inner := frame
			if b.Type != "" {
				before, after, _ := strings.Cut(whole(b, n.Type, "HERE\n"), "HERE")
				inner = [2]string{frame[0] + before, after + frame[1]}
			}
			walk(strings.TrimPrefix(path+" "+n.Type, " "), n, inner)
		}
	}
	walk("", schema.Root, [2]string{})
}

// whole returns a block of the table that holds content, under that name, and
// what it needs besides.
func whole(b *schema.Block, name, content string) string {
	var text strings.Builder
	text.WriteString(b.Type + label(b) + " {\n" + content)
	for _, r := range b.Attributes {
		if (r.Required || b.Type == "variable" && r.Name == "default") && r.Name != name {
			fmt.Fprintf(&text, "  %s = %s\n", r.Name, r.Example)
		}
	}
	for _, n := range b.Blocks {
		if n.Required && n.Type != name {
			text.WriteString(n.Example + "\n")
		}
	}
	for _, set := range slices.Concat(b.ExactlyOne, b.AtLeastOne) {
		if slices.Contains(set, name) {
			continue
		}
		if i := b.Attribute(set[0]); i >= 0 {
			fmt.Fprintf(&text, "  %s = %s\n", set[0], b.Attributes[i].Example)
		} else {
			text.WriteString(b.Block(set[0]).Example + "\n")
		}
	}
	return text.String() + "}\n"
}

// label returns a label that b takes, with a space before it.
func label(b *schema.Block) string {
	switch {
	case b.Label == "":
		return ""
	case len(b.Labels) > 0:
		return ` "` + b.Labels[0] + `"`
	}
	return ` "` + cmp.Or(map[schema.Form]string{schema.Moved: "10.0.0.9/24", schema.Destination: "default", schema.KeyID: "7"}[b.Form], "lb01") + `"`
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
