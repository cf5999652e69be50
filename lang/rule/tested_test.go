package rule

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// shown finds the code of a finding in what tests expect: the comment on a line
// of a configuration ("# ERROR HA060: …"), a finding with its range ("main.ha.hcl:
// 4,3-9: HA014 …"), or what a verb prints ("error HA034: …", `"code": "HA003"`).
var shown = regexp.MustCompile(`(?:ERROR|WARN|INFO|error|warning|info|:) "?(HA\d{3})\b`)

// testedInGo are the rules that a text cannot well show, with the test that does.
var testedInGo = map[string]string{
	"HA204": "../keepalived/parse_test.go", // large and deep texts
}

// The test data of language, compiler and verbs show every rule at work.
func TestEveryRuleIsTested(t *testing.T) {
	tested := map[string]bool{}
	for _, text := range testdata(t, "..", "../../compiler", "../../cmd/hactl") {
		for _, m := range shown.FindAllStringSubmatch(text, -1) {
			tested[m[1]] = true
		}
	}
	for code, file := range testedInGo {
		text, err := os.ReadFile(file)
		if err != nil || tested[code] {
			t.Errorf("%s is not to be tested in %s alone: %v", code, file, err)
		}
		tested[code] = strings.Contains(string(text), `"`+code+`"`)
	}
	for _, r := range All() {
		if !tested[r.Code] {
			t.Errorf("no test data show %s, %s", r.Code, r.Summary)
		}
	}
}

// testdata returns the texts below the testdata folders of these folders, but for
// what explain prints, which shows rules that nothing was found against.
func testdata(t *testing.T, folders ...string) []string {
	t.Helper()
	var all []string
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.Contains(filepath.ToSlash(name), "/testdata/") || strings.HasPrefix(d.Name(), "explain") {
				return err
			}
			text, err := os.ReadFile(name)
			all = append(all, string(text))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(all) < 50 {
		t.Fatalf("only %d files of test data", len(all))
	}
	return all
}
