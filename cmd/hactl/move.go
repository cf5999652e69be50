package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/terminal"

	"github.com/spf13/cobra"
)

// moveFlags are what the verbs that move vips can be told.
type moveFlags struct {
	store     string
	force     bool
	approved  bool
	wait      time.Duration
	json      bool
	variables variableFlags
}

func (f *moveFlags) add(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&f.wait, "wait", time.Minute, "how long to wait until the hosts' reports confirm it; 0: wait for none, and exit with 3")
	cmd.Flags().BoolVar(&f.force, "force", false, "do it although a host that would take over is known to be unfit")
	cmd.Flags().BoolVar(&f.approved, "auto-approve", false, "do not ask when it cannot be known whether a host is fit")
	cmd.Flags().BoolVar(&f.json, "json", false, "print the outcome as JSON")
	addStoreFlag(cmd, &f.store)
	f.variables.add(cmd)
}

// move is one planned move on its way, and what is printed of it as JSON.
type move struct {
	Host      string   `json:"host,omitempty"` // that is drained, or no longer
	Vip       string   `json:"vip,omitempty"`  // that is moved
	Moved     []moved  `json:"moved"`          // routers that have another Active than before
	Notes     []string `json:"notes"`
	Confirmed bool     `json:"confirmed"` // by the hosts' reports
	Took      float64  `json:"seconds"`   // until then

	fleet *fleet.Fleet
	flags moveFlags
	cmd   *cobra.Command
	began time.Time
	from  map[string]string // who was Active before, by router; hosts, or addresses of hosts that do not report
}

// moved is one router that has moved.
type moved struct {
	Router string `json:"router"`
	From   string `json:"from"` // host
	To     string `json:"to"`   // host, or the address of one that does not report
}

// beginMove returns a move of routers, which has done nothing yet.
func beginMove(f *fleet.Fleet, cmd *cobra.Command, flags moveFlags, ids []string) *move {
	m := &move{Moved: []moved{}, Notes: []string{}, fleet: f, flags: flags, cmd: cmd, began: time.Now(), from: map[string]string{}}
	for _, id := range ids {
		m.from[id] = f.Holder(id)
	}
	return m
}

// say tells the user of progress, and notes it.
func (m *move) say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	m.Notes = append(m.Notes, text)
	if !m.flags.json {
		fmt.Fprintln(m.cmd.OutOrStdout(), text)
	}
}

// fit refuses a move to a host that is known to be unfit, and asks when it cannot
// be known. what is the move, in words.
func (m *move) fit(ctx context.Context, what string, to []fleet.Standing) error {
	for _, s := range to {
		switch {
		case len(s.Wrong) > 0 && !m.flags.force:
			return fmt.Errorf("nothing was changed, as %s is not fit to take over: %v. Mend that, or do it anyway with --force", s.Host, s)
		case len(s.Wrong) > 0:
			m.say("%s is not fit to take over: %v", s.Host, s)
		case s.Unknown != "" && !m.flags.approved && !m.flags.force:
			m.say("It cannot be known whether %s is fit to take over: %v.", s.Host, s)
			if err := ask(ctx, m.cmd, what+" all the same?", "there is no terminal to ask on, and nothing was changed: look at it yourself, and repeat this with --auto-approve"); err != nil {
				return err
			}
		case s.Unknown != "":
			m.say("It cannot be known whether %s is fit to take over: %v", s.Host, s)
		}
	}
	return nil
}

// confirm waits until done, and says what has moved. late says what is missing.
func (m *move) confirm(ctx context.Context, done func() bool, late func() string) error {
	err := m.fleet.Await(ctx, m.flags.wait, done)
	for _, id := range m.fleet.Plans.IDs() {
		if from, part := m.from[id]; part {
			if to := m.fleet.Holder(id); to != "" && to != from && from != "" {
				m.Moved = append(m.Moved, moved{id, from, to})
				m.say("%s: %s -> %s", id, from, to)
			}
		}
	}
	m.Confirmed, m.Took = err == nil, time.Since(m.began).Round(time.Millisecond).Seconds()
	switch {
	case errors.Is(err, fleet.ErrLate):
		return exit{exitUnconfirmed, "not confirmed in time: " + late()}
	case err != nil:
		return exit{exitUnconfirmed, "interrupted, and not confirmed: " + late()}
	}
	return nil
}

// end prints the outcome.
func (m *move) end(err error) error {
	if m.flags.json {
		if failed := terminal.PrintJSON(m.cmd.OutOrStdout(), m); failed != nil {
			return failed
		}
	}
	return err
}
