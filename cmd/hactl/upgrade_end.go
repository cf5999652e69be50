package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hactl/agent/upgrade"
	"hactl/schemas/plan"
)

// through runs the rollout, and when a host fails, what the plan says of the others:
// with "rollback" those that were upgraded before it go back, the last one first, where
// something is kept that they can go back to.
func (r *upgradeRollout) through(ctx context.Context) error {
	if r.returning != "" {
		return r.stopped(ctx, r.returnOn(ctx))
	}
	if err := r.run(ctx); err != nil {
		return r.stopped(ctx, err)
	}
	bad := r.in(failed)
	if len(bad) == 0 {
		return nil
	}
	err := errors.New(failures(bad))
	if !r.back && bad[0].goal.OnFailure == plan.Rollback {
		err = r.undo(ctx, err)
	}
	return r.stopped(ctx, err)
}

// failures says what became of hosts that failed.
func failures(bad []*upgradeHost) string {
	var words []string
	for _, h := range bad {
		what := fmt.Sprintf("ended as %q", h.last.Verdict)
		switch upgrade.Verdict(h.last.Verdict) {
		case upgrade.Refused:
			what = "refused, and nothing was touched there"
		case upgrade.Reverted:
			what = "failed, and went back to what ran before"
		case upgrade.Stuck:
			what = "got stuck, and needs somebody to look"
		case upgrade.Down:
			what = "serves nothing any more, and needs somebody to look"
		}
		words = append(words, fmt.Sprintf("%s %s: %s", h.Host, what, h.last.Text))
	}
	return strings.Join(words, "; ")
}

// returnOn goes on with going back, where an earlier run was interrupted at it.
func (r *upgradeRollout) returnOn(ctx context.Context) error {
	r.say(upgradeLine{Upgrade: r.name, Text: "goes on with going back, at which an earlier run was interrupted"})
	r.fleet.Look(ctx)
	r.resume()
	return r.undo(ctx, errors.New(r.returning))
}

// undo brings the hosts back that were upgraded before one failed with cause, and
// adds to that how it went.
func (r *upgradeRollout) undo(ctx context.Context, cause error) error {
	back := r.reversed()
	if len(back.hosts) == 0 {
		r.returning = ""
		return cause
	}
	r.returning = cause.Error()
	r.note()
	r.say(upgradeLine{Upgrade: r.name, Text: fmt.Sprintf("%v. Going back, too: %s", cause, hostList(back.hosts))})
	err := back.run(ctx)
	r.adopt(back)
	words := []string{cause.Error()}
	if gone := back.in(arrived); len(gone) > 0 {
		words = append(words, "gone back, too: "+hostList(gone))
	}
	if bad := back.in(failed); len(bad) > 0 {
		words = append(words, failures(bad))
	}
	switch {
	case ctx.Err() != nil:
		words = append(words, "interrupted on the way back")
	case err != nil:
		words = append(words, err.Error())
	default:
		r.returning = ""
	}
	return errors.New(strings.Join(words, "; "))
}

// reversed returns the rollout that takes r back where something is kept that hosts
// can go back to, the last one first. What it sees and notes is seen and noted of r.
func (r *upgradeRollout) reversed() *upgradeRollout {
	back := *r
	back.back, back.inTurn, back.most, back.blocked = true, true, 1, ""
	back.hosts, back.finished, back.returning = nil, nil, ""
	for _, host := range slices.Backward(r.finished) {
		if h := r.host(host); h != nil && h.canReturn() {
			back.hosts = append(back.hosts, &upgradeHost{Member: h.Member, goal: h.goal})
		}
	}
	back.seen = func() {
		r.adopt(&back)
		r.seen()
	}
	back.note = func() {
		r.finished = slices.DeleteFunc(r.finished, func(host string) bool { return slices.Contains(back.finished, host) })
		r.note()
	}
	return &back
}

// adopt takes over where hosts are that back takes back.
func (r *upgradeRollout) adopt(back *upgradeRollout) {
	for _, h := range back.hosts {
		was := r.host(h.Host)
		if h.order != nil {
			was.order, was.last, was.given, was.moved = h.order, h.last, h.given, h.moved
		}
		switch h.state {
		case notBegun:
			was.state = arrived
		case arrived:
			was.state = returned
		default:
			was.state = h.state
		}
	}
}

// stopped adds to err where the other hosts are.
func (r *upgradeRollout) stopped(ctx context.Context, err error) error {
	words := []string{err.Error()}
	if ctx.Err() != nil && len(r.in(failed)) == 0 && r.returning == "" {
		words = []string{"interrupted"}
	}
	if stay := r.in(arrived); len(stay) > 0 && (len(r.in(failed)) > 0 || r.returning != "") {
		words = append(words, "left as upgraded: "+hostList(stay))
	}
	if busy := r.in(underWay); len(busy) > 0 {
		words = append(words, fmt.Sprintf("under way, and carried on by its agent alone: %s, as \"hactl upgrade status %s\" shows", hostList(busy), r.name))
	}
	if left := r.in(notBegun); len(left) > 0 && r.begun {
		words = append(words, "not begun: "+hostList(left))
	}
	message := strings.Join(words, "; ")
	switch {
	case r.returning != "":
		message += ". Repeat this to go on with going back"
	case r.begun && len(r.in(failed)) == 0:
		message += ". Repeat this to go on"
	}
	return exit{codeOf(err), message}
}

// hostList lists hosts.
func hostList(hosts []*upgradeHost) string {
	var names []string
	for _, h := range hosts {
		names = append(names, h.Host)
	}
	return strings.Join(names, ", ")
}

// outcome is how the rollout has ended, with err.
func (r *upgradeRollout) outcome(err error) *upgradeOutcome {
	o := &upgradeOutcome{Confirmed: err == nil, Exit: codeOf(err), Error: messageOf(err), Hosts: []upgradeDone{}}
	for _, h := range r.hosts {
		d := upgradeDone{Host: h.Host, Before: h.started, Text: h.last.Text, State: h.state.String()}
		if r.back && h.state == arrived {
			d.State = returned.String()
		}
		d.Version = h.runs()
		o.Hosts = append(o.Hosts, d)
	}
	return o
}
