package notify

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hactl/agent/vrrp"
	"hactl/schemas/event"
	"hactl/schemas/plan"
)

// of returns an event of a vip.
func of(vip string, n uint64) event.Event {
	return event.Event{Vip: vip, Sequence: n, Event: plan.OnActive, Time: time.Unix(int64(n), 0).UTC()}
}

// A queue that goes on elsewhere tells the same, in order, at the same time, and
// admits what was missed before.
func TestQueueGoesOn(t *testing.T) {
	rules := Rules{Most: 10, Limit: 3}
	q := NewQueue(rules)
	at := func(s int) vrrp.Instant { return vrrp.Instant(s) * vrrp.Instant(time.Second) }
	q.Step(at(1), Told{of("a", 1), true})
	q.Step(at(2), Told{of("b", 2), true})
	q.Step(at(3), Done{Failed: true, Again: true, After: 10 * time.Second})
	q.Step(at(4), Told{of("b", 3), true}) // overtakes 2
	q.Step(at(5), Park{On: true})
	if res := q.Step(at(20), Timeout{}); res.Deliver != nil {
		t.Fatalf("a parked queue delivers %v", res.Deliver)
	}
	data, err := json.Marshal(q.Save(at(6)))
	if err != nil {
		t.Fatal(err)
	}
	var saved Saved
	if err := json.Unmarshal(data, &saved); err != nil {
		t.Fatal(err)
	}
	heir := NewQueue(rules)
	heir.Resume(at(100), saved)
	if heir.Count() != q.Count() || heir.Waiting() != 2 {
		t.Errorf("%+v and %d waiting, before %+v and %d", heir.Count(), heir.Waiting(), q.Count(), q.Waiting())
	}
	if res := heir.Step(at(106), Timeout{}); res.Deliver != nil || res.Deadline != at(107) {
		t.Errorf("within the pause it does %+v", res)
	}
	want := &Delivery{Events: []event.Event{of("a", 1), of("b", 3)}, Missed: 1}
	if diff := cmp.Diff(want, heir.Step(at(107), Timeout{}).Deliver); diff != "" {
		t.Error(diff)
	}
}

// What was saved by somebody who lies is bounded.
func TestQueueBelievesLittle(t *testing.T) {
	q := NewQueue(Rules{Most: 1, Limit: 2})
	q.Resume(5, Saved{Missed: -1, Pause: -1, After: 1 << 62, Waiting: []SavedEvent{{of("a", 1), -1}, {of("b", 2), 1 << 62}, {of("c", 3), 0}}})
	if q.Waiting() != 2 || q.missed != 0 || q.pause != FirstPause || q.resume > vrrp.Instant(GiveUp)+5 {
		t.Errorf("%d waiting, %d missed, pause %v until %v", q.Waiting(), q.missed, q.pause, q.resume)
	}
}

// Vips and the stream go on where they were: nothing is told twice, and numbers go on.
func TestVipsAndStreamGoOn(t *testing.T) {
	v, s := NewVips(), NewStream()
	v.Set(s.Add(of("a", 0)))
	v.Settle()
	heirV, heirS := NewVips(), NewStream()
	heirV.Resume(v.Save())
	heirS.Resume(s.Save())
	heirV.Set(of("a", 0))
	if again := heirV.Settle(); len(again) > 0 {
		t.Errorf("told again: %v", again)
	}
	if e := heirS.Add(of("a", 0)); e.Sequence != 2 {
		t.Errorf("the next event has number %d", e.Sequence)
	}
	if r := heirS.read(false); len(r.behind) != 2 {
		t.Errorf("the backlog has %d events", len(r.behind))
	}
}
