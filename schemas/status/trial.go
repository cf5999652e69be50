package status

import (
	"time"

	"hactl/schemas/intent"
)

// The values of Trial.State.
const (
	OnTrial   = "on trial"  // followed until Until, unless it is confirmed
	Confirmed = "confirmed" // it stays
	Returned  = "returned"  // nobody confirmed it: the host has gone back to the plan before
)

// Trial is how it went with a plan that has to be confirmed.
type Trial struct {
	State string   `json:"state"`
	ID    string   `json:"id"`              // of the change
	By    string   `json:"by,omitempty"`    // who applied it
	Hosts []string `json:"hosts,omitempty"` // of the same change, sorted; empty: not known
	Round int      `json:"round,omitempty"` // of the change, as the host has seen it last
	Plan  string   `json:"plan"`            // hash of the plan on trial

	// Before is the hash of the plan that the host goes or went back to: an empty plan
	// where it had none. Empty when the plan is confirmed.
	Before string `json:"before,omitempty"`

	Until time.Time    `json:"until,omitzero"`  // while it is on trial: when the host goes back, by its clock as of this report
	Ended *intent.Mark `json:"ended,omitempty"` // who confirmed it and when, or when the host went back; nil while it is on trial
	Why   string       `json:"why,omitempty"`   // the host went back, in words
}
