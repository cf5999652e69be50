package status

import "hactl/schemas/intent"

// Intents is what people want of a host, as its agent follows it.
type Intents struct {
	Drained *intent.Mark  `json:"drained,omitempty"` // the host is drained; nil: it is in service
	Holds   []intent.Hold `json:"holds,omitempty"`   // sorted by Vip; those that a new plan has ended are not among them

	// Problem says why the newest intents in the store are not followed; empty when
	// they are.
	Problem string `json:"problem,omitempty"`
}
