package lang_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hactl/lang"
	"hactl/lang/rule"
)

// TestSyntax looks at texts alone. What a name means is not looked at.
func TestSyntax(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"right":       {"a.ha.hcl", "host \"a\" {}\n", ""},
		"unknown":     {"a.ha.hcl", "hots \"a\" {\n  x = local.b\n}\n", ""},
		"open":        {"a.ha.hcl", "host \"a\" {", rule.Syntax.Code},
		"deep":        {"a.ha.hcl", "locals {\n  a = " + strings.Repeat("[", 1<<16), rule.TooLarge.Code},
		"binary":      {"a.ha.hcl", "\x00", rule.Unreadable.Code},
		"JSON":        {"a.ha.json", `{"host": {"a": {}}}`, ""},
		"broken JSON": {"a.ha.json", `{"host": `, rule.Syntax.Code},
		"not by name": {"<stdin>", "host \"a\" {}\n", ""},
	} {
		text := []byte(c.text)
		_, diags := lang.Syntax(c.file, text)
		got := ""
		for _, d := range diags {
			got += code(d)
		}
		if got != c.want || string(text) != c.text {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestSyntaxHidesSecrets looks at what is shown of a text that can't be parsed.
func TestSyntaxHidesSecrets(t *testing.T) {
	shown, diags := lang.Syntax("a.ha.hcl", []byte("cluster \"web\" {\n  auth {\n    secret = \"hunter2\"\n    secret = hunter2\"\n  }\n"))
	if len(diags) != 1 || strings.Contains(string(shown)+diags[0].Detail, "hunter2") {
		t.Errorf("%s%s", shown, printed(diags))
	}
}

// TestFiles has what looks like a file of a configuration, and is none.
func TestFiles(t *testing.T) {
	fsys := folder("b.ha.hcl", "", "a.ha.json", "", ".c.ha.hcl", "", "c.hcl", "", "d.ha.hcl.bak", "", "sub/e.ha.hcl", "", "dir.ha.hcl/x", "")
	names, err := lang.Files(fsys)
	if want := []string{"a.ha.json", "b.ha.hcl"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("%q and %v, want %q", names, err, want)
	}
	if _, err := lang.Files(broken{}); err == nil {
		t.Error("a folder that can't be read has files")
	}
}

// TestRead reads one file, or says why not.
func TestRead(t *testing.T) {
	fsys := folder("a.ha.hcl", "# a\n", "b.ha.hcl", "\x00")
	fsys["dir.ha.hcl"] = &fstest.MapFile{Mode: fs.ModeDir | 0o755}
	if text, diags := lang.Read(fsys, "a.ha.hcl"); string(text) != "# a\n" || len(diags) > 0 {
		t.Errorf("%q: %s", text, printed(diags))
	}
	for name, want := range map[string]string{"b.ha.hcl": "zero byte", "dir.ha.hcl": "no regular file", "c.ha.hcl": "link to nothing"} {
		if _, diags := lang.Read(fsys, name); len(diags) != 1 || code(diags[0]) != rule.Unreadable.Code || !strings.Contains(diags[0].Detail, want) {
			t.Errorf("%s: %s", name, printed(diags))
		}
	}
}
