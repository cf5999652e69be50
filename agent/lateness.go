package agent

import (
	"slices"
	"time"

	"hactl/schemas/status"
)

// latenessBounds are the upper ends of the buckets of a Lateness, inclusive. From 2 ms
// on, adverts of the shortest interval are late.
var latenessBounds = [...]time.Duration{
	100 * time.Microsecond, 200 * time.Microsecond, 500 * time.Microsecond,
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond,
	10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 3 * time.Second, 10 * time.Second,
}

// lateness counts how late the loop was for the deadlines of its node. It belongs to
// the loop.
type lateness struct {
	counts [len(latenessBounds) + 1]uint64 // by bucket; the last one has no end
	sum    time.Duration
	worst  [2]time.Duration // of the minute before and of this one
	turned time.Time        // when this minute began
}

// note counts one wake-up that came so long after its deadline.
func (l *lateness) note(late time.Duration, now time.Time) {
	bucket, _ := slices.BinarySearch(latenessBounds[:], late)
	l.counts[bucket]++
	l.sum += late
	l.turn(now)
	l.worst[1] = max(l.worst[1], late)
}

// turn begins a new minute when the last one is over.
func (l *lateness) turn(now time.Time) {
	switch passed := now.Sub(l.turned); {
	case passed >= 2*time.Minute:
		l.worst, l.turned = [2]time.Duration{}, now
	case passed >= time.Minute:
		l.worst, l.turned = [2]time.Duration{l.worst[1], 0}, now
	}
}

// Lateness is how late the loop was for the deadlines of its routers, since the agent
// started.
type Lateness struct {
	Bounds []time.Duration // the upper ends of the buckets, inclusive, ascending
	Counts []uint64        // wake-ups by bucket, one more than Bounds: the last has no end
	Sum    time.Duration   // of all wake-ups
	Worst  time.Duration   // of the last minute or two
}

// snapshot returns what has been counted until now. It shares nothing with the loop.
func (l *lateness) snapshot(now time.Time) Lateness {
	l.turn(now)
	return Lateness{
		Bounds: latenessBounds[:], Counts: slices.Clone(l.counts[:]), Sum: l.sum, Worst: max(l.worst[0], l.worst[1]),
	}
}

// report is l as reports tell it.
func (l Lateness) report() *status.Lateness {
	r := &status.Lateness{Counts: l.Counts, Sum: l.Sum.Seconds(), Worst: l.Worst.Seconds()}
	for _, b := range l.Bounds {
		r.Bounds = append(r.Bounds, b.Seconds())
	}
	return r
}
