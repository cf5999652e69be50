package lang_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/aymanbagabas/go-udiff"
	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
	"hactl/lang/rule"
)

var expectation = regexp.MustCompile(`# (ERROR|WARN) (HA\d{3}): (.*)$`)

// TestRefused loads each file of testdata/refused alone. The findings are those
// that its comments name, on those lines, and no others.
func TestRefused(t *testing.T) {
	files, err := filepath.Glob("testdata/refused/*.ha.hcl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in testdata/refused: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".ha.hcl"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			_, diags := lang.Load(fstest.MapFS{"main.ha.hcl": {Data: text}}, lang.Options{})
			want, got := marked(string(text)), found(diags)
			for i, w := range want {
				// A comment gives the beginning, or some part, of the detail.
				for _, g := range got {
					if w.line == g.line && w.code == g.code && strings.Contains(g.text, w.text) {
						want[i].text = g.text
					}
				}
			}
			if a, b := lines(want), lines(got); a != b {
				t.Error(udiff.Unified("comments", "findings", a, b))
			}
		})
	}
}

// remark is one finding on one line.
type remark struct {
	line int
	code string
	text string
}

// marked returns the findings that a file's comments name.
func marked(text string) []remark {
	var all []remark
	for i, line := range strings.Split(text, "\n") {
		for _, part := range strings.SplitAfter(line, " && ") {
			if m := expectation.FindStringSubmatch(strings.TrimSuffix(part, " && ")); m != nil {
				all = append(all, remark{i + 1, m[1] + " " + m[2], m[3]})
			}
		}
	}
	return all
}

// found returns findings as remarks.
func found(diags hcl.Diagnostics) []remark {
	var all []remark
	for _, d := range diags {
		code, _, _ := rule.Of(d)
		severity := "ERROR"
		if d.Severity == hcl.DiagWarning {
			severity = "WARN"
		}
		all = append(all, remark{d.Subject.Start.Line, severity + " " + code, d.Detail})
	}
	return all
}

// lines prints remarks, one on a line, in order.
func lines(all []remark) string {
	var b []string
	for _, r := range all {
		b = append(b, fmt.Sprintf("%d: %s: %s\n", r.line, r.code, r.text))
	}
	slices.Sort(b)
	return strings.Join(b, "")
}

// TestFindingsAreWhole looks at the form of every finding of every case: a
// code of the registry, its summary, a place, and a detail that ends a sentence.
func TestFindingsAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, diags := range everyCase(t) {
		for _, d := range diags {
			code, related, ok := rule.Of(d)
			if !ok {
				t.Errorf("a finding without a code: %s", d.Detail)
				continue
			}
			seen[code] = true
			r, err := rule.Find(code)
			if err != nil || r.Summary != d.Summary || r.Severity != d.Severity {
				t.Errorf("%s is not what the registry says: %q", code, d.Summary)
			}
			if d.Subject == nil || d.Subject.Filename == "" || d.Subject.Start.Line < 1 {
				t.Errorf("%s has no place: %s", code, d.Detail)
			}
			if !strings.HasSuffix(d.Detail, ".") && !strings.HasSuffix(d.Detail, "?") && !strings.HasSuffix(d.Detail, "}") || strings.HasSuffix(d.Detail, "..") || strings.Contains(d.Detail, "%!") {
				t.Errorf("%s: the detail does not end a sentence: %s", code, d.Detail)
			}
			for _, rel := range related {
				if rel.Message == "" || strings.HasSuffix(rel.Message, ".") || rel.Range.Filename == "" {
					t.Errorf("%s: a related place is not whole: %+v", code, rel)
				}
			}
		}
	}
	for _, r := range rule.All() {
		elsewhere := r == rule.VersionTooOld || r == rule.VersionUnreadable // cmd/hactl knows its version
		if r.Code < "HA050" && !seen[r.Code] && !elsewhere {
			t.Errorf("no case of testdata shows %s, %s", r.Code, r.Summary)
		}
	}
}
