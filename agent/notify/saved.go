package notify

import (
	"context"
	"errors"
	"time"

	"hactl/agent/vrrp"
	"hactl/schemas/event"
)

// Saved is what one target has still to hear: with it another process goes on.
type Saved struct {
	Waiting []SavedEvent `json:",omitempty"` // in order
	Missed  int          `json:",omitempty"` // events that the target will not hear of, and has not been told so
	Count   Count
	Pause   time.Duration // after the next failure
	After   time.Duration `json:",omitempty"` // until the next attempt

	name string
	busy bool // a delivery is under way, and its events are not in Waiting
}

// SavedEvent is an event that waits.
type SavedEvent struct {
	Event event.Event
	Age   time.Duration // since it was told
}

// Save returns what is to be heard still. What is being delivered is not in it.
func (q *Queue) Save(now vrrp.Instant) Saved {
	s := Saved{Missed: q.missed, Count: q.count, Pause: q.pause, After: max(0, q.resume.Sub(now))}
	for _, w := range q.waiting {
		s.Waiting = append(s.Waiting, SavedEvent{w.event, now.Sub(w.at)})
	}
	return s
}

// Resume makes an empty queue go on at now as one that was saved.
func (q *Queue) Resume(now vrrp.Instant, s Saved) {
	q.missed, q.count, q.pause = max(0, s.Missed), s.Count, min(max(s.Pause, FirstPause), LongestPause)
	if s.After > 0 {
		q.resume = now.Add(min(s.After, GiveUp))
	}
	for _, w := range s.Waiting[max(0, len(s.Waiting)-q.rules.Limit):] {
		q.waiting = append(q.waiting, item{event: w.Event, at: now.Add(-min(max(w.Age, 0), GiveUp))})
	}
}

// Park lets no delivery begin any more, with on; without it they begin again.
// What is being delivered goes on.
func (n *Notifier) Park(on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, t := range n.targets {
		t.inbox.put(park{on})
	}
}

// Save returns what each target has still to hear, by name, and whether that is
// all of it: not, while something is being delivered. It fails when a target does
// not answer before ctx ends.
func (n *Notifier) Save(ctx context.Context) (saved map[string]Saved, all bool, err error) {
	n.mu.Lock()
	targets := len(n.targets)
	answers := make(chan Saved, targets)
	for _, t := range n.targets {
		t.inbox.put(save{answers})
	}
	n.mu.Unlock()
	saved, all = map[string]Saved{}, true
	for range targets {
		select {
		case s := <-answers:
			saved[s.name], all = s, all && !s.busy
		case <-ctx.Done():
			return nil, false, errors.New("a notification target does not answer")
		}
	}
	return saved, all, nil
}

// Resume goes on with targets of the plan that were saved. It comes after Follow
// and before Run.
func (n *Notifier) Resume(saved map[string]Saved) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for name, s := range saved {
		if t := n.targets[name]; t != nil {
			t.queue.Resume(t.now(), s)
			t.note()
		}
	}
}
