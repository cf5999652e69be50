package whatif

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/compiler/analysis"
)

// Write prints the table of a scene: what moves something, or all there is.
func (s *Scene) Write(w io.Writer, c terminal.Palette, whole bool) {
	calm := s.Calm()
	fmt.Fprintf(w, "  %s: %s while all is well\n", c.Bold(terminal.Few(s.Vips)), answering(calm))
	var rows terminal.Table
	for _, o := range s.Singles() {
		if l := consequenceOf(o, calm); whole || l.moves && o.Failures[0].Kind != analysis.Cut {
			rows = append(rows, []string{l.failures[0], l.active, l.within, l.clients, "when repaired: " + l.repaired})
		}
	}
	rows.Write(w, "    ", nil)
	if words := s.assumption(); words != "" {
		fmt.Fprintf(w, "    %s\n", c.Dim(words))
	}
	pairs, leftOut := s.Pairs()
	switch {
	case leftOut != "":
		fmt.Fprintf(w, "    %s\n", c.Dim(leftOut))
	case whole:
		for _, l := range consequences(pairs, calm) {
			l.write(w, c)
		}
	case nobody(pairs) > 0:
		fmt.Fprintf(w, "    %s\n", c.Dim(fmt.Sprintf("nobody answers after %d of %d pairs of failures", nobody(pairs), len(pairs))))
	}
}

// write prints a consequence of pairs: what they have in common, then each of them.
func (l consequence) write(w io.Writer, c terminal.Palette) {
	fmt.Fprintf(w, "    %s\n", c.Dim(l.words()+":"))
	for _, f := range l.failures {
		fmt.Fprintf(w, "      %s\n", f)
	}
}

// words says what comes of the failures before it.
func (l consequence) words() string {
	words := []string{l.active, l.within, l.clients}
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), ", ")
}

// assumption says what is taken for granted of hosts without a plan; empty when
// there are none.
func (s *Scene) assumption() string {
	if len(s.Assumed) == 0 {
		return ""
	}
	return terminal.Few(s.Assumed) + terminal.Verb(len(s.Assumed), " gets no plan, and counts as healthy whatever fails there", " get no plan, and count as healthy whatever fails there")
}

// Write prints every scene whole.
func Write(w io.Writer, c terminal.Palette, all []*Scene) {
	for i, s := range all {
		if i > 0 {
			fmt.Fprintln(w)
		}
		s.Write(w, c, true)
	}
}

// Markdown prints every scene as it reads well in a review, pairs folded
// away.
func Markdown(w io.Writer, all []*Scene) {
	fmt.Fprint(w, "\n### What if\n")
	for _, s := range all {
		calm := s.Calm()
		fmt.Fprintf(w, "\n**%s**: %s while all is well.\n\n| if | Active | clients | when repaired |\n|---|---|---|---|\n", terminal.Few(s.Vips), answering(calm))
		for _, l := range consequences(s.Singles(), calm) {
			fmt.Fprintf(w, "| %s | %s | %s | %s |\n", strings.Join(l.failures, "<br>"), l.active, l.noticed(), l.repaired)
		}
		if words := s.assumption(); words != "" {
			fmt.Fprintf(w, "\n%s\n", words)
		}
		pairs, leftOut := s.Pairs()
		if leftOut != "" {
			fmt.Fprintf(w, "\n%s\n", leftOut)
		}
		if len(pairs) > 0 {
			fmt.Fprintf(w, "\n<details><summary>%d pairs of failures</summary>\n\n| if | Active | clients |\n|---|---|---|\n", len(pairs))
			for _, l := range consequences(pairs, calm) {
				fmt.Fprintf(w, "| %s | %s | %s |\n", strings.Join(l.failures, "<br>"), l.active, l.noticed())
			}
			fmt.Fprint(w, "\n</details>\n")
		}
	}
}

// noticed says what clients notice, and how long a move takes.
func (l consequence) noticed() string {
	if l.within == "" {
		return l.clients
	}
	return l.within + ": " + l.clients
}
