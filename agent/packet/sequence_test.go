package packet

import (
	"testing"
	"time"
)

func at(seconds float64) Sequence {
	return SequenceAt(time.Unix(1000, 0).Add(time.Duration(seconds * float64(time.Second))))
}

func TestSequenceAt(t *testing.T) {
	equal(t, "half a second past 0x68000000", SequenceAt(time.Unix(0x68000000, 5e8)), 0x6800000080000000)
	equal(t, "after 2106 it starts over", SequenceAt(time.Unix(1<<32+5, 0)), 5<<32)
	for _, d := range []time.Duration{0, time.Second, 2500 * time.Millisecond, -time.Second, -2500 * time.Millisecond} {
		equal(t, "10 s plus "+d.String(), at(10).Plus(d), at(10+d.Seconds()))
	}
}

// RFC 1982: order goes round.
func TestAfter(t *testing.T) {
	for _, test := range []struct {
		s, o  Sequence
		after bool
	}{{1, 0, true}, {0, 0, false}, {0, 1, false}, {5, ^Sequence(5), true}, {^Sequence(5), 5, false}} {
		equal(t, "order", test.s.After(test.o), test.after)
	}
}

func TestNext(t *testing.T) {
	for _, test := range []struct {
		claim             string
		last, clock, want Sequence
	}{
		{"the first one", 0, at(10), at(10)},
		{"the clock goes on", at(10), at(11), at(11)},
		{"two at one time", at(10), at(10), at(10) + 1},
		{"the clock went back a little", at(14), at(10), at(14) + 1},
		{"the clock was corrected", at(20), at(10), at(10)},
		{"the counter carries over", at(10) + 0xffff, at(10), at(10) + 0x10000},
		{"2106", ^Sequence(0), 0, 0},
	} {
		equal(t, test.claim, test.last.Next(test.clock), test.want)
	}
}

// Restarts that follow each other quickly do not drive the numbers away from the
// clock: each begins where the one before had reserved.
func TestReserve(t *testing.T) {
	equal(t, "by the clock", at(10).Reserve(at(10), 2*time.Second), at(12))
	last, clock := at(10), at(10)
	for range 1000 {
		last = last.Reserve(clock, 2*time.Second).Next(clock)
	}
	if ahead := at(13.1); last.After(ahead) || !last.After(clock) {
		t.Errorf("after 1000 restarts in no time it is %x, clock %x", last, clock)
	}
}
