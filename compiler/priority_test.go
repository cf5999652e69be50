package compiler

import (
	"testing"

	"pgregory.net/rapid"
)

// Fewer failures always win, and order breaks ties, for every number of hosts
// and checks for which there is a step at all.
func TestPrioritiesFromOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 254).Draw(t, "n")
		c := rapid.IntRange(0, 254/n-1).Draw(t, "c")
		s := step(n, c)
		if s < 1 || s > widest {
			t.Fatalf("step %d for %d hosts and %d checks", s, n, c)
		}
		i, j := rapid.IntRange(0, n-1).Draw(t, "i"), rapid.IntRange(0, n-1).Draw(t, "j")
		f, g := rapid.IntRange(0, c).Draw(t, "f"), rapid.IntRange(0, c).Draw(t, "g")
		a, b := fromOrder(s, n, i, f), fromOrder(s, n, j, g)
		if a < lowest || a > highest {
			t.Fatalf("host %d of %d with %d of %d checks failed has priority %d", i, n, f, c, a)
		}
		if wins := f < g || f == g && i < j; wins != (a > b) {
			t.Fatalf("host %d with %d failures has %d, host %d with %d has %d", i, f, a, j, g, b)
		}
	})
}

// There is a step exactly when every combination fits between 1 and 254.
func TestStepUsesTheRoom(t *testing.T) {
	for n := 1; n <= 300; n++ {
		for c := 0; c <= 30; c++ {
			s := step(n, c)
			if fits := n*(c+1) <= 254; fits != (s >= 1) {
				t.Fatalf("%d hosts, %d checks: step %d", n, c, s)
			}
			if s >= 1 && s < widest && fromOrder(s+1, n, n-1, c) >= lowest {
				t.Fatalf("%d hosts, %d checks: step %d, though %d fits", n, c, s, s+1)
			}
		}
	}
}

// The figures that people will look up.
func TestPriorityFigures(t *testing.T) {
	for _, x := range []struct{ n, c, i, f, want int }{
		{n: 2, i: 0, want: 254},
		{n: 2, i: 1, want: 244},
		{n: 3, i: 2, want: 234},
		{n: 26, i: 25, want: 4},
		{n: 27, i: 1, want: 245}, // nine apart
		{n: 254, i: 253, want: 1},
		{n: 2, c: 1, i: 0, f: 1, want: 234},
		{n: 3, c: 7, i: 2, f: 7, want: 24}, // the most checks that three hosts have with steps of ten
	} {
		if got := fromOrder(step(x.n, x.c), x.n, x.i, x.f); got != x.want {
			t.Errorf("host %d of %d with %d of %d checks failed: priority %d, want %d", x.i, x.n, x.f, x.c, got, x.want)
		}
	}
}
