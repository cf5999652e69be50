package packet

import "time"

// Sequence numbers signed adverts: a sender's next one is always After the one
// before. It is a wall-clock time, seconds since 1970 in the upper 32 bits and
// their fraction below; of that, a clock fills in the upper 16 bits and leaves the
// lower 16 to count what is sent at one time.
type Sequence uint64

// Sequences of one second, and of the least time that a clock tells apart.
const (
	second Sequence = 1 << 32
	tick   Sequence = 1 << 16
)

// SequenceAt returns the sequence number of a time by the clock.
func SequenceAt(t time.Time) Sequence {
	return Sequence(t.Unix())*second + Sequence(t.Nanosecond())<<16/1e9*tick
}

// After tells whether s comes after o, in the serial number arithmetic of RFC
// 1982: true of numbers up to half of the circle ahead.
func (s Sequence) After(o Sequence) bool { return int64(s-o) > 0 }

// Plus returns the number that is d later; d may be negative.
func (s Sequence) Plus(d time.Duration) Sequence {
	return s + Sequence(d/time.Second)*second + Sequence(d%time.Second*(1<<16)/time.Second)*tick
}

// Window is how far an advert's sequence may be from the receiver's clock, either
// way: three advertisement intervals, at least MinWindow. keepalived has the same.
func Window(interval time.Duration) time.Duration { return max(3*interval, MinWindow) }

// MinWindow is the shortest Window.
const MinWindow = 5 * time.Second

// Next returns the sequence number to send after s at clock: the clock's, or s+1
// while the clock is not beyond s. An s that is ahead of the clock by more than
// MinWindow no longer counts: receivers would drop what comes after it, and those
// that have taken it forget it (see Replay).
func (s Sequence) Next(clock Sequence) Sequence {
	if clock.After(s) || s.After(clock.Plus(MinWindow)) {
		return clock
	}
	return s + 1
}

// Reserve returns the mark that is to be written down after s has been spent at
// clock: numbers up to it may be spent before the next one is written. It is the
// mark so far while half of what is reserved is left, 2 s by the clock and four
// million numbers, and it is no further ahead than that.
func (s Sequence) Reserve(clock, mark Sequence) Sequence {
	ahead := func(d time.Duration, count Sequence) Sequence {
		if by := clock.Plus(d); by.After(s + count) {
			return by
		}
		return s + count
	}
	full := ahead(reserved, 64*tick)
	if ahead(reserved/2, 32*tick).After(mark) || mark.After(full) {
		return full
	}
	return mark
}

// reserved is how far ahead of the clock a mark is. After a restart numbers begin
// there, which is well within every Window.
const reserved = 2 * time.Second
