package agent_test

import (
	"testing"
	"time"

	"hactl/agent/packet"
	"hactl/schemas/plan"
)

// Before a plan with keys is followed, numbers are reserved behind those from
// before the start; without keys nothing is written. A mark that is far ahead of
// the clock would make every advert one that neighbours drop: it does not count.
func TestLoopReservesNumbers(t *testing.T) {
	for name, test := range map[string]struct {
		before   time.Duration // that the mark from before the start is ahead of the clock; 0: there is none
		keys     bool
		reserved time.Duration // that the new mark is ahead; 0: none is written
	}{
		"without keys":           {0, false, 0},
		"the first start":        {0, true, 2 * time.Second},
		"long ago":               {-time.Hour, true, 2 * time.Second},
		"the clock was set back": {4 * time.Second, true, 4 * time.Second},
		"the clock was wrong":    {time.Hour, true, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			var began time.Time
			prepare := func(b *bench) {
				began = time.Now()
				if test.before != 0 {
					b.store.marks = []uint64{uint64(packet.SequenceAt(began.Add(test.before)))}
				}
				r := router(254)
				if test.keys {
					signs(plan.Enforce, 1)(&r)
				}
				b.store.publish(t, r)
			}
			inBubble(t, prepare, func(t *testing.T, b *bench) {
				b.store.mu.Lock()
				defer b.store.mu.Unlock()
				written := len(b.store.marks) > min(1, int(test.before.Abs()))
				if written != (test.reserved != 0) {
					t.Fatalf("marks: %v", b.store.marks)
				}
				if !written {
					return
				}
				mark, want := packet.Sequence(b.store.marks[len(b.store.marks)-1]), packet.SequenceAt(began.Add(test.reserved))
				if want.After(mark) || mark.After(want.Plus(50*time.Millisecond)) {
					t.Errorf("reserved up to %x, want %x", mark, want)
				}
			})
		})
	}
}
