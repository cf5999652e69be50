package status

import "time"

// Handover is how it went when another build of hactl was to go on in the
// agent's place. At most one of Waiting, Refused and Silent is set.
type Handover struct {
	Asked   time.Time `json:"asked"`
	From    string    `json:"from,omitempty"`    // version of the one that gave its place up, afterwards
	Waiting string    `json:"waiting,omitempty"` // what it waits for: hooks, a router that yields
	Refused string    `json:"refused,omitempty"` // why the agent runs on as it was

	// Silent is how long nothing was sent or heard, milliseconds. What came in
	// meanwhile was heard afterwards.
	Silent float64 `json:"silent_ms,omitempty"`
}
