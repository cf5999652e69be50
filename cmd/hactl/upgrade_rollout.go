package main

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

// upgradeRollout carries one upgrade of the plans through its hosts, by orders that
// their agents carry out: backups first, each when the vips can do without it.
type upgradeRollout struct {
	fleet  *fleet.Fleet
	name   string
	hosts  []*upgradeHost // that take part
	back   bool           // to what ran before, and not to the plan's release
	inTurn bool           // hosts go in their order, and not backups first
	most   int            // hosts that may be under way at a time, 1 or more
	wait   time.Duration  // how long to wait where nothing moves, greater than 0
	force  bool           // go on although the vips could not do without a host
	say    func(upgradeLine)
	seen   func() // is called after each look at the reports
	note   func() // is called when what is in the next two has changed

	finished  []string // hosts that this rollout has upgraded, or with back taken back, also before it was interrupted
	returning string   // why they go back, as one has failed; empty: they do not, or have ended it

	begun   bool      // some host was given an order
	blocked string    // why none can be given one now
	since   time.Time // when that began
}

// run carries the upgrade out. An error is of type exit when hosts did not get as far
// as they were to in time.
func (r *upgradeRollout) run(ctx context.Context) error {
	r.fleet.Look(ctx)
	r.resume()
	for {
		ended, err := r.step(ctx)
		r.seen()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case ended || err != nil:
			return err
		}
		wait(ctx, r.fleet.Poll, nil)
		r.fleet.Look(ctx)
	}
}

// resume takes hosts where they are: some have been told to get what they are to have,
// and some have it.
func (r *upgradeRollout) resume() {
	for _, h := range r.hosts {
		h.started = h.runs()
		o := h.Wanted.Order(r.name)
		switch {
		case o != nil && r.asks(h, o) && !h.ended(o):
			r.tell(h, fmt.Sprintf("has the order of %v already", o.Mark))
			r.follow(h, *o)
		case !r.back && h.current():
			h.state = arrived
			r.tell(h, fmt.Sprintf("runs %s already", h.goal.Release.Version))
		}
	}
}

// asks reports whether an order asks a host for what this rollout does.
func (r *upgradeRollout) asks(h *upgradeHost, o *intent.Order) bool {
	return o.Back == r.back && (r.back || o.SHA256 == h.goal.Release.SHA256)
}

// step does what is due by the newest reports, and reports whether nothing is left
// to do: all hosts are upgraded, or one has failed and none is under way.
func (r *upgradeRollout) step(ctx context.Context) (ended bool, err error) {
	for _, h := range r.in(underWay) {
		r.see(h)
		if h.state == failed && r.taken(ctx, h) {
			return false, fmt.Errorf("somebody else has stopped what was under way on %s: %s", h.Host, h.last.Text)
		}
	}
	busy, left := len(r.in(underWay)), len(r.in(notBegun))
	stop := len(r.in(failed)) > 0
	switch {
	case busy == 0 && (stop || left == 0):
		return true, nil
	case !stop && left > 0 && busy < r.most:
		return false, r.advance(ctx, busy)
	}
	return false, r.overdue(ctx)
}

// in returns the hosts in a state, in their order.
func (r *upgradeRollout) in(s upgradeState) []*upgradeHost {
	return slices.DeleteFunc(slices.Clone(r.hosts), func(h *upgradeHost) bool { return h.state != s })
}

// advance gives the next host its order, unless something is against it.
func (r *upgradeRollout) advance(ctx context.Context, busy int) error {
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
func (r *upgradeRollout) block(h hindrance) error {
	if r.blocked == "" {
		r.since = time.Now()
	}
	if r.blocked != h.words {
		r.say(upgradeLine{Upgrade: r.name, Text: "waits: " + h.words})
	}
	r.blocked = h.words
	limit := r.wait
	if !r.begun && h.lasts {
		limit = min(limit, r.fleet.Plans.Election())
	}
	if time.Since(r.since) < limit {
		return nil
	}
	words := h.words
	if !r.begun {
		words = "nothing was changed, as " + words
	}
	switch {
	case h.force:
		return fmt.Errorf("%s. Mend that, or go on with --force", words)
	case h.lasts:
		return errors.New(words)
	}
	return exit{exitUnconfirmed, words}
}

// follow takes an order for the one that a host carries out.
func (r *upgradeRollout) follow(h *upgradeHost, o intent.Order) {
	now := time.Now()
	h.state, h.order = underWay, &o
	h.given, h.moved, h.heard = now, now, now
	r.begun = true
}

// see takes over what a host that is under way reports.
func (r *upgradeRollout) see(h *upgradeHost) {
	now := time.Now()
	if h.Status != nil && !h.Status.Written.Equal(h.written) {
		h.written, h.heard = h.Status.Written, now
	}
	u := h.report()
	switch {
	case u == nil || u.Order == nil || u.Order.ID != h.order.ID && h.last.Order == nil:
		return // its agent has not seen it yet
	case u.Order.ID != h.order.ID:
		h.state, h.last.Text = failed, fmt.Sprintf("it has another order by now, of %v", u.Order.Mark)
		return
	}
	if h.last.Order == nil || u.Stage != h.last.Stage || u.Text != h.last.Text || u.Connections != h.last.Connections || u.Verdict != h.last.Verdict {
		h.last, h.moved = *u, now
		r.say(upgradeLine{Upgrade: r.name, Host: h.Host, Step: u.Stage, Text: u.Text, Connections: u.Connections, Verdict: u.Verdict})
	}
	switch {
	case u.Verdict == "":
	case h.takenBack:
		r.seeTakenBack(h)
	case fleet.Succeeds(u.Verdict):
		r.arrive(h)
	default:
		h.state = failed
	}
}

// arrive notes that a host is where the rollout leads.
func (r *upgradeRollout) arrive(h *upgradeHost) {
	h.state = arrived
	r.finished = append(r.finished, h.Host)
	r.note()
}

// overdue fails when a host that is under way does not get on.
func (r *upgradeRollout) overdue(ctx context.Context) error {
	var late []string
	now := time.Now()
	for _, h := range r.in(underWay) {
		switch begun := fleet.IsUnderWay(&h.last); {
		case !begun && now.Sub(h.given) >= r.wait:
			late = append(late, fmt.Sprintf("%s has not begun, and %s", h.Host, r.withdraw(ctx, h)))
		case now.Sub(h.heard) >= r.wait:
			late = append(late, fmt.Sprintf("%s has reported nothing for %s, and was at %s then", h.Host, r.wait, cmp.Or(h.last.Stage, "the beginning")))
		case begun && now.Sub(h.moved) >= r.wait+longest(h.goal):
			late = append(late, fmt.Sprintf("%s does not get on: it has been at %s for %s", h.Host, cmp.Or(h.last.Stage, "the beginning"), now.Sub(h.moved).Round(time.Second)))
		}
	}
	if len(late) == 0 {
		return nil
	}
	return exit{exitUnconfirmed, strings.Join(late, "; ")}
}

// tell says something of a host.
func (r *upgradeRollout) tell(h *upgradeHost, text string) {
	r.say(upgradeLine{Upgrade: r.name, Host: h.Host, Text: text})
}
