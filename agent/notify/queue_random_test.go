package notify

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hactl/agent/vrrp"
	"hactl/schemas/event"
	"hactl/schemas/plan"
)

// Whatever happens, a target that gets well in the end has heard the latest state
// of each vip last, or nothing newer than what it does not want to hear; what it
// hears of one vip is in order; every event is delivered, failed or dropped; and
// never are two deliveries under way.
func TestTheLatestStateWins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &walk{T: t, told: map[string]uint64{}, wanted: map[string]bool{}, heard: map[string]uint64{}, now: 1}
		w.queue = NewQueue(Rules{
			Most: rapid.IntRange(1, 4).Draw(t, "most"), Limit: room,
			Gather: rapid.SampledFrom([]time.Duration{0, 2 * time.Second}).Draw(t, "gather"),
		})
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			w.step()
		}
		for w.queue.Waiting() > 0 {
			w.pass(GiveUp)
			w.finish(Done{})
		}
		for vip, last := range w.told {
			if w.wanted[vip] && !w.refused[vip] && w.heard[vip] != last {
				t.Fatalf("%s: heard %d last, want %d", vip, w.heard[vip], last)
			}
		}
		if c := w.queue.Count(); c.Delivered+c.Failed+c.Dropped != w.accepted {
			t.Fatalf("%+v of %d", c, w.accepted)
		}
	})
}

// walk is a queue on its way, and what it has been told.
type walk struct {
	*rapid.T
	queue    *Queue
	now      vrrp.Instant
	deadline vrrp.Instant
	flight   *Delivery
	count    uint64
	accepted uint64            // events that were wanted
	told     map[string]uint64 // the last event of each vip
	wanted   map[string]bool   // whether the target wants to hear that one
	heard    map[string]uint64 // the last one that was delivered
	refused  map[string]bool   // that one was refused
}

// step does one thing at random.
func (w *walk) step() {
	switch rapid.SampledFrom([]string{"tell", "tell", "tell", "pass", "deliver", "fail", "refuse"}).Draw(w.T, "does") {
	case "tell":
		w.count++
		vip := fmt.Sprintf("web/%d", rapid.IntRange(0, 3).Draw(w.T, "vip"))
		wanted := rapid.IntRange(0, 3).Draw(w.T, "wanted") > 0
		w.told[vip], w.wanted[vip] = w.count, wanted
		if wanted {
			w.accepted++
		}
		delete(w.refused, vip)
		w.feed(Told{Event: event.Event{Vip: vip, Sequence: w.count, Event: plan.OnActive}, Wanted: wanted})
	case "pass":
		w.pass(rapid.SampledFrom([]time.Duration{time.Millisecond, time.Second, time.Minute}).Draw(w.T, "time"))
	case "deliver":
		w.finish(Done{})
	case "fail":
		w.finish(Done{Failed: true, Again: true})
	case "refuse":
		w.finish(Done{Failed: true})
	}
}

// pass lets time pass until a delivery begins, at most d.
func (w *walk) pass(d time.Duration) {
	end := w.now.Add(d)
	for w.deadline != vrrp.Never && w.deadline <= end && w.flight == nil {
		w.now = max(w.now, w.deadline)
		w.feed(Timeout{})
	}
	w.now = max(w.now, end)
}

// finish ends the delivery that is under way, if one is.
func (w *walk) finish(in Done) {
	if w.flight == nil {
		return
	}
	for _, e := range w.flight.Events {
		switch {
		case in.Failed && !in.Again && w.told[e.Vip] == e.Sequence:
			if w.refused == nil {
				w.refused = map[string]bool{}
			}
			w.refused[e.Vip] = true
		case in.Failed:
		case e.Sequence <= w.heard[e.Vip]:
			w.Fatalf("%s: heard %d after %d", e.Vip, e.Sequence, w.heard[e.Vip])
		default:
			w.heard[e.Vip] = e.Sequence
		}
	}
	w.flight = nil
	w.feed(in)
}

// feed tells the queue something.
func (w *walk) feed(in Input) {
	res := w.queue.Step(w.now, in)
	w.deadline = res.Deadline
	if res.Deliver == nil {
		return
	}
	if w.flight != nil {
		w.Fatal("two deliveries are under way")
	}
	if len(res.Deliver.Events) == 0 || len(res.Deliver.Events) > w.queue.rules.Most {
		w.Fatalf("a delivery of %d events", len(res.Deliver.Events))
	}
	w.flight = res.Deliver
}
