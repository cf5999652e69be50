package lang

// limits are how much a configuration may ask for, so that none runs for ever or
// fills the memory.
type limits struct {
	runs     int // of the loops of one expression, see meter
	made     int // blocks that all dynamic blocks make
	parts    int // words and signs of all texts that are parsed
	compared int // names that are compared to find those that were meant: who wrote thousands of wrong ones needs no suggestion for each
}

// usual are the limits of Load.
var usual = limits{runs: maxRuns, made: 1 << 16, parts: maxParts, compared: 1 << 22}
