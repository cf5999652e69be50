package lang_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"hactl/lang"
	"hactl/lang/rule"
)

// fewRuns is a limit that tests get to sooner than to the usual one.
const fewRuns = 1 << 14

// TestEndless loads expressions that would run for ever, or fill all memory.
// Each ends in one finding: the first at the usual limit, others at a lower one.
func TestEndless(t *testing.T) {
	files := fstest.MapFS{
		"long.txt":   {Data: []byte(strings.Repeat("x", 2<<20))},
		"lines.txt":  {Data: []byte(strings.Repeat("\n", 1<<20))},
		"digits.txt": {Data: []byte(strings.Repeat("7", 2<<20))},
		"loop.txt":   {Data: []byte(strings.Repeat("%{ for a in r }", 6) + "x" + strings.Repeat("%{ endfor }", 6))},
	}
	const loops = "[for a in range(1024) : [for b in range(1024) : [for c in range(1024) : %s]]]"
	for name, c := range map[string]struct{ text, want string }{
		"loops with a filter":  {fmt.Sprintf(loops, "a if false"), "The loops of this expression"},
		"loops of objects":     {"{for a in range(1024) : a => {for b in range(1024) : b => {for c in range(1024) : c => c}}}", "The loops of this expression"},
		"loops inside try":     {fmt.Sprintf("try("+loops+", 1)", "a"), "The loops of this expression"},
		"template":             {`"` + strings.Repeat("%{for a in range(1024)}", 4) + "x" + strings.Repeat("%{endfor}", 4) + `"`, "The loops of this expression"},
		"template of a file":   {`templatefile("loop.txt", { r = range(1024) })`, "The loops of this expression"},
		"loop of long texts":   {`[for a in range(1024) : "${file("long.txt")}${a}"]`, "The loops of this expression"},
		"long template":        {`"` + strings.Repeat(`${file("long.txt")}`, 200) + `"`, "The loops of this expression"},
		"loop of concat":       {"[for i in range(1000) : length(concat(" + strings.Repeat("range(1000), ", 8) + "range(1000)))]", "The loops of this expression"},
		"loop of jsonencode":   {"[for i in range(1000) : length(jsonencode([for j in range(250) : range(1000)]))]", "The loops of this expression"},
		"loop of comparisons":  {"[for i in range(1000) : [for l in [range(1000)] : [l, l, l, l] == [l, l, l, l]]]", "The loops of this expression"},
		"loop of splats":       {"[for l in [range(1000)] : [for i in l : [for j in l : l[*]]]]", "The loops of this expression"},
		"replace":              {`replace(file("long.txt"), "x", file("long.txt"))`, "the text would have more than"},
		"regexreplace":         {`regexreplace(file("long.txt"), "x", file("long.txt"))`, "the text would have more than"},
		"regexreplace, groups": {`regexreplace(file("long.txt"), "(x+)", "$1$1$1$1$1$1$1$1")`, "the text would have more than"},
		"join":                 {`join(file("long.txt"), range(1024))`, "the text would have more than"},
		"indent":               {`indent(999, file("lines.txt"))`, "the text would have more than"},
		"format":               {`format("%[1]s%[1]s%[1]s%[1]s%[1]s", file("long.txt"))`, "the text would have more than"},
		"tonumber":             {`tonumber(file("digits.txt"))`, "the number has too many digits"},
		"parseint":             {`parseint(file("digits.txt"), 10)`, "the number has too many digits"},
		"jsondecode":           {`jsondecode(file("digits.txt"))`, "a number in it has too many digits"},
	} {
		t.Run(name, func(t *testing.T) {
			files["main.ha.hcl"] = &fstest.MapFile{Data: []byte("locals {\n  a = " + c.text + "\n}\n")}
			runs := fewRuns
			if name == "loops with a filter" {
				runs = 0
			}
			_, diags := lang.LoadWithin(files, lang.Options{}, runs, 0, 0, 0)
			if len(diags) != 1 || !strings.Contains(diags[0].Detail, c.want) {
				t.Errorf("want one finding with %q:\n%.2000s", c.want, printed(diags))
			}
		})
	}
}

