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
			m.beside(i))
	}
}

// staying writes the part of the table of what is not to move.
func (m measured) staying(b *strings.Builder) {
	fmt.Fprintf(b, "| **%s** | | | | |\n", m.title)
	for i, c := range contenders {
		fmt.Fprintf(b, "| %s | %s | %v | %s | %s |\n", c.name, m.lost(i),
			spread(m.sights[i], func(s sight) time.Duration { return s.Outage }), m.moves(i), m.beside(i))
	}
}

// beside is what a contender's figures are read beside.
func (m measured) beside(i int) string {
	return [...]string{cmp.Or(m.aim, "–"), cmp.Or(m.known, "–"), "–"}[i]
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
	return spread(m.sights[i], func(s sight) time.Duration { return time.Duration(s.Lost) }).count()
}

// moves is how often another host began to answer.
func (m measured) moves(i int) string {
	return spread(m.sights[i], func(s sight) time.Duration { return time.Duration(s.moves()) }).count()
}

// spreading is a median and a 95th percentile.
type spreading struct{ median, most time.Duration }

// spread is that of a figure over rounds, of which there is at least one.
func spread(sights []sight, figure func(sight) time.Duration) spreading {
	var all []time.Duration
	for _, s := range sights {
		all = append(all, figure(s))
	}
	median, most := middle(all)
	return spreading{median, most}
}

// middle returns the median of figures, of which there is at least one, and the
// smallest of them that 95 % of them do not exceed (nearest rank): the largest of
// fewer than 20. It sorts them.
func middle[N ~int64 | ~float64](all []N) (median, most N) {
	slices.Sort(all)
	n := len(all)
	return (all[(n-1)/2] + all[n/2]) / 2, all[(95*n+99)/100-1]
}

// String is "47 ms (52)".
func (s spreading) String() string {
	return fmt.Sprintf("%d ms (%d)", s.median.Round(time.Millisecond).Milliseconds(), s.most.Round(time.Millisecond).Milliseconds())
}

// count is "47 (52)", of a number instead of a duration.
func (s spreading) count() string { return fmt.Sprintf("%d (%d)", s.median, s.most) }

// The percentile is by nearest rank.
func TestSideBySideMiddle(t *testing.T) {
	for _, c := range []struct{ n, median, most int64 }{{1, 1, 1}, {2, 1, 2}, {19, 10, 19}, {20, 10, 19}, {100, 50, 95}} {
		var all []int64
		for i := range c.n {
			all = append(all, c.n-i)
		}
		if median, most := middle(all); median != c.median || most != c.most {
			t.Errorf("of 1 to %d: %d and %d, want %d and %d", c.n, median, most, c.median, c.most)
		}
	}
}

// Rows are medians of what was seen, with the 95th percentile in brackets; the ratio is
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

// Of what is not to move, moves count.
func TestSideBySideStayingRows(t *testing.T) {
	saw := func(lost int, hosts ...string) sight {
		r := netlab.Report{Lost: lost, Outage: time.Duration(lost) * 5 * time.Millisecond}
		for _, h := range hosts {
			r.Turns = append(r.Turns, netlab.Turn{Host: h})
		}
		return sight{Report: r}
	}
	m := measurement{incidents: []measured{{incident{title: "A fan stops", known: "3 s", stays: true}, [][]sight{
		{saw(0, "lb01"), saw(0, "lb01")}, {saw(6, "lb01", "lb02", "lb01")}, {saw(0, "lb01")},
	}}}}
	const want = `| **A fan stops** | | | | |
| hactl | 0 (0) | 0 ms (0) | 0 (0) | – |
| keepalived 150/100 | 6 (6) | 30 ms (30) | 2 (2) | 3 s |
| keepalived 254/244 | 0 (0) | 0 ms (0) | 0 (0) | – |
`
	if got := m.Staying(); got != want || m.Rows() != "" {
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
