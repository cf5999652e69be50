package keepalived

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hactl/lang/rule"
)

// mistake is one row of docs/mistakes.md: classes of mistakes, the codes that they
// are reported by, and the cases that show them.
type mistake struct{ classes, codes, cases []string }

var (
	row      = regexp.MustCompile("(?m)^\\| ([^|]+) \\| (`[^|]+`) \\| (HA[^|]+) \\| ([^|]+) \\|$")
	rightRow = regexp.MustCompile(`(?m)^\| ([^|]+) \| ([a-z_]+) \|$`)
	codeName = regexp.MustCompile(`HA\d{3}`)
)

// mistakes returns the rows of the page.
func mistakes(t *testing.T) []mistake {
	t.Helper()
	var all []mistake
	for _, m := range row.FindAllStringSubmatch(mistakesPage(t), -1) {
		all = append(all, mistake{strings.Split(strings.ReplaceAll(m[2], "`", ""), ", "), strings.Split(m[3], ", "), strings.Split(m[4], ", ")})
	}
	if len(all) < 60 {
		t.Fatalf("only %d rows found", len(all))
	}
	return all
}

func mistakesPage(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/mistakes.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// classes returns the codes of each class of mistakes.
func classes(t *testing.T) map[string][]string {
	all := map[string][]string{}
	for _, m := range mistakes(t) {
		for _, class := range m.classes {
			all[class] = m.codes
		}
	}
	return all
}

// Each code that docs/mistakes.md names is a rule, each case exists, and one of
// the cases of a row shows each of its codes. No rule of this package is left out.
func TestMistakes(t *testing.T) {
	cases := archives(t, "cases")
	for _, m := range mistakes(t) {
		for _, code := range m.codes {
			if _, err := rule.Find(code); err != nil {
				t.Errorf("%s: %v", m.classes, err)
			}
		}
		var shown []string
		for _, name := range m.cases {
			a := cases[name]
			if a == nil {
				t.Errorf("%s: there is no case %s", m.classes, name)
				continue
			}
			found := codeName.FindAllString(lines(remarks(lintArchive(t, a))), -1)
			if !slices.ContainsFunc(m.codes, func(code string) bool { return slices.Contains(found, code) }) {
				t.Errorf("%s: the case %s shows none of %s", m.classes, name, m.codes)
			}
			shown = append(shown, found...)
		}
		for _, code := range m.codes {
			if !slices.Contains(shown, code) {
				t.Errorf("%s: no case shows %s", m.classes, code)
			}
		}
	}
	page := mistakesPage(t)
	for _, r := range rule.All() {
		if r.Code >= "HA200" && r.Code < "HA280" && !strings.Contains(page, r.Code) {
			t.Errorf("docs/mistakes.md does not name %s, %s", r.Code, r.Summary)
		}
	}
}

// What docs/mistakes.md says to be right draws no finding.
func TestMistakesSilent(t *testing.T) {
	silent := archives(t, "silent")
	rows := rightRow.FindAllStringSubmatch(mistakesPage(t), -1)
	if len(rows) < 7 {
		t.Fatalf("only %d rows found", len(rows))
	}
	for _, m := range rows {
		a := silent[m[2]]
		if a == nil {
			t.Errorf("%s: there is no silent case %s", m[1], m[2])
			continue
		}
		if got := lines(remarks(lintArchive(t, a))); got != "" {
			t.Errorf("%s: %s draws\n%s", m[1], m[2], got)
		}
	}
}
