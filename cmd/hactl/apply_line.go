package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"hactl/cmd/hactl/internal/rollout"
	"hactl/cmd/hactl/internal/terminal"

	"github.com/spf13/cobra"
)

// applyLine is one line of what apply prints with --json: something that has happened
// to the plans, and at the end the outcome. What happens to upgrades stands in lines of
// "hactl schema upgrade-progress" between them.
type applyLine struct {
	Time time.Time `json:"time"` // UTC

	// Event is what has happened: "note" of what is proposed, "published", "confirmed", "passed over", "wave begun",
	// "wave ended", "stopped", "going back", "rolled back", "trial confirmed" of what was
	// on trial before, "on trial", "applied", "left" of upgrades, and on the last line
	// "finished".
	Event string `json:"event"`

	Host  string     `json:"host,omitempty"`  // absent: it is about all of them
	Wave  string     `json:"wave,omitempty"`  // "1 of 3", of a wave that begins or ends
	Plan  string     `json:"plan,omitempty"`  // hash of the plan that the host was given, or has confirmed
	Hosts []string   `json:"hosts,omitempty"` // that have the change on trial
	Until *time.Time `json:"until,omitempty"` // when they go back unless it is confirmed, UTC
	Text  string     `json:"text,omitempty"`  // in words

	Outcome *applyOutcome `json:"outcome,omitempty"` // on the last line, and only there
}

// applyOutcome is how an apply ended.
type applyOutcome struct {
	Confirmed bool    `json:"confirmed"` // every host has what it was to have
	Exit      int     `json:"exit"`      // the exit code
	Error     string  `json:"error,omitempty"`
	Seconds   float64 `json:"seconds"` // that it took
}

// The events that no rollout tells of.
const (
	eventNote           = "note"            // of what is proposed
	eventTrialConfirmed = "trial confirmed" // what a host had on trial before
	eventOnTrial        = "on trial"        // the change is
	eventApplied        = "applied"         // all hosts have confirmed their plans
	eventLeft           = "left"            // upgrades are due, and not carried through
	eventFinished       = "finished"        // it is over
)

// applyTeller tells how an apply goes on: in words, or in lines of JSON.
type applyTeller struct {
	cmd     *cobra.Command
	out     io.Writer
	palette terminal.Palette
	json    bool
	width   int // of the longest host
}

func newApplyTeller(cmd *cobra.Command, asJSON bool) *applyTeller {
	out := cmd.OutOrStdout()
	return &applyTeller{cmd: cmd, out: out, palette: paletteFor(cmd, out), json: asJSON}
}

// print prints what only people are told.
func (t *applyTeller) print(format string, args ...any) {
	if !t.json {
		fmt.Fprintf(t.out, format, args...)
	}
}

// propose shows what would change; programs are told what is to be noted about it.
func (t *applyTeller) propose(p proposal) {
	if !t.json {
		p.write(t.out, t.palette)
		t.print("\n")
		return
	}
	for _, note := range p.notes() {
		t.say(applyLine{Event: eventNote, Text: note})
	}
}

// happened says what a rollout tells of.
func (t *applyTeller) happened(e rollout.Event) {
	t.say(applyLine{Event: string(e.Kind), Host: e.Host, Wave: e.Wave, Plan: e.Plan, Text: e.Text})
}

// say tells that something has happened. What its error will say at the end is no news
// for people.
func (t *applyTeller) say(l applyLine) {
	if t.json {
		l.Time = time.Now().UTC().Truncate(time.Millisecond)
		e := json.NewEncoder(t.out)
		e.SetEscapeHTML(false)
		_ = e.Encode(l) // out remembers an error
		return
	}
	switch {
	case l.Host != "":
		fmt.Fprintf(t.out, "%s  %s\n", t.palette.Bold(fmt.Sprintf("%-*s", t.width, l.Host)), l.Text)
	case l.Event == string(rollout.WaveBegun):
		fmt.Fprintf(t.out, "\n%s\n", t.palette.Bold(l.Text))
	case l.Event == string(rollout.GoingBack):
		fmt.Fprintf(t.out, "\n%s %s.\n", t.palette.Yellow("Going back:"), l.Text)
	case l.Event == eventApplied:
		fmt.Fprintf(t.out, "\n%s %s.\n", t.palette.Green("Applied."), l.Text)
	case l.Event == eventLeft:
		fmt.Fprintln(t.out, l.Text)
	}
}

// end tells programs how it ended.
func (t *applyTeller) end(began time.Time, err error) {
	if t.json {
		t.say(applyLine{Event: eventFinished, Outcome: &applyOutcome{Confirmed: err == nil, Exit: codeOf(err), Error: messageOf(err),
			Seconds: time.Since(began).Round(time.Millisecond).Seconds()}})
	}
}
