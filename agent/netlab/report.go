package netlab

import (
	"fmt"
	"strings"
	"time"
)

// Report is what a client saw. Instants are durations since the first probe.
type Report struct {
	Sent int // probes whose time to be answered is over, or that were answered
	Lost int // of these, not answered within Patience
	Run  int // the longest run of lost ones

	// Outage is how long the longest run lasted: from the sending of its first
	// probe to that of the next answered one, or of its last one at the end.
	Outage time.Duration

	// Proven is how much of an outage the client has witnessed: as Outage, but a
	// lost probe counts for one interval at most. A time in which the client did
	// not ask, since it was held up itself, proves nothing: tests judge by this.
	Proven time.Duration
	Turns  []Turn        // who answered, in the order of the probes
	Gap    time.Duration // the longest time between two probes: more than the interval when the client itself was held up

	runs []run // of lost probes
}

// Turn is a time in which one host answered.
type Turn struct {
	Host        string
	First, Last time.Duration // sending of the first and the last probe that it answered
	Replies     int
}

// run is lost probes in a row.
type run struct {
	probes int
	first  time.Duration // sending of the first one
	last   time.Duration // sending of the last one, or of the one that ended the run
	proven time.Duration // of the time from first to last
	pause  time.Duration // the longest time between two probes in the run, or near it
}

// near is how far from a run of lost probes a pause of the client may be that explains it.
const near = 100 * time.Millisecond

// report judges the samples of a client that asks at the interval every, at the
// instant now.
func report(sent []sample, every, now time.Duration) Report {
	var r Report
	var l run
	for i, s := range sent {
		if i > 0 {
			r.Gap = max(r.Gap, s.at-sent[i-1].at)
		}
		lost := s.reply == 0 || s.reply-s.at > Patience
		if lost && now-s.at <= Patience {
			continue // may still be answered
		}
		r.Sent++
		if l.probes > 0 {
			l.proven += min(s.at-l.last, every)
		} else {
			l.first = s.at
		}
		l.last = s.at
		if lost {
			r.Lost++
			l.probes++
		}
		r.outage(l)
		if !lost {
			r.turn(s)
			r.ended(l, sent)
			l = run{}
		}
	}
	r.ended(l, sent)
	return r
}

// ended notes a run of lost probes that is over, if there was one.
func (r *Report) ended(l run, sent []sample) {
	if l.probes == 0 {
		return
	}
	for i, s := range sent[1:] {
		if before := sent[i].at; s.at >= l.first-near && before <= l.last+near {
			l.pause = max(l.pause, s.at-before)
		}
	}
	r.runs = append(r.runs, l)
}

// outage notes a run of lost probes, up to the last one or the one that ended it.
func (r *Report) outage(l run) {
	r.Run = max(r.Run, l.probes)
	r.Outage = max(r.Outage, l.last-l.first)
	r.Proven = max(r.Proven, l.proven)
}

// turn notes an answered probe.
func (r *Report) turn(s sample) {
	n := len(r.Turns)
	if n == 0 || r.Turns[n-1].Host != s.by {
		r.Turns = append(r.Turns, Turn{Host: s.by, First: s.at})
		n++
	}
	r.Turns[n-1].Last = s.at
	r.Turns[n-1].Replies++
}

// HeldUp reports whether the client was held up itself where it missed replies, as on a
// machine with other things to do, and nowhere missed more beyond a bound than that
// explains: who leaves, who follows and who asks may each be held up as long. On a quiet
// machine no client is held up for 20 ms.
func (r Report) HeldUp(bound time.Duration) bool {
	held := false
	for _, l := range r.runs {
		paused := l.pause >= 20*time.Millisecond
		if l.proven > bound && !(paused && l.proven <= bound+3*l.pause) {
			return false
		}
		held = held || paused
	}
	return held
}

// Stood reports whether the client was held up for so long that routers which advertise
// every 100 ms may have taken each other for dead.
func (r Report) Stood() bool { return r.Gap >= 100*time.Millisecond }

// Responder returns the host that answered the last probe, empty when nobody
// has ever answered.
func (r Report) Responder() string {
	if len(r.Turns) == 0 {
		return ""
	}
	return r.Turns[len(r.Turns)-1].Host
}

// String tells the report in one line a turn.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d probes, %d lost, longest outage %d probes (%s)\n", r.Sent, r.Lost, r.Run, r.Outage.Round(time.Millisecond))
	for _, t := range r.Turns {
		fmt.Fprintf(&b, "%9.3fs to %9.3fs  %s answered %d\n", t.First.Seconds(), t.Last.Seconds(), t.Host, t.Replies)
	}
	return b.String()
}
