package status

// Lateness is how late an agent's loop was for the deadlines of its routers, since
// the agent started. All times are in seconds.
type Lateness struct {
	Bounds []float64 `json:"bounds"` // upper ends of the buckets, inclusive, ascending
	Counts []uint64  `json:"counts"` // wake-ups by bucket, one more than Bounds: the last has no end
	Sum    float64   `json:"sum"`    // of all wake-ups
	Worst  float64   `json:"worst"`  // of the last minute or two
}
