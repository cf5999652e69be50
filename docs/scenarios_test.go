package docs

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

// Each row of the table of situations names tests, and each of them exists.
func TestScenariosAreTested(t *testing.T) {
	tests := testNames(t)
	rows := 0
	for line := range strings.Lines(read(t, "docs/scenarios.md")) {
		if !strings.HasPrefix(line, "| E") {
			continue
		}
		rows++
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		named := regexp.MustCompile("`(Test[A-Za-z0-9]*)`").FindAllStringSubmatch(cells[len(cells)-1], -1)
		if len(cells) != 5 || len(named) == 0 {
			t.Errorf("a row without a test: %s", line)
		}
		for _, n := range named {
			if !tests[n[1]] {
				t.Errorf("%s is no test: %s", n[1], line)
			}
		}
	}
	if rows < 17 {
		t.Errorf("%d rows, want one for each of the seventeen situations", rows)
	}
}

// testNames are the names of all tests.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9]*)\(`)
	err := fs.WalkDir(root, ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		for _, m := range declared.FindAllStringSubmatch(read(t, name), -1) {
			names[m[1]] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
