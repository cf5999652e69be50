package agent_test

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"
)

// measurement is all that was measured. Its methods without arguments are what
// the page's template is filled with.
type measurement struct {
	Rounds        int
	Machine       string
	Before, After string // the machine's load
	incidents     []measured
}

// pageText is the page but for what was measured.
func pageText(t *testing.T) *template.Template {
	t.Helper()
	text, err := template.ParseFiles("testdata/benchmarks.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// write returns the page.
func (m measurement) write(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	if err := pageText(t).Execute(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// writeInto writes the page to a file. Its other part, which has another package
// as its author, stays.
func (m measurement) writeInto(t *testing.T, file string) error {
	t.Helper()
	const heading = "\n# hactl beside a bare parse\n"
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	_, other, found := strings.Cut(string(old), heading)
	if found {
		other = heading + other
	}
	return os.WriteFile(file, []byte(m.write(t)+other), 0o644)
}

// Rows are those of the table of what moves. What was left out (by -run) has none.
func (m measurement) Rows() string { return m.table(false, measured.rows) }

// Staying are the rows of the table of what does not.
func (m measurement) Staying() string { return m.table(true, measured.staying) }

// table is the rows of incidents of a kind.
func (m measurement) table(stays bool, rows func(measured, *strings.Builder)) string {
	var b strings.Builder
	for _, in := range m.incidents {
		if in.stays == stays && len(in.sights[0]) > 0 {
			rows(in, &b)
		}
	}
	return b.String()
}

// Disturbed says in how many rounds a client was held up.
func (m measurement) Disturbed() string {
	held, all := 0, 0
	for _, in := range m.incidents {
		for i := range in.sights[0] {
			all++
			if slices.ContainsFunc(in.sights, func(s []sight) bool { return s[i].Gap > 50*time.Millisecond }) {
				held++
			}
		}
	}
	return fmt.Sprintf("%d of %d rounds", held, all)
}

// describeMachine says what is measured on, without a name.
func describeMachine(t *testing.T) string {
	t.Helper()
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		t.Fatal(err)
	}
	release := strings.FieldsFunc(string(kernel), func(r rune) bool { return r == '.' || r == '-' })
	version, err := exec.Command(needKeepalived(t), "--version").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(string(version))
	return fmt.Sprintf("%d processors (%s), Linux %s, keepalived %s, %s.", runtime.NumCPU(), runtime.GOARCH,
		strings.Join(release[:2], "."), strings.TrimPrefix(words[1], "v"), runtime.Version())
}

// load is the machine's load average of the last minute.
func load(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(data))[0]
}
