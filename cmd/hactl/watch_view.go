package main

import (
	"fmt"
	"strings"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/terminal"
)

// marked is how long a change of state stays marked.
const marked = 5 * time.Second

// view is what is known, and what of it is new. It belongs to one goroutine.
type view struct {
	palette terminal.Palette
	last    sight                // the last one that brought something
	seen    time.Time            // when
	err     error                // why nothing has come since; nil: it has
	states  map[string]string    // of every router and check, by host and name
	changed map[string]time.Time // when they were seen to change, likewise
}

// newView returns one that knows nothing.
func newView(p terminal.Palette) *view {
	return &view{palette: p, states: map[string]string{}, changed: map[string]time.Time{}}
}

// see takes over what a look has brought.
func (v *view) see(s sight, now time.Time) {
	v.err = s.err
	if s.err != nil {
		return
	}
	v.last, v.seen = s, now
	for _, r := range s.reports {
		if r.Status == nil {
			continue
		}
		for _, router := range r.Status.Routers {
			state := router.State
			if router.Yielding {
				state += ", yielding"
			}
			v.note(r.Host, router.ID, state, now)
		}
		for _, c := range r.Status.Checks {
			v.note(r.Host, checkKey(c.Name), c.State, now)
		}
	}
}

// note notes one state.
func (v *view) note(host, name, state string, now time.Time) {
	key := host + " " + name
	if before, known := v.states[key]; known && before != state {
		v.changed[key] = now
	}
	v.states[key] = state
}

// fresh returns the names of a host's routers and checks that have just changed.
func (v *view) fresh(host string, now time.Time) map[string]bool {
	names := map[string]bool{}
	for key, at := range v.changed {
		if name, of := strings.CutPrefix(key, host+" "); of && now.Sub(at) < marked {
			names[name] = true
		}
	}
	return names
}

// frame is the screen at now: as many lines as fit, none wider than the screen.
func (v *view) frame(now time.Time, width, height int) []string {
	var b strings.Builder
	p := v.palette
	fmt.Fprintf(&b, "%s  %s\n", p.Bold("hactl watch"), p.Dim(now.Format("15:04:05")+", q quits"))
	if v.err != nil {
		fmt.Fprintf(&b, "%s %v; this is from %s\n", p.Red("!"), v.err, fleet.Ago(v.seen, now))
	}
	fmt.Fprintln(&b)
	reports := make([]report, len(v.last.reports))
	for i, r := range v.last.reports {
		r.fresh = v.fresh(r.Host, now)
		reports[i] = r
	}
	writeReports(&b, p, reports, now)
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(b.String(), "\n"), "\n") {
		lines = append(lines, unfold(line, width)...)
	}
	if len(lines) > height {
		more := len(lines) - height + 1
		lines = append(lines[:height-1], p.Dim(fmt.Sprintf("%d more lines; a taller window or hactl status shows them", more)))
	}
	for i := range lines {
		lines[i] = terminal.Cut(lines[i], width)
	}
	return lines
}

// unfold breaks a line that says what is wrong where the screen ends. Rows of
// tables are cut instead.
func unfold(line string, width int) []string {
	plain := terminal.Colours.ReplaceAllString(line, "")
	sentence, wrong := strings.CutPrefix(strings.TrimLeft(plain, " "), "! ")
	if !wrong {
		return []string{line}
	}
	indent := strings.Repeat(" ", len(strings.TrimSuffix(plain, sentence)))
	lines := terminal.Wrap(sentence, width-len(indent))
	for i := range lines {
		lines[i] = indent + lines[i]
	}
	lines[0] = strings.TrimSuffix(line, sentence) + strings.TrimPrefix(lines[0], indent)
	return lines
}
