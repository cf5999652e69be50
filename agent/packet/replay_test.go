package packet

import (
	"net/netip"
	"testing"
	"time"
)

func TestWindow(t *testing.T) {
	equal(t, "at 1 s", Window(time.Second), 5*time.Second)
	equal(t, "at 3 s", Window(3*time.Second), 9*time.Second)
}

// Each line is one advert that is right in every other way.
func TestReplay(t *testing.T) {
	a, b := them, us
	r := Replay{Window: 5 * time.Second, Senders: 2}
	for _, step := range []struct {
		claim  string
		clock  float64 // of the receiver, in seconds
		source netip.Addr
		seq    Sequence
		want   error
	}{
		{"the first of a sender", 10, a, at(10), nil},
		{"the same again", 10, a, at(10), Replayed},
		{"an earlier one", 10, a, at(9), Replayed},
		{"of another sender", 10, b, at(9), nil},
		{"the next one", 11, a, at(11), nil},
		{"one more in that instant", 11, a, at(11) + 1, nil},
		{"a clock that is 5 s ahead", 11, a, at(16), nil},
		{"more than 5 s ahead", 11, a, at(16) + 1, Stale},
		{"5 s behind", 14, b, at(9) + 1, nil},
		{"more than 5 s behind", 15, b, at(9) + 2, Stale},
		{"a mark that is out of the window is forgotten", 10, a, at(10), nil},
		{"and the next one counts", 10, a, at(10), Replayed},
	} {
		if err := r.Accept(at(step.clock), step.source, step.seq); err != step.want {
			t.Errorf("%s: %v, want %v", step.claim, err, step.want)
		}
	}
}

// Of more senders than are remembered, the one that was silent longest is
// forgotten. What is dropped moves nothing.
func TestReplayForgetsTheMostSilent(t *testing.T) {
	r := Replay{Window: 5 * time.Second, Senders: 2}
	a, b, c := them, us, vip
	accept := func(source netip.Addr, seq Sequence, want error) {
		t.Helper()
		equal(t, "accepted "+source.String(), r.Accept(at(10), source, seq), want)
	}
	accept(a, at(10), nil)
	accept(b, at(10), nil)
	accept(a, at(10)+1, nil)
	accept(b, at(9), Replayed)
	accept(c, at(10), nil) // b is forgotten
	accept(a, at(10)+1, Replayed)
	accept(b, at(10), nil)
}
