package rollout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hactl/agent/upgrade"
	"hactl/schemas/plan"
)

// Run runs the rollout, and when a host fails, what the plan says of the others:
// with "rollback" those that were upgraded before it go back, the last one first, where
// something is kept that they can go back to.
func (r *Upgrade) Run(ctx context.Context) error {
	if r.Returning != "" {
		return r.stopped(ctx, r.returnOn(ctx))
	}
	if err := r.carry(ctx); err != nil {
		return r.stopped(ctx, err)
	}
	bad := r.in(Failed)
	if len(bad) == 0 {
		return nil
	}
	err := errors.New(failures(bad))
	if !r.Back && bad[0].Goal.OnFailure == plan.Rollback {
		err = r.undo(ctx, err)
	}
	return r.stopped(ctx, err)
}

// failures says what became of hosts that failed.
func failures(bad []*Host) string {
	var words []string
	for _, h := range bad {
		what := fmt.Sprintf("ended as %q", h.Last.Verdict)
		switch upgrade.Verdict(h.Last.Verdict) {
		case upgrade.Refused:
			what = "refused, and nothing was touched there"
		case upgrade.Reverted:
			what = "failed, and went back to what ran before"
		case upgrade.Stuck:
			what = "got stuck, and needs somebody to look"
		case upgrade.Down:
			what = "serves nothing any more, and needs somebody to look"
		}
		words = append(words, fmt.Sprintf("%s %s: %s", h.Host, what, h.Last.Text))
	}
	return strings.Join(words, "; ")
}

// returnOn goes on with going back, where an earlier run was interrupted at it.
func (r *Upgrade) returnOn(ctx context.Context) error {
	r.Say(Progress{Upgrade: r.Name, Text: "goes on with going back, at which an earlier run was interrupted"})
	r.Fleet.Look(ctx)
	r.resume()
	return r.undo(ctx, errors.New(r.Returning))
}

// undo brings the hosts back that were upgraded before one failed with cause, and
// adds to that how it went.
func (r *Upgrade) undo(ctx context.Context, cause error) error {
	back := r.Reversed()
	if len(back.Hosts) == 0 {
		r.Returning = ""
		return cause
	}
	r.Returning = cause.Error()
	r.note()
	r.Say(Progress{Upgrade: r.Name, Text: fmt.Sprintf("%v. Going back, too: %s", cause, hostList(back.Hosts))})
	err := back.carry(ctx)
	r.adopt(back)
	words := []string{cause.Error()}
	if gone := back.in(Arrived); len(gone) > 0 {
		words = append(words, "gone back, too: "+hostList(gone))
	}
	if bad := back.in(Failed); len(bad) > 0 {
		words = append(words, failures(bad))
	}
	switch {
	case ctx.Err() != nil:
		words = append(words, "interrupted on the way back")
	case err != nil:
		words = append(words, err.Error())
	default:
		r.Returning = ""
	}
	return errors.New(strings.Join(words, "; "))
}

// Reversed returns the rollout that takes r back where something is kept that hosts
// can go back to, the last one first. What it sees and notes is seen and noted of r.
func (r *Upgrade) Reversed() *Upgrade {
	back := *r
	back.Back, back.inTurn, back.Most, back.blocked = true, true, 1, ""
	back.Hosts, back.Finished, back.Returning = nil, nil, ""
	for _, host := range slices.Backward(r.Finished) {
		if h := r.Host(host); h != nil && h.canReturn() {
			back.Hosts = append(back.Hosts, &Host{Member: h.Member, Goal: h.Goal})
		}
	}
	back.Seen = func() {
		r.adopt(&back)
		r.Seen()
	}
	back.note = func() {
		r.Finished = slices.DeleteFunc(r.Finished, func(host string) bool { return slices.Contains(back.Finished, host) })
		r.note()
	}
	return &back
}

// adopt takes over where hosts are that back takes back.
func (r *Upgrade) adopt(back *Upgrade) {
	for _, h := range back.Hosts {
		was := r.Host(h.Host)
		if h.Order != nil {
			was.Order, was.Last, was.Given, was.Moved = h.Order, h.Last, h.Given, h.Moved
		}
		switch h.State {
		case NotBegun:
			was.State = Arrived
		case Arrived:
			was.State = Returned
		default:
			was.State = h.State
		}
	}
}

// stopped adds to err where the other hosts are.
func (r *Upgrade) stopped(ctx context.Context, err error) error {
	words := []string{err.Error()}
	if ctx.Err() != nil && len(r.in(Failed)) == 0 && r.Returning == "" {
		words = []string{"interrupted"}
	}
	if stay := r.in(Arrived); len(stay) > 0 && (len(r.in(Failed)) > 0 || r.Returning != "") {
		words = append(words, "left as upgraded: "+hostList(stay))
	}
	if busy := r.in(UnderWay); len(busy) > 0 {
		words = append(words, fmt.Sprintf("under way, and carried on by its agent alone: %s, as \"hactl upgrade status %s\" shows", hostList(busy), r.Name))
	}
	if left := r.in(NotBegun); len(left) > 0 && r.begun {
		words = append(words, "not begun: "+hostList(left))
	}
	message := strings.Join(words, "; ")
	switch {
	case r.Returning != "":
		message += ". Repeat this to go on with going back"
	case r.begun && len(r.in(Failed)) == 0:
		message += ". Repeat this to go on"
	}
	return Reworded(err, message)
}

// hostList lists hosts.
func hostList(hosts []*Host) string {
	var names []string
	for _, h := range hosts {
		names = append(names, h.Host)
	}
	return strings.Join(names, ", ")
}
