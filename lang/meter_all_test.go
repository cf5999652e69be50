package lang

import "testing"

// TestMeter spends what one expression has, and what all of them have.
func TestMeter(t *testing.T) {
	m := &meter{most: maxRuns, all: maxAllRuns}
	for n := 0; n < maxAllRuns/maxRuns; n++ {
		m.begin()
		if !m.spend(maxRuns) {
			t.Fatalf("expression %d has less than the first one", n)
		}
	}
	m.begin()
	if m.spend(1) || !m.stopped {
		t.Error("there is something left when all is spent")
	}
	m = &meter{most: maxRuns, all: maxAllRuns}
	m.begin()
	if m.spend(maxRuns + 1) {
		t.Error("one expression has no limit of its own")
	}
	m.begin()
	if !m.spend(1) {
		t.Error("the next expression has nothing left")
	}
}
