package status

import "time"

// Check is one health check.
type Check struct {
	Name  string    `json:"name"`
	State string    `json:"state"` // Up, Down or Unknown
	Since time.Time `json:"since"` // of the state

	// Cause says why the last run failed, with the right that was missing if that
	// was it; empty when it did not fail, and before the first run.
	Cause string `json:"cause,omitempty"`

	// Output is the end of what a program wrote in the last run that failed, at
	// most 4 KiB of UTF-8; kept while later runs succeed.
	Output string `json:"output,omitempty"`

	Ran      time.Time `json:"ran,omitzero"`       // when the last run ended; absent before the first
	Took     float64   `json:"took_ms,omitempty"`  // how long it took, milliseconds
	Runs     uint64    `json:"runs,omitempty"`     // since the agent started
	Failures uint64    `json:"failures,omitempty"` // those of Runs that failed
	Streak   int       `json:"streak,omitempty"`   // how many results in a row speak against State
}

// The values of Check.State and Track.State.
const (
	Up      = "up"
	Down    = "down"
	Unknown = "unknown" // no result yet; never of an interface
)

// Track is a check or an interface that a router depends on. Exactly one of
// Check and Interface is set.
type Track struct {
	Check     string `json:"check,omitempty"`
	Interface string `json:"interface,omitempty"`
	Effect    string `json:"effect"`           // that of the plan: "demote", "fault" or "weight"
	Weight    int    `json:"weight,omitempty"` // likewise
	State     string `json:"state"`            // Up, Down or Unknown
}
