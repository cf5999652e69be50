package packet

import (
	"net/netip"
	"slices"
	"time"
)

// Replay tells new adverts from those that somebody has recorded and sends again.
// It remembers the last sequence number of each sender, of as many senders as
// there may be; of more, those that were heard last.
type Replay struct {
	Window  time.Duration // see Window
	Senders int           // how many to remember, at least 1

	marks []Mark // the sender that was heard last is the last one
}

// MulticastSenders is how many senders keepalived remembers in multicast.
const MulticastSenders = 4

// Mark is the last number of one sender.
type Mark struct {
	Source netip.Addr
	Last   Sequence
}

// Marks returns what is remembered, the sender that was heard last at the end.
func (r *Replay) Marks() []Mark { return slices.Clone(r.marks) }

// Remember takes over what another Replay remembered.
func (r *Replay) Remember(marks []Mark) {
	r.marks = slices.Clone(marks[max(0, len(marks)-r.Senders):])
}

// Fresh tells whether a sequence number is within the window around clock. It
// costs less than a digest, and says nothing of who has sent it.
func (r *Replay) Fresh(clock, seq Sequence) bool {
	return !seq.After(clock.Plus(r.Window)) && !clock.Plus(-r.Window).After(seq)
}

// Accept takes note of an advert of source that is right in every other way, and
// returns nil or a Reason. A mark that has left the window orders nothing that is
// in it: it is forgotten, so that a sender whose clock was corrected is heard.
func (r *Replay) Accept(clock Sequence, source netip.Addr, seq Sequence) error {
	if !r.Fresh(clock, seq) {
		return Stale
	}
	i := slices.IndexFunc(r.marks, func(m Mark) bool { return m.Source == source })
	if i >= 0 {
		if m := r.marks[i]; r.Fresh(clock, m.Last) && !seq.After(m.Last) {
			return Replayed
		}
		r.marks = slices.Delete(r.marks, i, i+1)
	}
	r.marks = append(r.marks, Mark{source, seq})
	if len(r.marks) > r.Senders {
		r.marks = slices.Delete(r.marks, 0, 1)
	}
	return nil
}
