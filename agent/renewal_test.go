package agent

import (
	"testing"
	"time"

	"hactl/agent/node"
)

// While the kernel hangs, no more refreshes are kept than may still be done.
func TestRefreshesThatAreTooOld(t *testing.T) {
	const every = 100 * time.Millisecond
	a := &Agent{clock: startClock()}
	h := newHands(a)
	h.busy = true
	for range 1000 {
		a.clock.start -= every // so much later
		h.refresh([]node.Wish{{}})
	}
	if n, most := len(h.next.refresh), int(validity/every); n == 0 || n > most {
		t.Errorf("%d refreshes wait, want some and at most %d", n, most)
	}
}
