package analysis

import (
	"strconv"
	"time"

	"hactl/schemas/plan"
)

// shape is a subject without its names: all that an analysis depends on. Members
// are in the order of their hosts' names.
type shape struct {
	beats   []beat
	members []member
	checks  int // how many checks they run

	one, two []row // once worked out: of single events, of pairs
}

// beat is how often a router of the subject sends; each kind once.
type beat struct {
	version  int
	interval int // milliseconds
}

// member is one host of a shape.
type member struct {
	priority int // base priority
	rival    int // the highest priority that another member can have; 0 without a plan: it never yields
	mode     plan.Mode
	delay    time.Duration // of preemption
	quiet    time.Duration // that it listens after a start
	settling time.Duration // that it listens after its link has come up, until it hears somebody
	hooks    time.Duration // before a release by its own decision, at most
	links    int           // interfaces that it uses
	tracks   []track
}

// track is what a member depends on.
type track struct {
	check    int // which one of the shape's checks; -1: an interface of its own
	effect   plan.Effect
	weight   int
	down, up time.Duration // until the host knows, at most
}

// owner reports whether m owns the addresses.
func (m *member) owner() bool { return m.priority == plan.Owner }

// key returns bytes that are equal exactly when shapes are.
func (s *shape) key() string {
	k := make([]byte, 0, 256)
	n := func(numbers ...int) {
		for _, n := range numbers {
			k = append(strconv.AppendInt(k, int64(n), 36), ' ')
		}
	}
	n(s.checks, len(s.beats))
	for _, b := range s.beats {
		n(b.version, b.interval)
	}
	for i := range s.members {
		m := &s.members[i]
		n(m.priority, m.rival, int(m.delay), int(m.quiet), int(m.settling), int(m.hooks), m.links, len(m.tracks))
		k = append(append(k, m.mode...), ' ')
		for _, t := range m.tracks {
			n(t.check, t.weight, int(t.down), int(t.up))
			k = append(k, t.effect...)
		}
	}
	return string(k)
}
