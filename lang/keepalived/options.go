package keepalived

import (
	"slices"

	"hactl/lang/rule"
)

// addressOptions are the words behind a virtual address, and whether a value
// follows them.
var addressOptions = map[string]bool{
	"dev": true, "scope": true, "label": true, "brd": true, "broadcast": true, "peer": true, "preferred_lft": true,
	"use_vmac": false, "home": false, "-nodad": false, "mngtmpaddr": false, "noprefixroute": false, "autojoin": false, "no_track": false,
}

// trackOptions are those behind the name of what is tracked.
var trackOptions = map[string]bool{"weight": true, "reverse": false, "noreverse": false}

// options judges the words behind an address or a name.
func (w *words) options(s *Statement, known map[string]bool) {
	for i := 1; i < len(s.Words); i++ {
		o := s.Words[i]
		value, ok := known[o.Text]
		switch {
		case o.Unknown || ok && !value || i > 1 && s.Words[i-1].Text == "use_vmac":
		case ok && i+1 == len(s.Words):
			w.reportf(w.soft(rule.ValueMissing.As(rule.Warning)), o.Range, "%s needs a value; keepalived ignores it without one. Write the value, or take the word out.", o.Text)
		case ok:
			i++
		default:
			w.option(o, known)
			return // what follows may be its value
		}
	}
}

// option reports a word that is no option.
func (w *words) option(o Word, known map[string]bool) {
	var names []string
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	hint := "It takes " + rule.Or(names) + "."
	if near := rule.Nearest(o.Text, names); near != "" {
		hint = "Did you mean " + near + "?"
	}
	w.reportf(w.soft(rule.Misspelt), o.Range, "keepalived knows no %s here and ignores it. %s", shown(o.Text), hint)
}
