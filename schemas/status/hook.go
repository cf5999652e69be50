package status

import "time"

// Hook is how the last run of one hook of a vip went.
type Hook struct {
	Vip     string    `json:"vip"`
	When    string    `json:"when"`    // that of the plan: "before_release" or "after_acquire"
	Command []string  `json:"command"` // that of the plan
	Ended   time.Time `json:"ended"`   // zero before it has ever run: Problem then says why it could not
	Took    float64   `json:"took_ms"` // how long it took, milliseconds

	// Problem says why it failed; empty when it did not.
	Problem string `json:"problem,omitempty"`

	// Output is the end of what it wrote when it failed, at most 4 KiB of UTF-8.
	Output string `json:"output,omitempty"`
}
