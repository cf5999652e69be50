package board

import (
	"fmt"
	"strings"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/terminal"
)

// marked is how long a change of state stays marked.
const marked = 5 * time.Second

// View is the board that is looked at again and again: what was last known, and what
// of it is new. It belongs to one goroutine.
type View struct {
	palette terminal.Palette
	last    []Report             // of the last look that brought any
	seen    time.Time            // when
	err     error                // why nothing has come since; nil: it has
	states  map[string]string    // of every router and check, by host and name
	changed map[string]time.Time // when they were seen to change, likewise
}

// NewView returns one that knows nothing.
func NewView(p terminal.Palette) *View {
	return &View{palette: p, states: map[string]string{}, changed: map[string]time.Time{}}
}

// See takes over what a look at now has brought: reports, or why there are none, and
// then those from before stay.
func (v *View) See(reports []Report, err error, now time.Time) {
	v.err = err
	if err != nil {
		return
	}
	v.last, v.seen = reports, now
	for _, r := range reports {
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
func (v *View) note(host, name, state string, now time.Time) {
	key := host + " " + name
	if before, known := v.states[key]; known && before != state {
		v.changed[key] = now
	}
	v.states[key] = state
}

// fresh returns the names of a host's routers and checks that have just changed.
func (v *View) fresh(host string, now time.Time) map[string]bool {
	names := map[string]bool{}
	for key, at := range v.changed {
		if name, of := strings.CutPrefix(key, host+" "); of && now.Sub(at) < marked {
			names[name] = true
		}
	}
	return names
}

// Frame is the screen at now: as many lines as fit, none wider than the screen.
func (v *View) Frame(now time.Time, width, height int) []string {
	var b strings.Builder
	p := v.palette
	fmt.Fprintf(&b, "%s  %s\n", p.Bold("hactl watch"), p.Dim(now.Format("15:04:05")+", q quits"))
	if v.err != nil {
		fmt.Fprintf(&b, "%s %v; this is from %s\n", p.Red("!"), v.err, fleet.Ago(v.seen, now))
	}
	fmt.Fprintln(&b)
	reports := make([]Report, len(v.last))
	for i, r := range v.last {
		r.fresh = v.fresh(r.Host, now)
		reports[i] = r
	}
	Write(&b, p, reports, now)
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
