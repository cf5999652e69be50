package agent_test

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"
)

// hactl beside keepalived under load, on hosts of the same make one after the other.
// It is a measurement: "make bench" writes docs/benchmarks-load.md.

// trial is something that both programs have to stand.
type trial struct {
	name     string // for tests
	load     burden
	realtime int // priority in the real-time class; 0: ordinary
	rows     []row
	run      func(*loaded, service) []float64 // a figure for each row
}

// row is a line of the page.
type row struct {
	title, unit string
	aim         string // ours; empty: none
	known       string // of keepalived, measured earlier; empty: nothing
}

const (
	many    = "4080 routers at 1 s: "
	fast255 = "255 routers at 10 ms: "
	busy    = "255 routers at 10 ms, both processors busy for 60 s: changes of state"
)

// trials are all that is measured.
func trials() []trial {
	all := []trial{
		{name: "many", load: burden{16, 255, time.Second}, run: (*loaded).weigh, rows: []row{
			{many + "start until all addresses are there", "ms", "≤ 5 s", "8.7 s"},
			{many + "processor, Active without a Backup", "% of one", "ratio ≤ 1.0", ""},
			{many + "processor, Active", "% of one", "ratio ≤ 1.0", "7.8 %"},
			{many + "processor, Backup", "% of one", "", ""},
			{many + "resident memory, Active", "MB", "≤ 48 MB", "19 MB"},
		}},
		{name: "fast", load: burden{1, 255, 10 * time.Millisecond}, run: (*loaded).weigh, rows: []row{
			{fast255 + "start until all addresses are there", "ms", "", ""},
			{fast255 + "processor, Active without a Backup", "% of one", "ratio ≤ 0.7", ""},
			{fast255 + "processor, Active", "% of one", "ratio ≤ 0.7", "43 %"},
			{fast255 + "processor, Backup", "% of one", "", ""},
			{fast255 + "resident memory, Active", "MB", "", ""},
		}},
		{name: "busy", load: burden{1, 255, 10 * time.Millisecond}, run: (*loaded).starve, rows: []row{
			{busy, "", "fewer than keepalived", "0 to 8,500"}}},
		{name: "busy-realtime", load: burden{1, 255, 10 * time.Millisecond}, realtime: 50, run: (*loaded).starve, rows: []row{
			{busy + ", in the real-time class", "", "0", ""}}},
	}
	for _, interval := range []time.Duration{time.Second, 100 * time.Millisecond, 10 * time.Millisecond} {
		all = append(all, change(interval, 0), trial{
			name: fmt.Sprintf("death-%v", interval), load: burden{1, 1, interval}, run: (*loaded).die, rows: []row{
				{fmt.Sprintf("the host dies, adverts every %v: outage", interval), "ms", "ratio ≤ 1.0",
					map[time.Duration]string{time.Second: "2.6 s to 3.5 s", 100 * time.Millisecond: "305 ms", 10 * time.Millisecond: "30 ms"}[interval]},
			}})
	}
	all = append(all, change(10*time.Millisecond, 50))
	return all
}

// change is the trial of an address more, in the real-time class if it has a priority there.
func change(interval time.Duration, realtime int) trial {
	name, class, late, there := fmt.Sprintf("change-%v", interval), "", "0", "10 to 21 ms" // the last two of keepalived
	if realtime > 0 {
		name, class, late, there = name+"-realtime", ", in the real-time class", "", ""
	}
	title := func(what, figure string) string {
		return fmt.Sprintf("%s at %v%s: %s", what, interval, class, figure)
	}
	const more, same = "an address more for one of 255 routers", "255 routers"
	return trial{name: name, load: burden{1, 255, interval}, realtime: realtime, run: (*loaded).alter, rows: []row{
		{title(more, "late adverts of the others"), "", "0", late},
		{title(more, "the latest of them, after its time"), "ms", "", ""},
		{title(same, "late adverts in as long a time, without a change"), "", "", ""},
		{title(more, "until it is there"), "ms", "≤ 20 ms", there},
	}}
}

