package keepalived

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/aymanbagabas/go-udiff"
	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"

	"hactl/lang/rule"
)

var (
	expectation = regexp.MustCompile(`# (ERROR|WARN|INFO) (HA\d{3}): (.*)$`)
	release     = regexp.MustCompile(`(?m)^version (\S+)$`)
	severities  = map[rule.Severity]string{rule.Error: "ERROR", rule.Warning: "WARN", rule.Info: "INFO"}
)

// TestCases lints the files of each archive in testdata/cases as those of one
// cluster. The findings are those that the files' comments name, on those
// lines, and no others; in testdata/silent there are none.
func TestCases(t *testing.T) {
	for name, a := range archives(t, "cases") {
		t.Run(name, func(t *testing.T) {
			diags := lintArchive(t, a)
			want, got := marked(a), remarks(diags)
			if len(want) == 0 && name != "shell_1x" {
				t.Fatal("no line is marked")
			}
			for i, w := range want {
				for _, g := range got {
					if w.place == g.place && strings.Contains(g.text, w.text) {
						want[i].text = g.text // a comment gives some part of the detail
					}
				}
			}
			if a, b := lines(want), lines(got); a != b {
				t.Error(udiff.Unified("comments", "findings", a, b))
			}
		})
	}
}

// TestSilent lints what looks odd and is right.
func TestSilent(t *testing.T) {
	for name, a := range archives(t, "silent") {
		t.Run(name, func(t *testing.T) {
			if got := lines(remarks(lintArchive(t, a))); got != "" {
				t.Errorf("false alarms:\n%s", got)
			}
		})
	}
}

// TestEveryRule looks whether the cases show each rule, and whether each
// finding is whole: a rule of the registry, places, and a detail that ends a
// sentence and names what to do.
func TestEveryRule(t *testing.T) {
	seen := map[string]bool{"HA200": true, "HA204": true} // have tests of their own
	for name, a := range archives(t, "cases") {
		for _, d := range lintArchive(t, a) {
			code, related, ok := rule.Of(d)
			seen[code] = true
			if r, err := rule.Find(code); !ok || err != nil || r.Summary != d.Summary {
				t.Errorf("%s: %q is not of the registry", name, d.Summary)
			}
			if d.Subject == nil || d.Subject.Filename == "" || d.Subject.Start.Line < 1 || d.Subject.End.Byte < d.Subject.Start.Byte {
				t.Errorf("%s: %s has no place: %v", name, code, d.Subject)
			}
			if !strings.HasSuffix(d.Detail, ".") && !strings.HasSuffix(d.Detail, "?") || strings.Contains(d.Detail, "%!") || strings.Contains(d.Detail, "  ") {
				t.Errorf("%s: %s: no whole sentence: %s", name, code, d.Detail)
			}
			for _, r := range related {
				if r.Message == "" || strings.HasSuffix(r.Message, ".") || r.Range.Start.Line < 1 {
					t.Errorf("%s: %s: a related place is not whole: %+v", name, code, r)
				}
			}
		}
	}
	for _, r := range rule.All() {
		if r.Code >= "HA200" && r.Code < "HA280" && !seen[r.Code] {
			t.Errorf("no case shows %s, %s", r.Code, r.Summary)
		}
	}
}

// No finding shows a password: what it says may end up in a review.
func TestSecretsStayHidden(t *testing.T) {
	secrets := regexp.MustCompile(`\b(first|second|abcdefgh\w*|cdefg)\b`)
	for name, a := range archives(t, "cases") {
		for _, d := range lintArchive(t, a) {
			if name == "passwords" || name == "wire" {
				if found := secrets.FindString(strings.ReplaceAll(d.Detail, "the first", "")); found != "" {
					t.Errorf("%s: %q in: %s", name, found, d.Detail)
				}
			}
		}
	}
}

// What is unknown inside of authentication may be a password: neither a detail
// nor the text that is returned for excerpts has it.
func TestUnknownSecretsStayHidden(t *testing.T) {
	for _, line := range []string{
		"SECRET", "auth_pass\n        SECRET", "auth_pas\n        \"SECRET\" # SECRET", "SECRET#SECRET", "authpass=SECRET", "authpass = SECRET",
		"password: SECRET", "atuh_pass SECRET", "auth_pass SECRET", "auth pass SECRET", "passphrase SECRET SECRET",
	} {
		text := "vrrp_instance VI {\n    interface eth0\n    virtual_router_id 1\n    authentication {\n        auth_type PASS\n        " + line + "\n    }\n}\n"
		diags, texts := Lint([]Source{{Node: "a", FS: fstest.MapFS{"a.conf": {Data: []byte(text)}}, Path: "a.conf"}}, Options{})
		for _, d := range diags {
			if strings.Contains(d.Detail, "SECRET") {
				t.Errorf("%q: in the detail: %s", line, d.Detail)
			}
		}
		got := string(texts["a.conf"])
		if strings.Contains(got, "SECRET") || len(got) != len(text) || !strings.Contains(got, "auth_type PASS\n") {
			t.Errorf("%q: in the text:\n%s", line, got)
		}
		if line != "auth_pass SECRET" && len(diags) == 0 {
			t.Errorf("%q: no finding", line)
		}
	}
}

// archives returns the archives of a folder of testdata by name.
func archives(t testing.TB, folder string) map[string]*txtar.Archive {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", folder, "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives in testdata/%s: %v", folder, err)
	}
	all := map[string]*txtar.Archive{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(name), ".txtar")] = txtar.Parse(text)
	}
	return all
}

// sourcesOf returns an archive's files that end in .conf as those of nodes;
// they can include all others.
func sourcesOf(a *txtar.Archive) []Source {
	files := fstest.MapFS{}
	var all []Source
	for _, f := range a.Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	for _, f := range a.Files {
		if node, ok := strings.CutSuffix(f.Name, ".conf"); ok {
			all = append(all, Source{Node: node, FS: fs.FS(files), Path: f.Name})
		}
	}
	return all
}

func lintArchive(t testing.TB, a *txtar.Archive) hcl.Diagnostics {
	t.Helper()
	var o Options
	if m := release.FindSubmatch(a.Comment); m != nil {
		v, err := ParseVersion(string(m[1]))
		if err != nil {
			t.Fatal(err)
		}
		o.Version = v
	}
	diags, _ := Lint(sourcesOf(a), o)
	return diags
}

// remark is one finding on one line.
type remark struct{ place, text string }

// marked returns the findings that comments name.
func marked(a *txtar.Archive) []remark {
	var all []remark
	for _, f := range a.Files {
		for i, line := range strings.Split(string(f.Data), "\n") {
			if m := expectation.FindStringSubmatch(line); m != nil {
				all = append(all, remark{fmt.Sprintf("%s:%d: %s %s", f.Name, i+1, m[1], m[2]), m[3]})
			}
		}
	}
	return all
}

// remarks returns findings as such, one for each place that they are about.
func remarks(diags hcl.Diagnostics) []remark {
	var all []remark
	for _, d := range diags {
		code, related, _ := rule.Of(d)
		say := func(at hcl.Range) {
			all = append(all, remark{fmt.Sprintf("%s:%d: %s %s", at.Filename, at.Start.Line, severities[d.Severity], code), d.Detail})
		}
		say(*d.Subject)
		for _, r := range related {
			if r.Message == again {
				say(r.Range)
			}
		}
	}
	return all
}

// lines prints remarks, one on a line, in order.
func lines(all []remark) string {
	var b []string
	for _, r := range all {
		b = append(b, r.place+": "+r.text+"\n")
	}
	slices.Sort(b)
	return strings.Join(b, "")
}
