package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/compiler/analysis"
)

// shownScenes is how many tables a plan shows without being asked.
const shownScenes = 5

// writeWhatIf prints what becomes of the vips that change when one thing fails.
func writeWhatIf(w io.Writer, c terminal.Palette, all []*scene, vips []vip) {
	changes := changing(vips)
	changed := slices.DeleteFunc(slices.Clone(all), func(s *scene) bool { return !changes(s) })
	if len(changed) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", c.Bold("What if"))
	for i, s := range changed {
		if i == shownScenes {
			fmt.Fprintf(w, "  and %d more: \"hactl plan --what-if\" shows all\n", len(changed)-i)
			break
		}
		s.write(w, c, false)
	}
}

// changing returns whether a scene has a vip that changes.
func changing(vips []vip) func(*scene) bool {
	is := map[string]bool{}
	for _, v := range vips {
		is[v.Vip] = v.Changed
	}
	return func(s *scene) bool {
		return slices.ContainsFunc(s.vips, func(vip string) bool { return is[vip] })
	}
}

// write prints the table of a scene: what moves something, or all there is.
func (s *scene) write(w io.Writer, c terminal.Palette, whole bool) {
	calm := s.Calm()
	fmt.Fprintf(w, "  %s: %s while all is well\n", c.Bold(terminal.Few(s.vips)), answering(calm))
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
func (s *scene) assumption() string {
	if len(s.Assumed) == 0 {
		return ""
	}
	return terminal.Few(s.Assumed) + terminal.Verb(len(s.Assumed), " gets no plan, and counts as healthy whatever fails there", " get no plan, and count as healthy whatever fails there")
}

// writeWhatIfTable prints every scene whole.
func writeWhatIfTable(w io.Writer, c terminal.Palette, all []*scene) {
	for i, s := range all {
		if i > 0 {
			fmt.Fprintln(w)
		}
		s.write(w, c, true)
	}
}

// markdownWhatIf prints every scene as it reads well in a review, pairs folded
// away.
func markdownWhatIf(w io.Writer, all []*scene) {
	fmt.Fprint(w, "\n### What if\n")
	for _, s := range all {
		calm := s.Calm()
		fmt.Fprintf(w, "\n**%s**: %s while all is well.\n\n| if | Active | clients | when repaired |\n|---|---|---|---|\n", terminal.Few(s.vips), answering(calm))
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
