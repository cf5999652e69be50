package whatif

import (
	"fmt"
	"slices"
	"strings"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/compiler/analysis"
)

// consequence is failures that have one consequence, as a reader sees it.
type consequence struct {
	failures []string // in words
	active   string   // who answers
	within   string   // how long that takes; empty when nothing moves
	clients  string   // what they notice
	repaired string   // what follows of the repair; empty for several failures
	moves    bool     // somebody notices something, or somebody else answers than while all is well
}

// consequences returns what comes of each of outcomes, one line for those that look the
// same. calm is while all is well.
func consequences(outcomes []analysis.Outcome, calm analysis.Outcome) []consequence {
	var all []consequence
	for _, o := range outcomes {
		l := consequenceOf(o, calm)
		i := slices.IndexFunc(all, func(x consequence) bool {
			return x.active == l.active && x.within == l.within && x.clients == l.clients && x.repaired == l.repaired
		})
		if i >= 0 {
			all[i].failures = append(all[i].failures, l.failures...)
		} else {
			all = append(all, l)
		}
	}
	return all
}

func consequenceOf(o, calm analysis.Outcome) consequence {
	l := consequence{failures: []string{inWords(o)}, active: answering(o), clients: noticed(o)}
	moved := !slices.Equal(o.Active, o.Before) || len(o.Via) > 0
	l.moves = moved || !slices.Equal(o.Active, calm.Active)
	if moved {
		l.within = within(o)
	}
	if moved && o.Outage == 0 && o.Detect > 0 && len(o.Before) > 0 {
		l.clients += ", " + strings.Join(o.Before, " and ") + terminal.Verb(len(o.Before), " answers until then", " answer until then")
	}
	if o.Back != nil {
		l.repaired = repaired(*o.Back)
	}
	return l
}

// inWords says what happens in o.
func inWords(o analysis.Outcome) string {
	words := make([]string, len(o.Failures))
	for i, f := range o.Failures {
		words[i] = f.Words()
	}
	if o.Ordered {
		return strings.Join(words, ", then ")
	}
	return strings.Join(words, " and ")
}

// answering names the hosts that answer after o.
func answering(o analysis.Outcome) string {
	switch {
	case len(o.Active) == 0:
		return "nobody"
	case len(o.Chance) > 0:
		return strings.Join(o.Chance, " or ")
	}
	words := slices.Clone(o.Active)
	for i, host := range words {
		if sick := sickOn(host, o); len(sick) > 0 {
			words[i] += fmt.Sprintf(" (%s down)", terminal.Few(sick))
		}
	}
	return strings.Join(words, " and ")
}

// sickOn names what is down on a host that answers after o.
func sickOn(host string, o analysis.Outcome) []string {
	var names []string
	for _, f := range o.Sick {
		if f.Host == host {
			names = append(names, f.Name)
		}
	}
	return names
}

// within says how long it takes at most until o holds, after the last failure.
func within(o analysis.Outcome) string {
	words := "at once"
	if d := o.Detect + o.Settle; d > 0 {
		words = "within " + terminal.Seconds(d)
	}
	if len(o.Via) > 0 {
		words += ", after " + strings.Join(o.Via, " and ")
	}
	return words
}

// noticed says what clients notice of o.
func noticed(o analysis.Outcome) string {
	switch {
	case len(o.Active) == 0:
		return "no answer"
	case len(o.Active) > 1:
		return "several hosts answer"
	case o.Outage > 0:
		return "no answer for up to " + terminal.Seconds(o.Outage)
	}
	return "no interruption"
}

// repaired says what follows of a repair.
func repaired(back analysis.Outcome) string {
	if slices.Equal(back.Active, back.Before) && len(back.Via) == 0 {
		return "stays"
	}
	return fmt.Sprintf("%s %s, %s", answering(back), within(back), noticed(back))
}

// nobody returns how many of outcomes leave no host that answers.
func nobody(outcomes []analysis.Outcome) int {
	n := 0
	for _, o := range outcomes {
		if len(o.Active) == 0 {
			n++
		}
	}
	return n
}
