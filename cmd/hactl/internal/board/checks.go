package board

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/status"
)

// writeChecks prints the checks of the host, those that are down first.
func (r Report) writeChecks(w io.Writer, p terminal.Palette, now time.Time) {
	s := r.Status
	if len(s.Checks) == 0 {
		return
	}
	checks := slices.Clone(s.Checks)
	slices.SortStableFunc(checks, func(a, b status.Check) int { return cmp.Compare(urgency[a.State], urgency[b.State]) })
	rows := terminal.Table{{"CHECK", "STATE", "SINCE", "LAST RUN", "COSTS", "WHY"}}
	for _, c := range checks {
		ran := fleet.Ago(c.Ran, now)
		if !c.Ran.IsZero() {
			ran += " in " + took(c.Took)
		}
		state := c.State
		if r.fresh[checkKey(c.Name)] {
			state += freshly
		}
		rows = append(rows, []string{c.Name, state, fleet.Ago(c.Since, now), ran, costOf(status.Track{Check: c.Name}, s.Routers), c.Cause})
	}
	rows.Write(w, "  ", func(row, column int, cell string) string {
		switch {
		case row == 0:
			return p.Dim(cell)
		case column == 1 && strings.HasSuffix(cell, freshly):
			return p.Inverse(cell)
		case column == 1 && cell == status.Up:
			return p.Green(cell)
		case column == 1 && cell == status.Down:
			return p.Red(cell)
		case column == 1:
			return p.Yellow(cell)
		}
		return cell
	})
}

// checkKey tells a check from a router of the same name.
func checkKey(name string) string { return "check " + name }

// took says how long a run took, given milliseconds.
func took(ms float64) string {
	if ms < 10 {
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.0f ms", ms)
}

// urgency is the order of a check's states.
var urgency = map[string]int{status.Down: 0, status.Unknown: 1, status.Up: 2}

// costOf says what a check or an interface that is down takes from which routers
// now; "-" when it takes nothing.
func costOf(what status.Track, routers []status.Router) string {
	var words []string
	for _, r := range routers {
		for _, t := range r.Tracks {
			if t.Check == what.Check && t.Interface == what.Interface && t.State == status.Down {
				words = append(words, r.ID+" "+effect(t))
			}
		}
	}
	switch n := len(words); {
	case n == 0:
		return "-"
	case n > 3:
		return fmt.Sprintf("%s and %d more", words[0], n-1)
	}
	return strings.Join(words, ", ")
}

// effect says what a track that is down does to its router.
func effect(t status.Track) string {
	if t.Weight == 0 {
		return t.Effect
	}
	return fmt.Sprint(-max(t.Weight, -t.Weight))
}

// checkProblems says which checks and tracked interfaces of a host are down.
func checkProblems(s *status.Host) []string {
	var words []string
	for _, c := range s.Checks {
		if c.State == status.Down {
			words = append(words, strings.TrimSuffix(fmt.Sprintf("check %s is down: %s", c.Name, c.Cause), ": "))
		}
	}
	for _, r := range s.Routers {
		for _, t := range r.Tracks {
			if t.Interface == "" || t.State != status.Down {
				continue
			}
			word := fmt.Sprintf("interface %s is down: %s", t.Interface, costOf(status.Track{Interface: t.Interface}, s.Routers))
			if !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
	}
	return words
}
