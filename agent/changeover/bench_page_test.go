package changeover

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/template"
	"text/template/parse"
	"time"

	"hactl/agent/rehearsal"
)

// measurement is all that TestUpgradeBench measured. Its methods without arguments are
// what the template of the page is filled with.
type measurement struct {
	Rounds        int
	Machine       string
	Before, After string // the machine's load
	changes       []*change
}

// pageText is the page but for what was measured.
func pageText(t *testing.T) *template.Template {
	t.Helper()
	text, err := template.ParseFiles("testdata/benchmarks-upgrade.md.tmpl")
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

// Durations are the rows of the first table.
func (m measurement) Durations() string {
	var b strings.Builder
	for _, c := range m.changes {
		var took, beyond []time.Duration
		for _, turn := range c.turns {
			took = append(took, turn.took)
			beyond = append(beyond, turn.took-c.waits)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", c.title, milliseconds(took), c.waiting, milliseconds(beyond))
	}
	return b.String()
}

// Requests are the rows of the second table.
func (m measurement) Requests() string {
	var b strings.Builder
	for _, c := range m.changes {
		answered, failed, idle := 0, 0, 0
		var before, during, worst []time.Duration
		var ratios []float64
		for _, turn := range c.turns {
			answered += turn.seen.Paced + turn.seen.Kept
			failed += len(turn.seen.Failed) + turn.seen.Lost() + turn.seen.Unwell
			idle += turn.seen.Idle
			p, q := percentile(turn.before, 99), percentile(turn.during, 99)
			before, during, worst = append(before, p), append(during, q), append(worst, slices.Max(turn.during))
			ratios = append(ratios, float64(q)/float64(p))
		}
		slices.Sort(ratios)
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %s | %s | %.2f (%.2f) | %s |\n", c.title, answered, failed, idle,
			milliseconds(before), milliseconds(during), ratios[len(ratios)/2], ratios[len(ratios)-1], milliseconds(worst))
	}
	return b.String()
}

// milliseconds is the median of all, the largest in brackets.
func milliseconds(all []time.Duration) string {
	return fmt.Sprintf("%s ms (%s)", number(percentile(all, 50)), number(slices.Max(all)))
}

// number has three digits that count.
func number(d time.Duration) string {
	if ms := d.Seconds() * 1000; ms < 100 {
		return fmt.Sprintf("%.1f", ms)
	}
	return fmt.Sprint(d.Milliseconds())
}

// describeMachine says what is measured on, without a name.
func describeMachine(s *stage) string {
	return fmt.Sprintf("%d processors (%s), nginx %s and %s, %s.", runtime.NumCPU(), runtime.GOARCH, s.one.Version, s.other.Version, runtime.Version())
}

// loadAverage is that of the last minute.
func loadAverage(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(data))[0]
}

// Every figure is on the page, as a median with the largest beside it.
func TestUpgradePage(t *testing.T) {
	ms := time.Millisecond
	all := changes()
	for i, c := range all {
		for n := range 3 {
			spread := time.Duration(n)
			c.turns = append(c.turns, turn{
				took:   c.waits + 400*ms + 100*spread*ms,
				before: slices.Repeat([]time.Duration{2 * ms}, 100), during: slices.Repeat([]time.Duration{3*ms + spread*ms}, 200),
				seen: rehearsal.Tally{Paced: 1000, Kept: 500, Idle: 16, Failed: slices.Repeat([]string{"refused"}, i)},
			})
		}
	}
	got := measurement{Rounds: 3, Machine: "A loom.", Before: "0.25", After: "0.75", changes: all}.write(t)
	for _, part := range []string{
		"3 times each", "A loom.", "Load average: 0.25 before and 0.75 after",
		"| hactl, to the release | 1500 ms (1600) | 1 s of soak | 500 ms (600) |\n",
		"| The runbook by hand | 4500 ms (4600) | 4 s of pauses | 500 ms (600) |\n",
		"| hactl, to the release | 4500 | 0 | 48 | 2.0 ms (2.0) | 4.0 ms (5.0) | 2.00 (2.50) | 4.0 ms (5.0) |\n",
		"| The runbook by hand | 4500 | 6 | 48 |",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("no %q in the page:\n%s", part, got)
		}
	}
}

// The page in docs says of the measurement what its text says now.
func TestUpgradePageIsCurrent(t *testing.T) {
	page, err := os.ReadFile("../../docs/benchmarks-upgrade.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, node := range pageText(t).Root.Nodes {
		part, ok := node.(*parse.TextNode)
		if ok && !strings.Contains(string(page), string(part.Text)) {
			t.Errorf("docs/benchmarks-upgrade.md is of another text; \"make bench\" writes it anew. It lacks\n%s", part.Text)
		}
	}
}
