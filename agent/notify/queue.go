package notify

import (
	"time"

	"hactl/agent/vrrp"
	"hactl/schemas/event"
)

// Queue is what one target has still to hear, in order: pure arithmetic. At most
// one delivery is under way. While one is, or a pause after a failed one runs, an
// event overtakes an older one of its vip that still waits, but for conflicts, which
// neither overtake nor are overtaken. A Queue belongs to one goroutine.
type Queue struct {
	rules   Rules
	waiting []item
	flight  []item        // of the delivery that is under way; nil: none is
	resume  vrrp.Instant  // end of the pause after a failed delivery; vrrp.Never: none
	pause   time.Duration // the next one
	closed  bool
	parked  bool // no delivery begins
	missed  int  // events that the target has not heard of, and will not
	admits  int  // of missed, what the delivery that is under way tells
	count   Count
}

// Rules are how a Queue treats its target.
type Rules struct {
	Most   int           // events in one delivery, at least 1
	Gather time.Duration // how long the first event waits for others
	Limit  int           // events that wait, at least 1
}

// Count is what has become of a target's events.
type Count struct {
	Delivered uint64 // heard by the target
	Failed    uint64 // refused by the target, or given up after GiveUp
	Dropped   uint64 // overtaken by a newer event of their vip, or out of room
}

// Pauses between attempts double from the first to the longest. An event that is
// older than GiveUp is not tried again.
const (
	FirstPause   = time.Second
	LongestPause = 5 * time.Minute
	GiveUp       = 24 * time.Hour
)

// item is an event that waits, or is being delivered.
type item struct {
	event     event.Event
	at        vrrp.Instant // when it was told
	overtaken bool         // its vip has changed since the delivery began
}

// Input is what can happen to a queue. The set is closed.
type Input interface{ input() }

type (
	// Told: a vip changed its state. What the target does not want to hear of is
	// not added, but overtakes what is no longer true.
	Told struct {
		Event  event.Event
		Wanted bool
	}

	// Done: the delivery that was under way has ended.
	Done struct {
		Failed bool
		Again  bool          // worth another attempt
		After  time.Duration // not before that time has passed; 0: the queue decides
	}

	// Park: with On no delivery begins any more, without it they do again.
	Park struct{ On bool }

	// Close: no more than what waits will come soon; nothing is waited for any
	// longer.
	Close struct{}

	// Timeout: the deadline of the last Result has been reached.
	Timeout struct{}
)

func (Told) input()    {}
func (Done) input()    {}
func (Park) input()    {}
func (Close) input()   {}
func (Timeout) input() {}

// Delivery is what a target is to be told now.
type Delivery struct {
	Events []event.Event // at least one, oldest first
	Missed int           // older events that it has not heard of since the last successful delivery
}

// Result is what follows from one step.
type Result struct {
	Deliver  *Delivery    // to be begun, and to be followed by a Done; nil: nothing
	Deadline vrrp.Instant // when to Step with a Timeout; vrrp.Never for none
}

// NewQueue returns an empty queue.
func NewQueue(rules Rules) *Queue { return &Queue{rules: rules, pause: FirstPause} }

// Step tells q that in happened at now.
func (q *Queue) Step(now vrrp.Instant, in Input) Result {
	switch in := in.(type) {
	case Told:
		q.told(now, in)
	case Done:
		q.done(now, in)
	case Park:
		q.parked = in.On
	case Close:
		q.closed, q.resume = true, vrrp.Never
	case Timeout:
	}
	return q.next(now)
}

// Count returns what has become of the events so far.
func (q *Queue) Count() Count { return q.count }

// Waiting returns how many events the target has still to hear.
func (q *Queue) Waiting() int { return len(q.waiting) + len(q.flight) }

// slow reports whether what waits is held up by the target.
func (q *Queue) slow() bool { return q.flight != nil || q.resume != vrrp.Never }

// told adds an event at the end.
func (q *Queue) told(now vrrp.Instant, in Told) {
	if q.slow() && in.Event.Conflict == nil {
		q.overtake(in.Event.Vip)
	}
	if !in.Wanted {
		return
	}
	if len(q.waiting) == q.rules.Limit {
		q.waiting = q.waiting[1:]
		q.drop(1)
	}
	q.waiting = append(q.waiting, item{event: in.Event, at: now})
}

// overtake drops what waits for a vip. What is being delivered is on its way, but
// will not be tried again.
func (q *Queue) overtake(vip string) {
	for i, f := range q.flight {
		q.flight[i].overtaken = f.overtaken || f.event.Vip == vip && f.event.Conflict == nil
	}
	kept := q.waiting[:0]
	for _, w := range q.waiting {
		if w.event.Vip != vip || w.event.Conflict != nil {
			kept = append(kept, w)
		}
	}
	q.drop(len(q.waiting) - len(kept))
	clear(q.waiting[len(kept):])
	q.waiting = kept
}

func (q *Queue) drop(n int) {
	q.count.Dropped += uint64(n)
	q.missed += n
}

// done ends the delivery that was under way. What is worth another attempt goes
// back to the front, unless it is old or has been overtaken.
func (q *Queue) done(now vrrp.Instant, in Done) {
	flight := q.flight
	q.flight = nil
	switch {
	case !in.Failed:
		q.count.Delivered += uint64(len(flight))
		q.missed, q.pause = q.missed-q.admits, FirstPause
		return
	case !in.Again:
		q.count.Failed += uint64(len(flight))
		q.missed, q.pause = q.missed+len(flight), FirstPause
		return
	}
	q.resume = now.Add(max(q.pause, in.After))
	q.pause = min(2*q.pause, LongestPause)
	if q.closed {
		q.resume = now.Add(FirstPause)
	}
	var back []item
	for _, f := range flight {
		switch {
		case now.Sub(f.at) >= GiveUp:
			q.count.Failed++
			q.missed++
		case f.overtaken:
			q.drop(1)
		default:
			back = append(back, f)
		}
	}
	q.waiting = append(back, q.waiting...)
}

// next begins a delivery when one is due, or says when it will be.
func (q *Queue) next(now vrrp.Instant) Result {
	if q.flight != nil || q.parked {
		return Result{Deadline: vrrp.Never}
	}
	if q.resume <= now {
		q.resume = vrrp.Never
	}
	if len(q.waiting) == 0 {
		return Result{Deadline: q.resume}
	}
	due := q.waiting[0].at.Add(q.rules.Gather)
	if q.closed {
		due = now
	}
	if due = max(due, q.resume); due > now {
		return Result{Deadline: due}
	}
	n := min(len(q.waiting), q.rules.Most)
	q.flight = append([]item(nil), q.waiting[:n]...)
	q.waiting = q.waiting[n:]
	q.admits = q.missed
	d := &Delivery{Missed: q.missed}
	for _, f := range q.flight {
		d.Events = append(d.Events, f.event)
	}
	return Result{Deliver: d, Deadline: vrrp.Never}
}