// weigh measures start, processors and memory. What a host spent that did not have the
// addresses that it should is no figure.
func (s *loaded) weigh(what service) []float64 {
	took := s.first(what)
	alone := s.spend(what, "lb01")
	s.second(what)
	both := s.spend(what, "lb01", "lb02")
	return []float64{ms(took), alone[0], both[0], both[1], float64(resident(s.t, what.pid("lb01"))) / 1e6}
}

// calm is how long after a start second announcements, and what else belongs to it, are over.
const calm = 10 * time.Second

// spend measures the share of one processor, in percent, that the programs of hosts
// spend, of which the first is Active.
func (s *loaded) spend(what service, hosts ...string) []float64 {
	const over = 20 * time.Second
	<-time.After(calm)
	spent := make([]float64, len(hosts))
	for i, host := range hosts {
		spent[i] = -processor(s.t, what.pid(host)).Seconds()
	}
	<-time.After(over)
	right := true
	for i, host := range hosts {
		spent[i] = 100 * (spent[i] + processor(s.t, what.pid(host)).Seconds()) / over.Seconds()
		right = right && s.addresses(host) == []int{s.count(), 0}[i]
	}
	if right {
		return spent
	}
	s.t.Logf("%d addresses on lb01 and %d on lb02", s.addresses("lb01"), s.addresses("lb02"))
	if !s.theirs {
		s.t.Error("which is wrong")
	}
	return slices.Repeat([]float64{math.NaN()}, len(hosts))
}

// alter measures what a change of one router does to the others, beside what happens to
// them without one.
func (s *loaded) alter(what service) []float64 {
	s.join()
	s.up(what)
	<-time.After(calm)
	w := s.watch("10.1.0.5")
	s.awaitAdverts(w, 3)
	took := s.change(what)
	_, fewest := w.seen()
	s.awaitAdverts(w, fewest+3)
	changed := w.stop(s.t, s.interval, 1)

	w = s.watch("10.1.0.5")
	s.awaitAdverts(w, fewest+3)
	return []float64{float64(changed.late), ms(changed.worst), float64(w.stop(s.t, s.interval, 1).late), ms(took)}
}

// starve counts the changes of state while both processors have other things to do.
func (s *loaded) starve(what service) []float64 {
	s.up(what)
	<-time.After(5 * time.Second)
	before := what.moves("lb01") + what.moves("lb02")
	for range 2 * runtime.NumCPU() {
		spin := exec.Command("/bin/sh", "-c", "while :; do :; done")
		s.must(spin.Start())
		s.t.Cleanup(func() { _ = spin.Wait() })
		defer func() { _ = spin.Process.Kill() }()
	}
	<-time.After(time.Minute)
	return []float64{float64(what.moves("lb01") + what.moves("lb02") - before)}
}

// die measures how long nobody answers after lb01 has died, in the middle between two
// adverts.
func (s *loaded) die(what service) []float64 {
	s.join()
	s.up(what)
	p := s.probeEvery(time.Millisecond, s.foremost(), "lb01")
	<-time.After(2 * s.interval)
	s.awaitAdvert("10.1.0.5")
	<-time.After(s.interval / 2)
	s.must(s.hosts["lb01"].Unplug("eth1"))
	what.end("lb01")
	s.answeredBy(p, "lb02")
	return []float64{ms(p.Stop().Outage)}
}

// ms is a duration in milliseconds.
func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// tried is what came out of a trial, by program and row in all rounds.
type tried struct {
	trial
	figures [2][][]float64
}

// contestants are the programs.
var contestants = [2]string{"hactl", "keepalived"}

