package status

// Target is how one notification target does. What counts is events, since the
// agent started or the target came into the plan.
type Target struct {
	Name string `json:"name"`
	Kind string `json:"kind"` // "exec", "mail" or "webhook"

	Delivered uint64 `json:"delivered"`
	Failed    uint64 `json:"failed"`  // refused by the target, or given up after a day of attempts
	Dropped   uint64 `json:"dropped"` // overtaken by a newer state of their vip while the target was slow
	Waiting   int    `json:"waiting"` // not told yet

	// Problem is what would keep the target from being told now, or why the last
	// attempt failed; empty: nothing is known to be wrong.
	Problem string `json:"problem,omitempty"`
}
