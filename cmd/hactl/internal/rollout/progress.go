package rollout

// Progress is one thing that has happened in the rollout of an upgrade.
type Progress struct {
	Upgrade     string // its name
	Host        string // empty: it is about all of them
	Step        string // a stage of the host's upgrade; empty: none is under way
	Text        string // in words
	Connections int    // that are left of those that may finish
	Verdict     string // how the host's order ended; empty: it has not
}
