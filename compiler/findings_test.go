package compiler

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
	"hactl/lang/rule"
)

// compileText compiles one file as a whole configuration and returns the
// findings of language and compiler.
func compileText(text string) (*Result, hcl.Diagnostics) {
	c, found := lang.Load(fstest.MapFS{"main.ha.hcl": {Data: []byte(text)}}, lang.Options{})
	result, more := Compile(c)
	return result, append(found, more...)
}

// mark is what a comment promises about its line.
type mark struct {
	line int
	kind string // "ERROR", "WARN", "INFO" or "RELATED"
	code string // empty for RELATED
	text string // part of the detail
}

var markPattern = regexp.MustCompile(`# (ERROR|WARN|INFO|RELATED)(?: (HA\d{3}): ([^#]*))?`)

func marks(text string) []mark {
	var found []mark
	for i, line := range strings.Split(text, "\n") {
		for _, m := range markPattern.FindAllStringSubmatch(line, -1) {
			found = append(found, mark{i + 1, m[1], m[2], strings.TrimSpace(m[3])})
		}
	}
	return found
}

// Each file of testdata/wrong has exactly the findings that its comments name,
// and each line marked RELATED is shown beside one of them.
func TestWrong(t *testing.T) {
	for _, file := range files(t, "testdata/wrong/*.ha.hcl") {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".ha.hcl"), func(t *testing.T) {
			text := read(t, file)
			_, found := compileText(text)
			wanted := marks(text)
			related := map[int]bool{}
			for _, d := range found {
				code, places, _ := rule.Of(d)
				for _, p := range places {
					related[p.Range.Start.Line] = true
				}
				i := slices.IndexFunc(wanted, func(m mark) bool {
					return m.line == d.Subject.Start.Line && m.kind == severity(d) && m.code == code && strings.Contains(d.Detail, m.text)
				})
				if i < 0 {
					t.Errorf("not announced: %s", line(d))
					continue
				}
				wanted = slices.Delete(wanted, i, i+1)
			}
			for _, m := range wanted {
				if m.kind != "RELATED" || !related[m.line] {
					t.Errorf("not found: line %d: %s %s: %s", m.line, m.kind, m.code, m.text)
				}
			}
		})
	}
}

// Every file of testdata/ok is without a finding.
func TestSilent(t *testing.T) {
	for _, file := range files(t, "testdata/ok/*.ha.hcl") {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".ha.hcl"), func(t *testing.T) {
			result, found := compileText(read(t, file))
			for _, d := range found {
				t.Error(line(d))
			}
			checkPlans(t, result)
		})
	}
}

// Every rule of the compiler has an example in testdata/wrong.
func TestEveryRuleHasAnExample(t *testing.T) {
	shown := map[string]bool{}
	for _, file := range files(t, "testdata/wrong/*.ha.hcl") {
		for _, m := range marks(read(t, file)) {
			shown[m.code] = true
		}
	}
	for _, r := range rule.All() {
		if r.Code >= "HA050" && r.Code < "HA200" && !shown[r.Code] {
			t.Errorf("no file of testdata/wrong shows %s, %s", r.Code, r.Summary)
		}
	}
}

// Findings say what, why and what to do: the detail is whole sentences, and the
// summary, which is the same for all of a rule, names nothing.
func TestWording(t *testing.T) {
	for _, file := range files(t, "testdata/wrong/*.ha.hcl") {
		_, found := compileText(read(t, file))
		for _, d := range found {
			if !strings.HasSuffix(d.Detail, ".") && !strings.HasSuffix(d.Detail, "?") {
				t.Errorf("%s: not whole sentences", line(d))
			}
			if strings.ContainsAny(d.Summary, "%\"0123456789.") && d.Summary != "Password in version 3" && d.Summary != "IPv6 in version 2" {
				t.Errorf("%s: summary %q names something", line(d), d.Summary)
			}
			if strings.Contains(d.Detail, "%!") {
				t.Errorf("%s: badly formatted", line(d))
			}
		}
	}
}

// No finding shows a secret.
func TestNoSecretInFindings(t *testing.T) {
	var found hcl.Diagnostics
	for _, file := range []string{"auth", "hmac", "notify", "no-plan"} {
		_, more := compileText(read(t, "testdata/wrong/"+file+".ha.hcl"))
		found = append(found, more...)
	}
	for _, d := range found {
		_, places, _ := rule.Of(d)
		if s := fmt.Sprint(d.Summary, d.Detail, places); strings.Contains(s, "TOPSECRET") {
			t.Errorf("%s shows the secret", line(d))
		}
	}
	if len(found) == 0 {
		t.Error("no finding to look at")
	}
}

// Findings are in order of file, place and code, whatever the order of checks.
func TestOrderOfFindings(t *testing.T) {
	for _, file := range files(t, "testdata/wrong/*.ha.hcl") {
		c, _ := lang.Load(fstest.MapFS{"main.ha.hcl": {Data: []byte(read(t, file))}}, lang.Options{})
		_, found := Compile(c)
		if !slices.IsSortedFunc(found, func(a, b *hcl.Diagnostic) int {
			return cmp.Or(rule.ComparePlaces(*a.Subject, *b.Subject), cmp.Compare(code(a), code(b)))
		}) {
			t.Errorf("%s: findings are not in order", file)
		}
	}
}

// Nor does one show the value of a variable that is declared sensitive, wherever
// it is used.
func TestNoSensitiveValueInFindings(t *testing.T) {
	_, found := compileText(`
variable "ip" {
  default   = "10.77.0.5/24"
  sensitive = true
}
variable "nic" {
  default   = "nic\"77"
  sensitive = true
}
host "lb01" {
  interface "eth0" { addresses = [var.ip] }
}
host "lb02" {
  interface "eth0" {}
}
cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
  member "lb02" { interface = var.nic }
  vip "one" {
    vrid      = 50
    addresses = [var.ip, "192.0.2.1/24"]
  }
}`)
	for _, d := range found {
		if strings.Contains(d.Detail, "77") {
			t.Errorf("%s shows a sensitive value", line(d))
		}
	}
	if len(found) < 3 {
		t.Errorf("%d findings to look at, want at least 3", len(found))
	}
}

// A sensitive value is taken out as a whole word, not out of others.
func TestBlotted(t *testing.T) {
	words := []string{"10.77.0.5", "5", "sensitive"}
	for text, want := range map[string]string{
		"from 1 to 255, not 5.":                "from 1 to 255, not (sensitive).",
		"10.77.0.5 and 10.77.0.50":             "(sensitive) and 10.77.0.50",
		"eth5 is sensitive":                    "eth5 is (sensitive)",
		"5":                                    "(sensitive)",
		"priority \"5\" of host \"lb5\", 15ms": "priority \"(sensitive)\" of host \"lb5\", 15ms",
	} {
		if got := blotted(text, words); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func severity(d *hcl.Diagnostic) string {
	return map[rule.Severity]string{rule.Error: "ERROR", rule.Warning: "WARN", rule.Info: "INFO"}[d.Severity]
}

// line returns d as a mark would announce it.
func line(d *hcl.Diagnostic) string {
	return fmt.Sprintf("line %d: %s %s: %s", d.Subject.Start.Line, severity(d), code(d), d.Detail)
}

func checkPlans(t *testing.T, result *Result) {
	t.Helper()
	for _, host := range slices.Sorted(maps.Keys(result.Plans)) {
		if err := result.Plans[host].Validate(); err != nil {
			t.Errorf("plan of %s: %v", host, err)
		}
	}
}

func files(t testing.TB, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("no file %s: %v", pattern, err)
	}
	return found
}

func read(t testing.TB, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