// TestEndlessElsewhere is the same for JSON, variables and dynamic blocks.
func TestEndlessElsewhere(t *testing.T) {
	list := "[" + strings.Repeat("1, ", 200) + "1]"
	endless := fmt.Sprintf("[for a in %s : [for b in %s : [for c in %s : a]]]", list, list, list)
	const loops = "[for a in range(1024) : [for b in range(1024) : [for c in range(1024) : a]]]"
	variable := folder("main.ha.hcl", "variable \"v\" {\n  type = any\n}\n")
	for name, c := range map[string]struct {
		fsys fs.FS
		opts lang.Options
	}{
		"JSON list": {fsys: folder("main.ha.json", `{"locals": {"a": [1, {"b": "${`+loops+`}"}]}}`)},
		"default":   {fsys: folder("main.ha.hcl", "variable \"v\" {\n  default = "+endless+"\n}\n")},
		"var file":  {variable, lang.Options{VarFiles: []lang.VarFile{{Name: "x.hcl", Bytes: []byte("v = " + endless)}}}},
		"flag":      {variable, lang.Options{Variables: []lang.Assignment{{Name: "v", Value: endless}}}},
		"blocks":    {fsys: folder("main.ha.hcl", manyBlocks)},
	} {
		t.Run(name, func(t *testing.T) {
			_, diags := lang.LoadWithin(c.fsys, c.opts, fewRuns, 4096, 0, 0)
			if len(diags) != 1 || code(diags[0]) != rule.TooLarge.Code {
				t.Errorf("want one finding, got %d:\n%.2000s", len(diags), printed(diags))
			}
		})
	}
}

// manyBlocks is a cluster of 256 vips with 256 members each.
const manyBlocks = `
host "lb01" {}
cluster "web" {
  hosts = [host.lb01]
  dynamic "vip" {
    for_each = range(256)
    labels   = ["v${vip.key}"]
    content {
      vrid      = 1
      addresses = ["10.0.0.1"]
      dynamic "member" {
        for_each = range(256)
        labels   = ["h${member.key}"]
        content {}
      }
    }
  }
}
`

