package status

import (
	"time"

	"hactl/schemas/intent"
)

// Upgrade is one program that hactl keeps at a release, as it is on the host.
type Upgrade struct {
	Name string `json:"name"` // of the plan's upgrade

	// Current says that the plan's release is what runs. Where it is not, Outdated says
	// in words what is there instead, or why that cannot be found out.
	Current  bool   `json:"current"`
	Outdated string `json:"outdated,omitempty"`

	Version string `json:"version,omitempty"` // of what is at the program's path; empty while unknown
	SHA256  string `json:"sha256,omitempty"`  // of that file; empty while unknown

	// Previous is what ran before the last release that was committed, and can be had
	// back; nil: nothing is kept.
	Previous *Build `json:"previous,omitempty"`

	// Order is the one that is under way or waits, or was carried out last; nil: none was.
	// Of the same order are the fields below.
	Order *intent.Order `json:"order,omitempty"`

	Stage       string    `json:"stage,omitempty"`       // a name of upgrade.Stage; empty: nothing is under way
	Text        string    `json:"text,omitempty"`        // what it waits for or what happened, in words
	Notes       []string  `json:"notes,omitempty"`       // what its reader should know besides, in words and in order; since the agent started
	Connections int       `json:"connections,omitempty"` // that are left of those that may finish
	Held        []string  `json:"held,omitempty"`        // vips that are kept away from the host meanwhile, in order
	Begun       time.Time `json:"begun,omitzero"`        // of the order; zero: it waits
	Since       time.Time `json:"since,omitzero"`        // of the stage

	// Verdict is how the order ended, a word of upgrade.Verdict, and Text then says what
	// happened. Empty: it has not ended.
	Verdict string    `json:"verdict,omitempty"`
	Ended   time.Time `json:"ended,omitzero"`

	// Outcomes counts the orders that have ended since the agent started, by verdict.
	Outcomes map[string]uint64 `json:"outcomes,omitempty"`
}

// Build is one version of a program.
type Build struct {
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
}
