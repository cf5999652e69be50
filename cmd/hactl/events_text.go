package main

import (
	"fmt"
	"io"
	"strings"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/event"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// writeEvent prints an event as one line, in this machine's time.
func writeEvent(w io.Writer, p terminal.Palette, e event.Event) error {
	line := fmt.Sprintf("%s  %s  %s  %s",
		p.Dim(e.Time.Local().Format("2006-01-02 15:04:05.000")), p.Bold(e.Router), became(p, e), why(e))
	_, err := fmt.Fprintln(w, terminal.Harmless(line))
	return err
}

// became says what a router was and is ("backup -> active").
func became(p terminal.Palette, e event.Event) string {
	is := e.New
	if c := e.Conflict; c != nil {
		return conflictText(p, c)
	}
	switch {
	case e.Yielding:
		is = e.New + ", yielding"
	case e.Event == plan.OnFault, e.Event == plan.OnStop:
		is = string(e.Event)
	}
	switch {
	case e.Event == plan.OnFault:
		is = p.Red(is)
	case e.New == status.Active:
		is = p.Green(is)
	}
	return e.Old + " -> " + is
}

// conflictText says that a conflict has begun or ended ("two-active with 10.0.0.6:").
func conflictText(p terminal.Palette, c *event.Conflict) string {
	words := c.Kind
	if c.Peer != "" {
		words += " with " + c.Peer
	}
	if c.Ended {
		return fmt.Sprintf("%s is over after %d packets:", words, c.Count)
	}
	return p.Red(words + ":")
}

// why gives the cause, and what else helps to understand it.
func why(e event.Event) string {
	if e.Conflict != nil {
		return e.Cause
	}
	words := []string{fmt.Sprintf("priority %d", e.Priority)}
	if e.Peer != "" {
		words = append(words, "active is "+e.Peer)
	}
	return e.Cause + " (" + strings.Join(words, ", ") + ")"
}
