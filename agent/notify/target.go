package notify

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"hactl/agent/vrrp"
	"hactl/schemas/event"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// recheck is how often a target is looked at for what would keep it from being
// told.
const recheck = time.Minute

// farewell is how long a target that has left the plan goes on: its last routers
// are still on their way out.
const farewell = 10 * time.Second

// target is one target of the plan and the goroutine that serves it. That alone
// changes what is below the line.
type target struct {
	log   *slog.Logger
	open  opener
	inbox *inbox[order]
	start time.Time // instant 0, in the past: vrrp.Never is zero

	named plan.Notify // what the plan says of it; of the Notifier

	mu     sync.Mutex
	report status.Target // as of the last change

	// ----
	plan    plan.Notify
	sender  Sender
	queue   *Queue
	timer   *time.Timer // of the queue's deadline
	results chan result // of the delivery and the look that are under way
	busy    bool        // a delivery is
	looking bool        // a look is
	problem string      // that a look found; empty: none
	failure string      // of the last delivery; empty: it succeeded
	last    bool        // ends as soon as nothing waits
}

// order is what a target can be told. The set is closed.
type order interface{ order() }

type (
	told    struct{ event event.Event } // a vip changed its state
	replace struct{ plan plan.Notify }  // the plan says something else of the target
	leave   struct{}                    // end as soon as nothing waits
	expire  struct{}                    // end: the plan does not name the target any more
	park    struct{ on bool }           // begin no delivery any more, or begin them again
	save    struct{ to chan<- Saved }   // tell what is to be heard still; to has room
)

func (told) order()    {}
func (replace) order() {}
func (leave) order()   {}
func (expire) order()  {}
func (park) order()    {}
func (save) order()    {}

// result is how a delivery, or a look, has ended.
type result struct {
	look bool
	by   Sender
	err  error
}

// newTarget returns a target that is not served yet.
func newTarget(p plan.Notify, open opener, log *slog.Logger) *target {
	t := &target{
		log: log.With("target", p.Name), open: open, inbox: newInbox[order](), named: p, plan: p,
		start:   time.Now().Add(-time.Nanosecond),
		results: make(chan result, 2),
	}
	var rules Rules
	t.sender, rules = open(p)
	t.queue = NewQueue(rules)
	t.note()
	return t
}

// serve tells the target what it is to hear until it is told to leave, or ctx
// ends, which also ends what is under way.
func (t *target) serve(ctx context.Context) {
	t.timer = time.NewTimer(time.Hour)
	defer t.timer.Stop()
	t.step(ctx, Timeout{})
	ticker := time.NewTicker(recheck)
	defer ticker.Stop()
	t.look(ctx)
	for !t.ended() {
		select {
		case <-t.inbox.more:
			for _, o := range t.inbox.take() {
				t.obey(ctx, o)
			}
		case <-t.timer.C:
			t.step(ctx, Timeout{})
		case <-ticker.C:
			t.look(ctx)
		case r := <-t.results:
			t.finished(ctx, r)
		case <-ctx.Done():
			t.abandon()
			return
		}
		t.note()
	}
}

// ended reports whether nothing is left to do.
func (t *target) ended() bool {
	return t.last && !t.busy && !t.looking && t.queue.Waiting() == 0
}

// reluctant is how long what is under way may take to end after its context has: a
// file on a server that is away, say, does not end at all.
const reluctant = time.Second

// abandon waits for what is under way, whose context has ended, and says what
// will never be told.
func (t *target) abandon() {
	for end := time.After(reluctant); t.busy || t.looking; {
		select {
		case r := <-t.results:
			t.busy, t.looking = t.busy && r.look, t.looking && !r.look
		case <-end:
			t.busy, t.looking = false, false
		}
	}
	if n := t.queue.Waiting(); n > 0 {
		t.log.Warn("notification target was not told everything", "events", n)
	}
}

// obey carries out one order.
func (t *target) obey(ctx context.Context, o order) {
	switch o := o.(type) {
	case told:
		t.step(ctx, Told{Event: o.event, Wanted: slices.Contains(t.plan.On, o.event.Event)})
	case replace:
		var rules Rules
		t.plan = o.plan
		t.sender, rules = t.open(o.plan)
		t.queue.rules = rules
		t.look(ctx)
	case leave:
		t.last = true
		t.step(ctx, Close{})
	case park:
		t.step(ctx, Park{On: o.on})
	case save:
		saved := t.queue.Save(t.now())
		saved.name, saved.busy = t.plan.Name, t.busy
		o.to <- saved
	case expire:
		t.step(ctx, Close{})
		time.AfterFunc(farewell, func() { t.inbox.put(leave{}) })
	}
}

// now is the queue's clock.
func (t *target) now() vrrp.Instant { return vrrp.Instant(time.Since(t.start)) }

// step feeds the queue and begins the delivery that follows.
func (t *target) step(ctx context.Context, in Input) {
	res := t.queue.Step(t.now(), in)
	t.timer.Stop()
	if res.Deadline != vrrp.Never {
		t.timer.Reset(time.Until(t.start.Add(time.Duration(res.Deadline))))
	}
	if d := res.Deliver; d != nil {
		t.busy = true
		sender := t.sender
		go func() { t.results <- result{by: sender, err: sender.Send(ctx, *d)} }()
	}
}

// patience is how long a look may take.
const patience = 10 * time.Second

// look asks the sender whether it is ready, unless it is being asked.
func (t *target) look(ctx context.Context) {
	if t.looking {
		return
	}
	t.looking = true
	sender := t.sender
	go func() {
		ctx, stop := context.WithTimeout(ctx, patience)
		defer stop()
		t.results <- result{look: true, by: sender, err: sender.Ready(ctx)}
	}()
}

// finished takes in how a delivery or a look has ended. A look at what the plan has
// replaced meanwhile says nothing.
func (t *target) finished(ctx context.Context, r result) {
	text := ""
	if r.err != nil {
		text = r.err.Error()
	}
	if !r.look {
		t.busy = false
		t.heard(done(r.err), text)
		t.step(ctx, done(r.err))
		return
	}
	t.looking = false
	if r.by != t.sender {
		t.look(ctx)
		return
	}
	if text != "" && text != t.problem {
		t.log.Warn("notification target is not ready", "problem", text)
	}
	t.problem = text
}

// heard takes note of how a delivery has ended. A success shows that nothing is in
// the way.
func (t *target) heard(d Done, text string) {
	t.failure = text
	if d.Failed {
		t.log.Warn("notification target was not told", "problem", text, "again", d.Again)
		return
	}
	t.problem = ""
}

// note makes the report of this moment.
func (t *target) note() {
	c := t.queue.Count()
	r := status.Target{
		Name: t.plan.Name, Kind: kind(t.plan), Problem: t.problem,
		Delivered: c.Delivered, Failed: c.Failed, Dropped: c.Dropped, Waiting: t.queue.Waiting(),
	}
	if r.Problem == "" {
		r.Problem = t.failure
	}
	t.mu.Lock()
	t.report = r
	t.mu.Unlock()
}

// reported returns the last report.
func (t *target) reported() status.Target {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.report
}