// TestLoopsThatEnd has loops that are large, but not too large, in either
// syntax.
func TestLoopsThatEnd(t *testing.T) {
	for name, files := range map[string][]string{
		"HCL":       {"main.ha.hcl", "locals {\n  all = [for a in range(400) : [for b in range(500) : b if b < 10]]\n}\nhost \"lb01\" {\n  ssh = local.all[399][9] == 9 ? \"yes\" : \"no\"\n}\n"},
		"functions": {"main.ha.hcl", "locals {\n  all = range(1000)\n  sum = [for a in local.all : element(local.all, a) + length(local.all) if contains([1, 2, a], a)]\n}\nhost \"lb01\" {\n  ssh = local.sum[999] == 1999 ? \"yes\" : \"no\"\n}\n"},
		"JSON":      {"main.ha.json", `{"locals": {"all": "${[for a in range(400) : [for b in range(500) : b if b < 10]]}", "for {": [true, null, {"${\"k\"}": "%{for x in [1, 2]}${x}%{endfor}"}]}, "host": {"lb01": {"ssh": "${local.all[399][9] == 9 ? \"yes\" : \"no\"}"}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := load(t, files...).Hosts()[0].String("ssh").V; got != "yes" {
				t.Errorf("ssh = %q", got)
			}
		})
	}
}

// TestPipe has a pipe in the folder. To open it would wait for a writer.
func TestPipe(t *testing.T) {
	files := piped{folder("main.ha.hcl", "locals {\n  a = file(\"pipe\")\n}\n")}
	files.MapFS["pipe"] = &fstest.MapFile{Mode: fs.ModeNamedPipe}
	files.MapFS["pipe.ha.hcl"] = &fstest.MapFile{Mode: fs.ModeNamedPipe}
	_, diags := lang.Load(files, lang.Options{})
	if got := printed(diags); len(diags) != 2 || strings.Count(got, "it is no regular file") != 2 {
		t.Errorf("want two findings:\n%s", got)
	}
}

// piped is a folder whose pipes nobody may open.
type piped struct{ fstest.MapFS }

func (p piped) Open(name string) (fs.File, error) {
	if f := p.MapFS[name]; f != nil && f.Mode == fs.ModeNamedPipe {
		panic("opened " + name)
	}
	return p.MapFS.Open(name)
}

func (p piped) Stat(name string) (fs.FileInfo, error) { return p.MapFS.Stat(name) }

// TestLinks has links that lead out of the folder, and nowhere.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	for name, target := range map[string]string{"out.ha.hcl": "/etc/passwd", "nowhere.ha.hcl": "nothing"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	_, diags := lang.Load(root.FS(), lang.Options{})
	got := printed(diags)
	for _, want := range []string{"out.ha.hcl can't be read: it is a link that leads out of the folder.", "nowhere.ha.hcl can't be read: it is a link to nothing."} {
		if !strings.Contains(got, want) {
			t.Errorf("no finding says %q:\n%s", want, got)
		}
	}
}

// TestLongDigits has a number in a text that would take long to convert.
func TestLongDigits(t *testing.T) {
	text := fmt.Sprintf("cluster \"web\" {\n  hosts = values(host)\n  vip \"a\" {\n    vrid      = \"%s\"\n    addresses = [\"10.0.0.1\"]\n  }\n}\nhost \"a\" {}\n", strings.Repeat("7", 2<<20))
	_, diags := lang.Load(folder("main.ha.hcl", text), lang.Options{})
	if len(diags) != 1 || code(diags[0]) != rule.WrongType.Code {
		t.Errorf("want one finding: %.500s", printed(diags))
	}
}

// TestZeroByteInVarFile gives values in a file that is no text.
func TestZeroByteInVarFile(t *testing.T) {
	_, diags := lang.Load(folder("main.ha.hcl", "variable \"a\" {\n  default = 1\n}\n"), lang.Options{VarFiles: []lang.VarFile{{Name: "x.hcl", Bytes: []byte("a = \"\x00\"\n")}}})
	if len(diags) != 1 || code(diags[0]) != rule.Unreadable.Code {
		t.Errorf("want one finding: %s", printed(diags))
	}
}

// TestByteOrderMark loads files that begin with one.
func TestByteOrderMark(t *testing.T) {
	load(t, "a.ha.hcl", "\ufeffhost \"lb01\" {}\n", "b.ha.json", "\ufeff{\"host\": {\"lb02\": {}}}")
}

// TestLongNamesInFindings has names and values that no finding shows whole.
func TestLongNamesInFindings(t *testing.T) {
	long := strings.Repeat("x", 1<<17)
	for name, text := range map[string]string{
		"label":     "host \"" + long + "\" {}\n",
		"attribute": "host \"a\" {\n  " + long + " = 1\n}\n",
		"block":     long + " \"a\" {}\n",
		"local":     "locals {\n  a = local." + long + "\n}\n",
		"root":      "locals {\n  a = " + long + "\n}\n",
		"function":  "locals {\n  a = " + long + "()\n}\n",
		"member":    "host \"a\" {}\nlocals {\n  a = host.a." + long + "\n}\n",
		"value":     "hactl {\n  store = \"http:" + long + "\"\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, diags := lang.Load(folder("main.ha.hcl", text), lang.Options{})
			if got := printed(diags); len(diags) == 0 || len(got) > 1000 {
				t.Errorf("%d findings of %d bytes: %.500s", len(diags), len(got), got)
			}
		})
	}
}
