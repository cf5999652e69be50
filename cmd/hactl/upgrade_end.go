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

// undo brings the hosts back that were upgraded before one failed with cause, and
// adds to that how it went.
func (r *upgradeRollout) undo(ctx context.Context, cause error) error {
	back := *r
	back.back, back.inTurn, back.most, back.blocked, back.hosts = true, true, 1, "", nil
	for _, host := range slices.Backward(r.finished) {
		if h := r.host(host); h != nil && h.state == arrived && h.report() != nil && h.report().Previous != nil {
			back.hosts = append(back.hosts, &upgradeHost{member: h.member, goal: h.goal})
		}
	}
	if len(back.hosts) == 0 {
		return cause
	}
	r.say(upgradeLine{Upgrade: r.name, Text: fmt.Sprintf("%v. Going back, too: %s", cause, hostList(back.hosts))})
	err := back.run(ctx)
	for _, h := range back.hosts {
		was := r.host(h.Host)
		switch h.state {
		case arrived:
			was.state, was.last = returned, h.last
		case failed, underWay:
			was.state, was.last = h.state, h.last
		}
	}
	words := []string{cause.Error()}
	if gone := back.in(arrived); len(gone) > 0 {
		words = append(words, "gone back, too: "+hostList(gone))
	}
	if bad := back.in(failed); len(bad) > 0 {
		words = append(words, failures(bad))
	}
	if err != nil {
		words = append(words, err.Error())
	}
	return errors.New(strings.Join(words, "; "))
}

// stopped adds to err where the other hosts are.
func (r *upgradeRollout) stopped(ctx context.Context, err error) error {
	words := []string{err.Error()}
	if ctx.Err() != nil && len(r.in(failed)) == 0 {
		words = []string{"interrupted"}
	}
	if stay := r.in(arrived); len(stay) > 0 && len(r.in(failed)) > 0 {
		words = append(words, "left as upgraded: "+hostList(stay))
	}
	if busy := r.in(underWay); len(busy) > 0 {
		words = append(words, fmt.Sprintf("under way, and carried on by its agent alone: %s, as \"hactl upgrade status %s\" shows", hostList(busy), r.name))
	}
	if left := r.in(notBegun); len(left) > 0 && r.begun {
		words = append(words, "not begun: "+hostList(left))
	}
	message := strings.Join(words, "; ")
	if r.begun && len(r.in(failed)) == 0 {
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