// TestSideBySideLoad measures everything, if it is asked to.
func TestSideBySideLoad(t *testing.T) {
	if *rounds == 0 {
		t.Skip("a measurement of many minutes: needs -rounds, as \"make bench\" has it")
	}
	m := loadMeasurement{Rounds: *rounds, Machine: describeMachine(t), Before: load(t)}
	for _, what := range trials() {
		m.tried = append(m.tried, attempt(t, what))
	}
	m.After = load(t)
	switch {
	case t.Failed() || *page == "":
		t.Log("\n" + m.write(t))
	default:
		if err := os.WriteFile(*page, []byte(m.write(t)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// attempt makes a trial in all rounds, of both programs in turn.
func attempt(t *testing.T, what trial) tried {
	all := tried{trial: what}
	for i := range *rounds {
		for program, name := range contestants {
			if i > 0 && len(all.figures[program]) == 0 {
				continue // it did not come up, and would not
			}
			t.Run(fmt.Sprintf("%s/%d/%s", what.name, i+1, name), func(t *testing.T) {
				s := newLoaded(t, what.load)
				s.realtime = what.realtime
				contestant := service(ours{s})
				if name == "keepalived" {
					s.theirs = true
					contestant = newTheirs(s)
				}
				figures := what.run(s, contestant)
				t.Logf("%v", figures)
				all.figures[program] = append(all.figures[program], figures)
			})
		}
	}
	return all
}

// loadMeasurement is all that was measured. Its exported part fills the page.
type loadMeasurement struct {
	Rounds        int
	Machine       string
	Before, After string // the machine's load
	tried         []tried
}

// write returns the page.
func (m loadMeasurement) write(t *testing.T) string {
	t.Helper()
	text, err := template.ParseFiles("testdata/benchmarks-load.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := text.Execute(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Rows are those of the table of figures. What was left out (by -run) has none.
func (m loadMeasurement) Rows() string {
	var b strings.Builder
	for _, what := range m.tried {
		if len(what.figures[0]) == 0 {
			continue
		}
		for i, r := range what.rows {
			ours, beside, ratio := ofRow(what.figures[0], i), "–", "–"
			if theirs := ofRow(what.figures[1], i); theirs.known {
				beside = theirs.in(r.unit)
				if theirs.median > 0 {
					ratio = fmt.Sprintf("%.2f", ours.median/theirs.median)
				}
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", r.title, ours.in(r.unit), beside, ratio, cmp.Or(r.aim, "–"), cmp.Or(r.known, "–"))
		}
	}
	return b.String()
}

// among is the median and the 95th percentile of figures, if there is one.
type among struct {
	median, most float64
	known        bool
}

// ofRow is that of one row.
func ofRow(rounds [][]float64, row int) among {
	var all []float64
	for _, figures := range rounds {
		if !math.IsNaN(figures[row]) {
			all = append(all, figures[row])
		}
	}
	if len(all) == 0 {
		return among{}
	}
	median, most := middle(all)
	return among{median, most, true}
}

// in is "3.2 % (4.0)"; a dash when there is none.
func (a among) in(unit string) string {
	if !a.known {
		return "–"
	}
	return strings.Join(strings.Fields(fmt.Sprintf("%s %s (%s)", digits(a.median), unit, digits(a.most))), " ")
}

// digits is a figure with four digits, or all before the point.
func digits(f float64) string {
	if f >= 1000 {
		return fmt.Sprintf("%.0f", f)
	}
	return fmt.Sprintf("%.4g", f)
}

// Rows are medians with the 95th percentile in brackets, and the ratio of the medians.
func TestSideBySideLoadRows(t *testing.T) {
	m := loadMeasurement{tried: []tried{
		{trial{rows: []row{{"to wake", "ms", "0", ""}, {"to fall asleep", "", "", "9"}}}, [2][][]float64{{{1, 2}, {3, 2}}, {{4, 0}, {math.NaN(), 0}}}},
		{trial{rows: []row{{"to rest", "%", "", ""}}}, [2][][]float64{{{1}}, {{math.NaN()}}}},
		{trial{rows: []row{{"nothing", "", "", ""}}}, [2][][]float64{}},
	}}
	const want = `| to wake | 2 ms (3) | 4 ms (4) | 0.50 | 0 | – |
| to fall asleep | 2 (2) | 0 (0) | – | – | 9 |
| to rest | 1 % (1) | – | – | – | – |
`
	if got := m.Rows(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if page := m.write(t); !strings.Contains(page, want) {
		t.Errorf("the rows are not in the page:\n%s", page)
	}
}
