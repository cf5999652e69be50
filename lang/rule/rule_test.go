package rule

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// TestRegistry looks whether codes are unique and well formed, and summaries
// fixed words.
func TestRegistry(t *testing.T) {
	form := regexp.MustCompile(`^HA[0-9]{3}$`)
	seen := map[string]Rule{}
	last := ""
	for _, r := range All() {
		if other, ok := seen[r.Code]; ok {
			t.Errorf("%s is both %q and %q", r.Code, r.Summary, other.Summary)
		}
		seen[r.Code] = r
		if !form.MatchString(r.Code) || r.Code <= last {
			t.Errorf("%s after %s: a code is HA and three digits, in order", r.Code, last)
		}
		last = r.Code
		if r.Summary == "" || strings.ContainsAny(r.Summary, "%\"") || strings.HasSuffix(r.Summary, ".") {
			t.Errorf("%s: %q is no fixed summary", r.Code, r.Summary)
		}
		if r.Severity != Error && r.Severity != Warning && r.Severity != Info {
			t.Errorf("%s has no severity", r.Code)
		}
	}
}

func TestFinding(t *testing.T) {
	here, there := hcl.Range{Filename: "a"}, hcl.Range{Filename: "b"}
	d := Duplicate.At(here, "It is there twice.", Related{"The first", there})
	code, related, ok := Of(d)
	if !ok || code != "HA011" || len(related) != 1 || related[0].Range != there || *d.Subject != here || d.Severity != Error {
		t.Errorf("read back: %s %v %v", code, related, ok)
	}
	if _, _, ok := Of(&hcl.Diagnostic{}); ok {
		t.Error("a diagnostic of no rule has a code")
	}
}

func TestFind(t *testing.T) {
	if r, err := Find("HA001"); err != nil || r != Syntax {
		t.Errorf("find HA001: %v %v", r, err)
	}
	if _, err := Find("HA000"); err == nil {
		t.Error("HA000 was found")
	}
}

func TestNoRule(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a rule without a code made a finding")
		}
	}()
	Rule{}.At(hcl.Range{}, "")
}
