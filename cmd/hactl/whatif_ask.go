package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/compiler/analysis"

	"github.com/spf13/cobra"
)

// answersJSON is what plan --if prints with --json.
type answersJSON struct {
	WhatIf []answerJSON `json:"what_if"` // of the vips that the failures concern, sorted by the first
}

// answerJSON is what becomes of one scene, step by step.
type answerJSON struct {
	Vips   []string      `json:"vips"`   // sorted; of all of them the same becomes
	Active []string      `json:"active"` // before anything happens
	Steps  []outcomeJSON `json:"steps"`  // what comes of the first failure, of the first two, and so on
}

// showWhatIf answers what plan is asked: everything, or what comes of certain
// failures. The configuration alone tells; no store is asked.
func showWhatIf(cmd *cobra.Command, dir string, flags planFlags) error {
	if flags.out != "" || flags.detailed || flags.against != "" {
		return errors.New("--if and --what-if: they answer a question and propose no changes; leave --out, --against and --detailed-exitcode out")
	}
	c, err := requireConfiguration(cmd, dir, &flags.variables)
	if err != nil {
		return err
	}
	all := scenes(c.result.Plans)
	if len(flags.events) == 0 {
		return printWhatIf(cmd, all, flags)
	}
	events, err := findEvents(all, flags.events)
	if err != nil {
		return err
	}
	concerned := slices.DeleteFunc(all, func(s *scene) bool { return len(s.of(events)) == 0 })
	out := cmd.OutOrStdout()
	if flags.json {
		return terminal.PrintJSON(out, answersAsJSON(concerned, events))
	}
	for _, s := range concerned {
		s.answer(out, events, flags.markdown)
	}
	return nil
}

// answersAsJSON returns what comes of events for programs.
func answersAsJSON(concerned []*scene, events []analysis.Failure) answersJSON {
	answers := answersJSON{WhatIf: []answerJSON{}}
	for _, s := range concerned {
		answers.WhatIf = append(answers.WhatIf, answerJSON{s.vips, s.Calm().Active, outcomesAsJSON(s.After(s.of(events)...))})
	}
	return answers
}

// noVip says why there is nothing to ask.
const noVip = "no host has a vip, so no failure moves anything"

// printWhatIf prints every table whole.
func printWhatIf(cmd *cobra.Command, all []*scene, flags planFlags) error {
	out := cmd.OutOrStdout()
	switch {
	case len(all) == 0 && !flags.json:
		fmt.Fprintln(out, noVip)
	case flags.json:
		return terminal.PrintJSON(out, whatIfJSON{scenesAsJSON(all)})
	case flags.markdown:
		markdownWhatIf(out, all)
	default:
		writeWhatIfTable(out, paletteFor(cmd, out), all)
	}
	return nil
}

// answer prints what comes of events, step by step.
func (s *scene) answer(w io.Writer, events []analysis.Failure, markdown bool) {
	calm := s.Calm()
	rows := terminal.Table{{"while all is well", answering(calm)}}
	for _, o := range s.After(s.of(events)...) {
		f := o.Failures[len(o.Failures)-1]
		l := consequenceOf(o, calm)
		rows = append(rows, []string{f.Words(), l.active, l.noticed()})
	}
	if !markdown {
		fmt.Fprintf(w, "%s\n", terminal.Few(s.vips))
		rows.Write(w, "  ", nil)
		return
	}
	fmt.Fprintf(w, "\n**%s**\n\n| what happens | Active | clients |\n|---|---|---|\n", terminal.Few(s.vips))
	for _, row := range rows {
		fmt.Fprintf(w, "| %s |\n", strings.Join(append(row, "")[:3], " | "))
	}
}

// of returns those of events that concern s.
func (s *scene) of(events []analysis.Failure) []analysis.Failure {
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

// findEvents returns what is meant by texts.
func findEvents(all []*scene, texts []string) ([]analysis.Failure, error) {
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
			return nil, fmt.Errorf("--if %s: %s", text, noVip)
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
