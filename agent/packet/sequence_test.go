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

func TestReserve(t *testing.T) {
	for _, test := range []struct {
		claim                   string
		last, clock, mark, want Sequence
	}{
		{"the first mark", at(10), at(10), at(10), at(12)},
		{"more than half is left", at(10.9), at(10.9), at(12), at(12)},
		{"less than half is left", at(11.1), at(11.1), at(12), at(13.1)},
		{"numbers are ahead of the clock", at(14), at(10), at(14), at(14) + 64*tick},
		{"and half of them is left", at(14) + 31*tick, at(10), at(14) + 64*tick, at(14) + 64*tick},
		{"the clock was corrected", at(10), at(10), at(3600), at(12)},
	} {
		equal(t, test.claim, test.last.Reserve(test.clock, test.mark), test.want)
	}
}

// Restarts that follow each other quickly do not drive the numbers away from the
// clock: each begins where the one before had reserved.
func TestRestartsStayNearTheClock(t *testing.T) {
	clock, mark := at(10), at(10)
	for range 1000 {
		last := mark.Next(clock)
		if !last.After(mark) {
			t.Fatalf("%x was spent, and is reserved up to %x", last, mark)
		}
		mark = last.Reserve(clock, mark)
	}
	if mark.After(at(13.1)) {
		t.Errorf("after 1000 restarts in no time it is %x, clock %x", mark, clock)
	}
}
