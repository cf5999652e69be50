package main

import (
	"strings"
	"testing"

	"hactl/lang/rule"

	"github.com/aymanbagabas/go-udiff"
)

// The lines that differ are marked: not those that are only aligned otherwise, nor
// a line that happens to stand elsewhere in the other file, too.
func TestExplainMarksWhatDiffers(t *testing.T) {
	wrong := []rule.File{
		{Name: "a.ha.hcl", Text: "vip {\n  vrid = 50\n}\n\nvip {\n  vrid = 50\n}\n"},
		{Name: "gone.ha.hcl", Text: "host {}\n"},
	}
	right := []rule.File{{Name: "a.ha.hcl", Text: "vip {\n  vrid = 50\n}\n\nvip {\n  version = 3\n  vrid    = 51\n}\n"}}
	plain := func(s string) string { return s }
	var b strings.Builder
	explainFiles(&b, "wrong", plain, "-", wrong, right)
	explainFiles(&b, "right", plain, "+", right, wrong)
	want := `
  wrong, a.ha.hcl
    vip {
      vrid = 50
    }

    vip {
  -   vrid = 50
    }

  wrong, gone.ha.hcl
    host {}

  right, a.ha.hcl
    vip {
      vrid = 50
    }

    vip {
  +   version = 3
  +   vrid    = 51
    }
`
	if d := udiff.Unified("want", "got", want, b.String()); d != "" {
		t.Error(d)
	}
}

// However a code is typed, it is that of one rule; what is none is refused.
func TestFindRule(t *testing.T) {
	for _, typed := range []string{"HA001", "ha001", "Ha1", "001", "1"} {
		if r, err := findRule(typed); err != nil || r != rule.Syntax {
			t.Errorf("%s: %v %v", typed, r, err)
		}
	}
	for _, typed := range []string{"", "HA", "HA-1", "HA+1", "1.5", "HA1000", "HB001", "HA 001", "vrid"} {
		if r, err := findRule(typed); err == nil || !strings.Contains(err.Error(), "is no code") {
			t.Errorf("%s: %v %v", typed, r, err)
		}
	}
}

// Findings name their rules once each, the first few of them.
func TestFindingsNameTheirRules(t *testing.T) {
	var f findings
	for _, r := range append([]rule.Rule{rule.Syntax, rule.Syntax}, rule.All()[:fewCodes+2]...) {
		f.list = append(f.list, r.At(at(1, 1, 0, 0), "x."))
	}
	if got := strings.Join(f.codes(), " "); got != "HA001 HA002 HA003 HA004 HA005" {
		t.Error(got)
	}
	if got := (findings{}).text(false); got != "" {
		t.Errorf("without findings: %q", got)
	}
}
