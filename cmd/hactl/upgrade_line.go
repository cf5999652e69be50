package main

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/rollout"
	"hactl/cmd/hactl/internal/terminal"
)

// upgradeLine is one line of what "upgrade run" and "upgrade rollback" print with
// --json: progress, and at the end the outcome.
type upgradeLine struct {
	Time    time.Time `json:"time"` // UTC
	Upgrade string    `json:"upgrade"`
	Host    string    `json:"host,omitempty"` // absent: it is about all of them
	Step    string    `json:"step,omitempty"` // a stage of the host's upgrade; absent: none is under way
	Text    string    `json:"text,omitempty"` // in words

	Connections int    `json:"connections,omitempty"` // that are left of those that may finish
	Verdict     string `json:"verdict,omitempty"`     // how the host's order ended; absent: it has not

	Outcome *upgradeOutcome `json:"outcome,omitempty"` // on the last line, and only there
}

// upgradeOutcome is how a rollout of an upgrade ended.
type upgradeOutcome struct {
	Confirmed bool          `json:"confirmed"` // every host has what it was to have
	Exit      int           `json:"exit"`      // the exit code
	Error     string        `json:"error,omitempty"`
	Hosts     []upgradeDone `json:"hosts"`   // in the order of names; none when the rollout did not begin
	Seconds   float64       `json:"seconds"` // that it took
}

// upgradeDone is one host of an outcome.
type upgradeDone struct {
	Host    string `json:"host"`
	State   string `json:"state"`             // "upgraded", "rolled back", "failed", "under way" or "not begun"
	Before  string `json:"before,omitempty"`  // the version that ran before; absent: unknown
	Version string `json:"version,omitempty"` // the one that is there now; absent: unknown
	Text    string `json:"text,omitempty"`    // what its agent said last
}

// upgradeTeller prints how a rollout goes on. It belongs to one goroutine.
type upgradeTeller interface {
	// say prints what has happened.
	say(upgradeLine)

	// show prints where the hosts are, again and again.
	show(*rollout.Upgrade)

	// end prints how it ended.
	end(upgradeLine)
}

// jsonTeller prints a line of JSON for each.
type jsonTeller struct{ out io.Writer }

func (t jsonTeller) say(l upgradeLine) {
	e := json.NewEncoder(t.out)
	e.SetEscapeHTML(false)
	_ = e.Encode(l) // out remembers an error
}

func (t jsonTeller) show(*rollout.Upgrade) {}

func (t jsonTeller) end(l upgradeLine) { t.say(l) }

// textTeller prints a line of words for each step.
type textTeller struct {
	out     io.Writer
	palette terminal.Palette
	width   int               // of the longest host
	told    map[string]string // the last line of each host, without what counts up and down
}

// counts are the numbers in a line.
var counts = regexp.MustCompile(`[0-9]+`)

func (t *textTeller) say(l upgradeLine) {
	line := t.line(l)
	if said := counts.ReplaceAllString(line, "0"); l.Step == "" || t.told[l.Host] != said {
		t.told[l.Host] = said
		fmt.Fprint(t.out, terminal.Harmless(line))
	}
}

// line is "lb01  drain: 12 connections are left".
func (t *textTeller) line(l upgradeLine) string {
	words := l.Text
	switch {
	case l.Verdict != "":
		words = t.paint(l.Verdict) + ": " + l.Text
	case l.Step != "" && l.Text == "":
		words = l.Step
	case l.Step != "":
		words = l.Step + ": " + l.Text
	}
	host := l.Host
	if host == "" {
		host = l.Upgrade
	}
	return fmt.Sprintf("%s  %s\n", t.palette.Bold(fmt.Sprintf("%-*s", t.width, host)), words)
}

func (t *textTeller) paint(verdict string) string {
	if fleet.Succeeds(verdict) {
		return t.palette.Green(verdict)
	}
	return t.palette.Red(verdict)
}

func (t *textTeller) show(*rollout.Upgrade) {}

func (t *textTeller) end(l upgradeLine) {
	if l.Outcome.Confirmed {
		fmt.Fprintf(t.out, "\n%s\n", l.Text)
	}
}

// outcomeOf is how the rollout has ended, with err.
func outcomeOf(r *rollout.Upgrade, err error) *upgradeOutcome {
	o := &upgradeOutcome{Confirmed: err == nil, Exit: codeOf(err), Error: messageOf(err), Hosts: []upgradeDone{}}
	for _, h := range r.Hosts {
		d := upgradeDone{Host: h.Host, Before: h.Started, Text: h.Last.Text, State: h.State.String()}
		if r.Back && h.State == rollout.Arrived {
			d.State = rollout.Returned.String()
		}
		d.Version = h.Runs()
		o.Hosts = append(o.Hosts, d)
	}
	return o
}

// lineOf is the line that tells of progress.
func lineOf(p rollout.Progress) upgradeLine {
	return upgradeLine{Time: time.Now().UTC().Truncate(time.Millisecond), Upgrade: p.Upgrade, Host: p.Host, Step: p.Step, Text: p.Text,
		Connections: p.Connections, Verdict: p.Verdict}
}
