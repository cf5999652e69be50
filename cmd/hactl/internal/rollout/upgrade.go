package rollout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/intent"
)

// Upgrade carries one upgrade of the plans through its hosts, by orders that
// their agents carry out: backups first, each when the vips can do without it.
type Upgrade struct {
	Fleet  *fleet.Fleet   // the hosts of the store, whether they take part or not
	Name   string         // of the upgrade
	Hosts  []*Host        // that take part
	Back   bool           // to what ran before, and not to the plan's release
	inTurn bool           // hosts go in their order, and not backups first
	Most   int            // hosts that may be under way at a time, 1 or more
	wait   time.Duration  // how long to wait where nothing moves, greater than 0
	Force  bool           // go on although the vips could not do without a host
	Say    func(Progress) // is told what has happened
	Seen   func()         // is called after each look at the reports, for whoever shows them
	looked func()         // likewise, for the record
	note   func()         // is called when what is in the next two has changed

	Finished  []string // hosts that this rollout has upgraded, or with back taken back, also before it was interrupted
	Returning string   // why they go back, as one has failed; empty: they do not, or have ended it

	begun   bool      // some host was given an order
	blocked string    // why none can be given one now
	since   time.Time // when that began
}

// carry carries the upgrade out. An error is Unconfirmed when hosts did not get as far
// as they were to in time.
func (r *Upgrade) carry(ctx context.Context) error {
	r.Fleet.Look(ctx)
	r.resume()
	looked := true
	return fleet.Until(ctx, r.Fleet.Poll, time.Time{}, func() (bool, error) {
		if !looked {
			r.Fleet.Look(ctx)
		}
		looked = false
		ended, err := r.step(ctx)
		r.Seen()
		r.looked()
		return ended, err
	})
}

// resume takes hosts where they are: some have been told to get what they are to have,
// and some have it.
func (r *Upgrade) resume() {
	for _, h := range r.Hosts {
		h.Started = h.Runs()
		o := h.Wanted.Order(r.Name)
		switch {
		case o != nil && r.asks(h, o) && !h.ended(o):
			r.tell(h, fmt.Sprintf("has the order of %v already", o.Mark))
			r.follow(h, *o)
		case !r.Back && h.current():
			h.State = Arrived
			r.tell(h, fmt.Sprintf("runs %s already", h.Goal.Release.Version))
		}
	}
}

// asks reports whether an order asks a host for what this rollout does.
func (r *Upgrade) asks(h *Host, o *intent.Order) bool {
	return o.Back == r.Back && (r.Back || o.SHA256 == h.Goal.Release.SHA256)
}

// step does what is due by the newest reports, and reports whether nothing is left
// to do: all hosts are upgraded, or one has failed and none is under way.
func (r *Upgrade) step(ctx context.Context) (ended bool, err error) {
	for _, h := range r.in(UnderWay) {
		r.see(h)
		if h.State == Failed && r.taken(ctx, h) {
			return false, fmt.Errorf("somebody else has stopped what was under way on %s: %s", h.Host, h.Last.Text)
		}
	}
	busy, left := len(r.in(UnderWay)), len(r.in(NotBegun))
	stop := len(r.in(Failed)) > 0
	switch {
	case busy == 0 && (stop || left == 0):
		return true, nil
	case !stop && left > 0 && busy < r.Most:
		return false, r.advance(ctx, busy)
	}
	return false, r.overdue(ctx)
}

// in returns the hosts in a state, in their order.
func (r *Upgrade) in(s State) []*Host {
	return slices.DeleteFunc(slices.Clone(r.Hosts), func(h *Host) bool { return h.State != s })
}

// advance gives the next host its order, unless something is against it.
func (r *Upgrade) advance(ctx context.Context, busy int) error {
	h := r.next()
	against := r.against(h)
	if against.words == "" {
		if err := r.order(ctx, h); err != nil {
			against = hindrance{words: fmt.Sprintf("%s cannot be told: %v", h.Host, err)}
		}
	}
	if against.words == "" || busy > 0 {
		r.blocked = ""
		return r.overdue(ctx)
	}
	return r.block(against)
}

