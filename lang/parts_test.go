package lang_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"hactl/lang"
	"hactl/lang/rule"
)

// dense is more words and signs than a configuration has whose limit is few.
const (
	few   = 1 << 14
	dense = few + 8
)

// TestDense loads texts of very many words and signs, which would take gigabytes
// once they are parsed.
func TestDense(t *testing.T) {
	half := "locals {\n" + strings.Repeat("\n", dense/2) + "}\n"
	for name, fsys := range map[string]fstest.MapFS{
		"lines":     folder("a.ha.hcl", strings.Repeat("\n", dense)),
		"blocks":    folder("a.ha.hcl", strings.Repeat("a{}\n", dense/4)),
		"list":      folder("a.ha.hcl", "locals {\n  a = ["+strings.Repeat("1,", dense/2)+"]\n}\n"),
		"JSON":      folder("a.ha.json", `{"locals": {"a": [`+strings.Repeat("[],", dense/3)+`1]}}`),
		"two files": folder("a.ha.hcl", half, "b.ha.hcl", half),
	} {
		t.Run(name, func(t *testing.T) {
			_, diags := lang.LoadWithin(fsys, lang.Options{}, 0, 0, few, 0)
			if len(diags) != 1 || code(diags[0]) != rule.TooLarge.Code {
				t.Errorf("want one finding: %d, %.500s", len(diags), printed(diags))
			}
		})
	}
	_, diags := lang.LoadWithin(folder("a.ha.hcl", "variable \"v\" {\n  default = []\n}\n"), lang.Options{
		VarFiles: []lang.VarFile{{Name: "x.hcl", Bytes: []byte("v = [" + strings.Repeat("1,", dense/2) + "]\n")}},
	}, 0, 0, few, 0)
	if len(diags) != 1 || code(diags[0]) != rule.TooLarge.Code {
		t.Errorf("want one finding in a file of variables: %.500s", printed(diags))
	}
}

// TestDenseFiles gives such texts to the functions that take texts apart.
func TestDenseFiles(t *testing.T) {
	const dense = 1<<21 + 8
	files := folder("commas.txt", strings.Repeat("1,", dense), "list.json", "["+strings.Repeat("1,", dense)+"1]", "x.tftpl", strings.Repeat("${1}", dense/4))
	for _, call := range []string{
		`csvdecode(file("commas.txt"))`,
		`jsondecode(file("list.json"))`,
		`split(",", file("commas.txt"))`,
		`regexall(".", file("commas.txt"))`,
		`templatefile("x.tftpl", {})`,
	} {
		files["main.ha.hcl"] = &fstest.MapFile{Data: []byte("locals {\n  a = length(" + call + ")\n}\n")}
		_, diags := lang.Load(files, lang.Options{})
		if len(diags) != 1 || !strings.Contains(diags[0].Detail, "more than 2097152 pieces") {
			t.Errorf("%s: want one finding: %.500s", call, printed(diags))
		}
	}
}

// TestManyWrongNames has thousands of names that do not exist, among thousands
// that do. The first ones get a suggestion, and none waits for it.
func TestManyWrongNames(t *testing.T) {
	const n = 1000
	var locals, variables strings.Builder
	for i := range n {
		fmt.Fprintf(&locals, "  name%d = local.nam_e%d\n", i, i)
		fmt.Fprintf(&variables, "variable \"name%d\" {}\n", i)
	}
	text := "locals {\n" + locals.String() + "}\n"
	_, diags := lang.LoadWithin(folder("main.ha.hcl", text), lang.Options{}, 0, 0, 0, 1<<17)
	if got := printed(diags); len(diags) != n || !strings.Contains(got, "There is no local nam_e0. Did you mean local.name0?") || !strings.Contains(got, "There is no local nam_e999. Write it in a locals block.") {
		t.Errorf("%d findings: %.1000s", len(diags), got)
	}
	long := strings.Repeat("x", 1<<20)
	_, diags = lang.Load(folder("main.ha.hcl", "locals {\n  "+long+" = 1\n  b = local."+long+"y\n}\n"), lang.Options{})
	if len(diags) != 1 || code(diags[0]) != rule.Undefined.Code {
		t.Errorf("want one finding: %.500s", printed(diags))
	}
	given := lang.Options{VarFiles: []lang.VarFile{{Name: "x.hcl", Bytes: []byte(strings.ReplaceAll(strings.ReplaceAll(locals.String(), "name", "nmae"), "local.nam_e", ""))}}}
	if _, diags = lang.LoadWithin(folder("main.ha.hcl", variables.String()), given, 0, 0, 0, 1<<17); len(diags) != 2*n {
		t.Errorf("%d findings: %.500s", len(diags), printed(diags))
	}
}
