package plan

import (
	"errors"
	"fmt"
)

// MaxTrial is the longest time that a plan may be on trial, in seconds.
const MaxTrial = 24 * 60 * 60

// Trial says that a host follows a plan until somebody confirms the change that it is
// part of, and goes back by itself to the plan before when nobody does in time.
type Trial struct {
	ID     string `json:"id"`       // of the change: the same on all its hosts, another one for each change; never empty
	Within int    `json:"within_s"` // how long after the host has first seen this Round it waits, 1..MaxTrial seconds

	// Round is raised to let the time begin anew on all hosts of the change together.
	Round int `json:"round,omitempty"`

	Hosts []string `json:"hosts,omitempty"` // that get a plan on trial by this change, sorted; empty: not known
}

// Validate says what no hactl writes.
func (t *Trial) Validate() error {
	switch {
	case t.ID == "" || len(t.ID) > MaxText:
		return errors.New("trial: it has no id")
	case t.Within < 1 || t.Within > MaxTrial:
		return fmt.Errorf("trial: %d s, not 1 to %d", t.Within, MaxTrial)
	case t.Round < 0:
		return fmt.Errorf("trial: round %d", t.Round)
	}
	for i, host := range t.Hosts {
		if host == "" || len(host) > MaxText || i > 0 && t.Hosts[i-1] >= host {
			return fmt.Errorf("trial: host %q: there twice, or not in order", host)
		}
	}
	return nil
}

// OnTrial returns d's trial; nil when it is on none, or d is nil.
func (d *Document) OnTrial() *Trial {
	if d == nil {
		return nil
	}
	return d.Envelope.Trial
}

// Untried returns d without its trial, and leaves d as it is.
func (d *Document) Untried() *Document {
	c := *d
	c.Envelope.Trial = nil
	return &c
}

// Empty returns the document of a host that has nothing to do.
func Empty(host string) *Document {
	p := Plan{Host: host, Routers: []Router{}}
	return &Document{Format: Format, Hash: p.Hash(), Plan: p}
}