// block waits for what is against the next host to pass, and fails when it has not in
// time. Before the first order there is nothing that has to settle but the reports.
func (r *Upgrade) block(h hindrance) error {
	if r.blocked == "" {
		r.since = time.Now()
	}
	if r.blocked != h.words {
		r.Say(Progress{Upgrade: r.Name, Text: "waits: " + h.words})
	}
	r.blocked = h.words
	limit := r.wait
	if !r.begun && h.lasts {
		limit = min(limit, r.Fleet.Plans.Election())
	}
	if time.Since(r.since) < limit {
		return nil
	}
	words := h.words
	if !r.begun {
		words = "no program was changed, as " + words
	}
	switch {
	case h.help != "":
		return fmt.Errorf("%s. %s", words, h.help)
	case h.lasts:
		return errors.New(words)
	}
	return Unconfirmed(words)
}

// follow takes an order for the one that a host carries out.
func (r *Upgrade) follow(h *Host, o intent.Order) {
	now := time.Now()
	h.State, h.Order = UnderWay, &o
	h.Given, h.Moved, h.heard = now, now, now
	r.begun = true
}

// see takes over what a host that is under way reports.
func (r *Upgrade) see(h *Host) {
	now := time.Now()
	if h.Status != nil && !h.Status.Written.Equal(h.written) {
		h.written, h.heard = h.Status.Written, now
	}
	u := h.Report()
	switch {
	case u == nil || u.Order == nil || u.Order.ID != h.Order.ID && h.Last.Order == nil:
		return // its agent has not seen it yet
	case u.Order.ID != h.Order.ID:
		h.State, h.Last.Text = Failed, fmt.Sprintf("it has another order by now, of %v", u.Order.Mark)
		return
	}
	for _, note := range u.Notes[min(len(h.Last.Notes), len(u.Notes)):] {
		r.Say(Progress{Upgrade: r.Name, Host: h.Host, Text: note})
	}
	h.Last.Notes = u.Notes
	if h.Last.Order == nil || u.Stage != h.Last.Stage || u.Text != h.Last.Text || u.Connections != h.Last.Connections || u.Verdict != h.Last.Verdict {
		h.Last, h.Moved = *u, now
		r.Say(Progress{Upgrade: r.Name, Host: h.Host, Step: u.Stage, Text: u.Text, Connections: u.Connections, Verdict: u.Verdict})
	}
	switch {
	case u.Verdict == "":
	case h.takenBack:
		r.seeTakenBack(h)
	case fleet.Succeeds(u.Verdict):
		r.arrive(h)
	default:
		h.State = Failed
	}
}

// arrive notes that a host is where the rollout leads.
func (r *Upgrade) arrive(h *Host) {
	h.State = Arrived
	r.Finished = append(r.Finished, h.Host)
	r.note()
}

// overdue fails when a host that is under way does not get on.
func (r *Upgrade) overdue(ctx context.Context) error {
	var late []string
	now := time.Now()
	for _, h := range r.in(UnderWay) {
		switch begun := fleet.IsUnderWay(&h.Last) && !fleet.Waits(&h.Last); {
		case !begun && now.Sub(h.Given) >= r.wait:
			late = append(late, fmt.Sprintf("%s has not begun, and %s", h.Host, r.withdraw(ctx, h)))
		case now.Sub(h.heard) >= r.wait:
			late = append(late, fmt.Sprintf("%s has reported nothing for %s, and was at %s then", h.Host, r.wait, cmp.Or(h.Last.Stage, "the beginning")))
		case begun && now.Sub(h.Moved) >= r.wait+h.longest():
			late = append(late, fmt.Sprintf("%s does not get on: it has been at %s for %s", h.Host, cmp.Or(h.Last.Stage, "the beginning"), now.Sub(h.Moved).Round(time.Second)))
		}
	}
	if len(late) == 0 {
		return nil
	}
	return Unconfirmed(strings.Join(late, "; "))
}

// tell says something of a host.
func (r *Upgrade) tell(h *Host, text string) {
	r.Say(Progress{Upgrade: r.Name, Host: h.Host, Text: text})
}
