package agent

import (
	"slices"
	"testing"
	"time"
)

// Each wake-up falls into the first bucket that it is not above.
func TestLatenessCounts(t *testing.T) {
	var l lateness
	now := time.Unix(1000, 0)
	for _, late := range []time.Duration{0, 100 * time.Microsecond, 100*time.Microsecond + 1, 2 * time.Millisecond, time.Minute} {
		l.note(late, now)
	}
	s := l.snapshot(now)
	want := make([]uint64, len(latenessBounds)+1)
	want[0], want[1], want[4], want[len(want)-1] = 2, 1, 1, 1
	if !slices.Equal(s.Counts, want) {
		t.Errorf("counts\n%v, want\n%v", s.Counts, want)
	}
	if want := time.Minute + 2*time.Millisecond + 200*time.Microsecond + 1; s.Sum != want {
		t.Errorf("sum %v, want %v", s.Sum, want)
	}
}

// The worst is forgotten after one minute at least, and two at most.
func TestLatenessWorst(t *testing.T) {
	var l lateness
	start := time.Unix(1000, 0)
	l.note(7*time.Millisecond, start)
	l.note(time.Millisecond, start.Add(30*time.Second))
	for _, test := range []struct {
		after, want time.Duration
	}{
		{59 * time.Second, 7 * time.Millisecond},
		{61 * time.Second, 7 * time.Millisecond},
		{130 * time.Second, 0},
	} {
		if got := l.snapshot(start.Add(test.after)).Worst; got != test.want {
			t.Errorf("after %v the worst is %v, want %v", test.after, got, test.want)
		}
	}
}
