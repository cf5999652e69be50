package agent_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"text/template/parse"
	"time"

	"hactl/agent/netlab"
)

// measured is what the clients saw in all rounds of an incident, by contender.
type measured struct {
	incident
	sights [][]sight
}

// rows writes the part of the table that an incident is.
func (m measured) rows(b *strings.Builder) {
	fmt.Fprintf(b, "| **%s** | | | | | | | |\n", m.title)
	ours := spread(m.sights[0], sight.after)
	for i, c := range contenders {
		rest := spread(m.sights[i], sight.after)
		fmt.Fprintf(b, "| %s | %v | %s | %v | %.1f | %s | %v | %s |\n",
			c.name, spread(m.sights[i], func(s sight) time.Duration { return s.took }), m.detection(i), rest,
			float64(rest.median)/float64(ours.median), m.lost(i),
			spread(m.sights[i], func(s sight) time.Duration { return s.Outage }),
			[...]string{cmp.Or(m.aim, "–"), cmp.Or(m.known, "–"), "–"}[i])
	}
}

// detection is how long a contender's check took to notice.
func (m measured) detection(i int) string {
	d := spread(m.sights[i], func(s sight) time.Duration { return s.detected })
	if d.most == 0 {
		return "–"
	}
	return d.String()
}

// lost is how many packets a contender's client had no answer to.
func (m measured) lost(i int) string {
	d := spread(m.sights[i], func(s sight) time.Duration { return time.Duration(s.Lost) })
	return fmt.Sprintf("%d (%d)", d.median, d.most)
}

// spreading is a median and a maximum.
type spreading struct{ median, most time.Duration }

// spread is that of a figure over rounds, of which there is at least one.
func spread(sights []sight, figure func(sight) time.Duration) spreading {
	var all []time.Duration
	for _, s := range sights {
		all = append(all, figure(s))
	}
	slices.Sort(all)
	n := len(all)
	return spreading{median: (all[(n-1)/2] + all[n/2]) / 2, most: all[n-1]}
}

// String is "47 ms (52)".
func (s spreading) String() string {
	return fmt.Sprintf("%d ms (%d)", s.median.Round(time.Millisecond).Milliseconds(), s.most.Round(time.Millisecond).Milliseconds())
}

// Rows are medians of what was seen, with the largest in brackets; the ratio is
// that of the medians after detection. What was not measured has none.
func TestSideBySideRows(t *testing.T) {
	saw := func(took, detected, lost int) sight {
		const ms = time.Millisecond
		return sight{time.Duration(took) * ms, time.Duration(detected) * ms, netlab.Report{Lost: lost, Outage: time.Duration(lost) * 5 * ms}}
	}
	what := incident{title: "A cable melts", aim: "0 lost"}
	m := measurement{incidents: []measured{{what, [][]sight{
		{saw(150, 100, 0), saw(960, 900, 2)},
		{saw(3950, 550, 0), saw(3500, 100, 0), saw(3700, 200, 0)},
		{saw(100, 0, 3)},
	}}, {incident{title: "Nobody looks"}, make([][]sight, 3)}}}
	const want = `| **A cable melts** | | | | | | | |
| hactl | 555 ms (960) | 500 ms (900) | 55 ms (60) | 1.0 | 1 (2) | 5 ms (10) | 0 lost |
| keepalived 150/100 | 3700 ms (3950) | 200 ms (550) | 3400 ms (3500) | 61.8 | 0 (0) | 0 ms (0) | – |
| keepalived 254/244 | 100 ms (100) | – | 100 ms (100) | 1.8 | 3 (3) | 15 ms (15) | – |
`
	if got := m.Rows(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// The page names every figure that it is filled with.
func TestSideBySidePage(t *testing.T) {
	m := measurement{Rounds: 7, Machine: "a loom", Before: "0.25", After: "0.75", incidents: []measured{
		{incident{title: "A cable melts"}, [][]sight{{{Report: netlab.Report{Gap: time.Second}}, {}}, {{}, {}}, {{}, {}}}},
	}}
	got := m.write(t)
	for _, part := range []string{"7 times", "a loom", "0.25 before and 0.75 after", "1 of 2 rounds", "| **A cable melts** |"} {
		if !strings.Contains(got, part) {
			t.Errorf("no %q in the page:\n%s", part, got)
		}
	}
}

// The page in docs says of the measurement what its text says now.
func TestSideBySidePageIsCurrent(t *testing.T) {
	page, err := os.ReadFile("../docs/benchmarks.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, node := range pageText(t).Root.Nodes {
		part, ok := node.(*parse.TextNode)
		if ok && !strings.Contains(string(page), string(part.Text)) {
			t.Errorf("docs/benchmarks.md is of another text; \"make bench\" writes it anew. It lacks\n%s", part.Text)
		}
	}
}
