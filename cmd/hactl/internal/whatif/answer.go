package whatif

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/compiler/analysis"
)

// NoVip says why there is nothing to ask.
const NoVip = "no host has a vip, so no failure moves anything"

// Find returns what is meant by texts, failures as --if takes them.
func Find(all []*Scene, texts []string) ([]analysis.Failure, error) {
	var known []analysis.Failure
	seen := map[analysis.Failure]bool{}
	for _, s := range all {
		for _, f := range s.Failures() {
			if !seen[f] {
				seen[f] = true
				known = append(known, f)
			}
		}
	}
	var events []analysis.Failure
	for _, text := range texts {
		found := analysis.Find(text, known)
		switch {
		case len(known) == 0:
			return nil, fmt.Errorf("--if %s: %s", text, NoVip)
		case len(found) == 0:
			return nil, fmt.Errorf("--if %s: there is nothing of that name that could fail; write HOST, CHECK@HOST, INTERFACE@HOST, a CHECK for all hosts, or cut:HOST, such as %s", text, oneOfEach(known))
		case len(found) == 1:
			events = append(events, found[0])
		default:
			return nil, fmt.Errorf("--if %s: that is %s or %s; write which of them", text, found[0], found[1])
		}
	}
	return events, nil
}

// oneOfEach names one failure of each kind, as --if takes them.
func oneOfEach(known []analysis.Failure) string {
	var texts []string
	last := analysis.Kind("")
	for _, f := range known {
		if f.Kind != last {
			texts = append(texts, f.String())
		}
		last = f.Kind
	}
	return strings.Join(texts, ", ")
}

// Concerned returns those scenes of all that some of events concern.
func Concerned(all []*Scene, events []analysis.Failure) []*Scene {
	return slices.DeleteFunc(slices.Clone(all), func(s *Scene) bool { return len(s.of(events)) == 0 })
}

// Answers returns what comes of events for programs.
func Answers(concerned []*Scene, events []analysis.Failure) AnswersJSON {
	answers := AnswersJSON{WhatIf: []AnswerJSON{}}
	for _, s := range concerned {
		answers.WhatIf = append(answers.WhatIf, AnswerJSON{s.Vips, s.Calm().Active, outcomes(s.After(s.of(events)...))})
	}
	return answers
}

// Answer prints what comes of events, step by step.
func (s *Scene) Answer(w io.Writer, events []analysis.Failure, markdown bool) {
	calm := s.Calm()
	rows := terminal.Table{{"while all is well", answering(calm)}}
	for _, o := range s.After(s.of(events)...) {
		f := o.Failures[len(o.Failures)-1]
		l := consequenceOf(o, calm)
		rows = append(rows, []string{f.Words(), l.active, l.noticed()})
	}
	if !markdown {
		fmt.Fprintf(w, "%s\n", terminal.Few(s.Vips))
		rows.Write(w, "  ", nil)
		return
	}
	fmt.Fprintf(w, "\n**%s**\n\n| what happens | Active | clients |\n|---|---|---|\n", terminal.Few(s.Vips))
	for _, row := range rows {
		fmt.Fprintf(w, "| %s |\n", strings.Join(append(row, "")[:3], " | "))
	}
}

// of returns those of events that concern s.
func (s *Scene) of(events []analysis.Failure) []analysis.Failure {
	var mine []analysis.Failure
	own := s.Failures()
	for _, f := range events {
		down := f
		down.Up = false
		if slices.Contains(own, down) {
			mine = append(mine, f)
		}
	}
	return mine
}
