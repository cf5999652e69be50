package main

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

	"hactl/cmd/hactl/internal/terminal"
)

// speed is all that TestSpeed measured. Its methods without arguments are what
// the template of its part of the page is filled with.
type speed struct {
	Rounds        int
	Machine       string
	Before, After string     // the machine's load
	folders       [][][]cost // by size and contender
	cold          []time.Duration
	edits         []edits
}

// speedHeading begins this part of the page. What stands before is another
// package's, which keeps what follows this heading.
const speedHeading = "# hactl beside a bare parse\n"

func speedText(t *testing.T) *template.Template {
	t.Helper()
	text, err := template.ParseFiles("testdata/speed.md.tmpl")
	check(t, err)
	return text
}

// write returns this part of the page.
func (m speed) write(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	check(t, speedText(t).Execute(&b, m))
	return b.String()
}

// writeInto puts this part in the place of the one that a file has.
func (m speed) writeInto(t *testing.T, file string) error {
	t.Helper()
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, _, _ := strings.Cut(string(old), speedHeading)
	return os.WriteFile(file, []byte(strings.TrimRight(before, "\n")+"\n\n"+m.write(t)), 0o644)
}

// Folders are the rows of the first table.
func (m speed) Folders() string {
	var b strings.Builder
	for size, costs := range m.folders {
		fmt.Fprintf(&b, "| **%d,000 clusters** | | | | | | |\n", sizes[size]/1000)
		bare := middle(costs[0])
		for i, name := range contenders {
			c, growth := middle(costs[i]), "–"
			if size > 0 {
				growth = ratio(c.wall, middle(m.folders[0][i]).wall)
			}
			fmt.Fprintf(&b, "| %s | %.2f s | %s | %.2f s | %d MB | %s | %s |\n", name, c.wall.Seconds(), ratio(c.wall, bare.wall),
				c.cpu.Seconds(), c.memory/1_000_000, ratio(c.memory, bare.memory), growth)
		}
	}
	return b.String()
}

// Moments are the rows of the second table.
func (m speed) Moments() string {
	var b strings.Builder
	row := func(name string, all []time.Duration, aim string) {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", name, tenths(median(all)), tenths(slices.Max(all)), aim)
	}
	row("`hactl validate examples/pair`, from the start of the process to its end", m.cold, "30 ms")
	for _, e := range m.edits {
		row("Completion after a letter, "+terminal.Number(e.files, "file"), e.completion, "20 ms")
		row("Findings after a letter, "+terminal.Number(e.files, "file"), e.findings, "50 ms")
	}
	return b.String()
}

// middle returns the median of each figure.
func middle(costs []cost) cost {
	var walls, cpus []time.Duration
	var memories []int
	for _, c := range costs {
		walls, cpus, memories = append(walls, c.wall), append(cpus, c.cpu), append(memories, c.memory)
	}
	return cost{median(walls), median(cpus), median(memories)}
}

// median returns the middle one of all; of two, the larger.
func median[T ~int | ~int64](all []T) T { return slices.Sorted(slices.Values(all))[len(all)/2] }

func ratio[T ~int | ~int64](a, b T) string { return fmt.Sprintf("%.1f", float64(a)/float64(b)) }

func tenths(d time.Duration) string { return fmt.Sprintf("%.1f ms", d.Seconds()*1000) }

// describeMachine says what is measured on, without a name.
func describeMachine() string {
	return fmt.Sprintf("%d processors (%s), %s.", runtime.NumCPU(), runtime.GOARCH, runtime.Version())
}

// loadAverage is that of the last minute.
func loadAverage(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("/proc/loadavg")
	check(t, err)
	return strings.Fields(string(data))[0]
}

// Every figure is on the page, as a median, and beside what it is compared with.
func TestSpeedPage(t *testing.T) {
	ms := time.Millisecond
	cheap := []cost{{100 * ms, 150 * ms, 40e6}, {900 * ms, 900 * ms, 90e6}, {50 * ms, 90 * ms, 30e6}}
	dear := []cost{{150 * ms, 300 * ms, 80e6}}
	m := speed{
		Rounds: 7, Machine: "A loom.", Before: "0.25", After: "0.75",
		folders: [][][]cost{{cheap, dear, dear}, {dear, dear, cheap}},
		cold:    []time.Duration{20 * ms, 25 * ms, 10 * ms},
		edits:   []edits{{files: 1, findings: []time.Duration{33 * ms}, completion: []time.Duration{4 * ms}}},
	}
	got := m.write(t)
	for _, part := range []string{
		"7 times", "A loom. Load average: 0.25 before and 0.75 after",
		"| A bare parse | 0.10 s | 1.0 | 0.15 s | 40 MB | 1.0 | – |\n| `hactl validate` | 0.15 s | 1.5 | 0.30 s | 80 MB | 2.0 | – |",
		"| **10,000 clusters** | | | | | | |\n| A bare parse | 0.15 s | 1.0 | 0.30 s | 80 MB | 1.0 | 1.5 |",
		"to its end | 20.0 ms | 25.0 ms | 30 ms |",
		"| Findings after a letter, 1 file | 33.0 ms | 33.0 ms | 50 ms |",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("no %q in the page:\n%s", part, got)
		}
	}
	if !strings.HasPrefix(got, speedHeading) {
		t.Errorf("the page begins with %.60q", got)
	}
}

// The page in docs says of the measurement what its text says now.
func TestSpeedPageIsCurrent(t *testing.T) {
	page, err := os.ReadFile("../../docs/benchmarks.md")
	check(t, err)
	for _, node := range speedText(t).Root.Nodes {
		part, ok := node.(*parse.TextNode)
		if ok && !strings.Contains(string(page), string(part.Text)) {
			t.Errorf("docs/benchmarks.md is of another text; \"make bench\" writes it anew. It lacks\n%s", part.Text)
		}
	}
}
