package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"hactl/agent/store"
	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/rollout"
	"hactl/compiler/waves"
)

// onTrial returns the hosts that a change of their plans would confirm first.
func (p proposal) onTrial() []string {
	var hosts []string
	for _, h := range p.Hosts {
		if h.OnTrial() != "" && !h.Again {
			hosts = append(hosts, h.Host)
		}
	}
	return hosts
}

// retried returns the hosts that have something on trial which becomes part of this
// change.
func (p proposal) retried() []string {
	var hosts []string
	for _, h := range p.Hosts {
		if h.Again {
			hosts = append(hosts, h.Host)
		}
	}
	return hosts
}

// again returns p with the hosts that have something on trial as part of a change that
// is to be on trial itself, so that they do not go back before it.
func (p proposal) again(within time.Duration) proposal {
	if within > 0 {
		for i, h := range p.Hosts {
			p.Hosts[i].Again = h.OnTrial() != ""
		}
	}
	return p
}

// carryOut carries out the rollout r, on trial if that is asked for. If not, people go on
// from what is on trial still: that is confirmed first.
func (p proposal) carryOut(ctx context.Context, t *applyTeller, s store.Store, r *rollout.Plans, source string, flags applyFlags) error {
	if flags.within > 0 {
		return p.tryOut(ctx, t, s, r, source, flags)
	}
	if err := p.confirmFirst(ctx, t, s); err != nil {
		return err
	}
	return carryOut(ctx, t, s, r, flags.local, flags.takeOver)
}

// confirmFirst confirms what hosts have on trial, when people go on from there.
func (p proposal) confirmFirst(ctx context.Context, t *applyTeller, s store.Store) error {
	if !p.changed() {
		return nil
	}
	f := &fleet.Fleet{Store: s, Poll: fleet.LookEvery}
	for _, host := range p.onTrial() {
		m := &fleet.Member{Known: fleet.Known{Host: host}}
		m.Read(ctx, s)
		if m.Closed == nil && m.OnTrial() == "" {
			continue // it has gone back meanwhile
		}
		if err := f.Confirm(ctx, m); err != nil {
			return fmt.Errorf("nothing was published, as what %s has on trial cannot be confirmed first: %w", host, err)
		}
		t.say(applyLine{Event: eventTrialConfirmed, Host: host, Text: "what it had on trial is confirmed"})
	}
	return nil
}

// tryOut carries the rollout r out on trial, and says how to confirm it.
func (p proposal) tryOut(ctx context.Context, t *applyTeller, s store.Store, r *rollout.Plans, source string, flags applyFlags) error {
	if tried := p.retried(); len(tried) > 0 && len(r.StepsOf(waves.Accept)) > 0 {
		return fmt.Errorf("nothing was changed, as something is on trial on %s, and this change takes several waves, of which the first is what hosts would go back to. Confirm what is on trial, or let them go back, and apply again", strings.Join(tried, ", "))
	}
	partial := r.KeepOld()
	try := rollout.NewTryout(r, flags.within)
	r.Store = try
	until, err := try.Around(ctx, func() error { return carryOut(ctx, t, s, r, flags.local, flags.takeOver) })
	if until.IsZero() {
		return err
	}
	trying, never := r.Trying(try)
	hosts := strings.Join(trying, ", ")
	at := until.UTC().Truncate(time.Millisecond)
	if len(trying) > 0 {
		t.say(applyLine{Event: eventOnTrial, Hosts: trying, Until: &at, Text: fmt.Sprintf("to let them stay: %s", confirmation(source, p.Store, flags))})
	}
	if err != nil {
		words := err.Error()
		if len(trying) > 0 {
			words += fmt.Sprintf(". What was published is on trial: unless it is confirmed, %s will go back to the plans before %s", hosts, clock(until, time.Now()))
		}
		if len(never) > 0 {
			words += fmt.Sprintf(". Never on trial: %s", strings.Join(never, ", "))
		}
		return rollout.Reworded(err, words)
	}
	for _, host := range r.Unarmed(ctx, try) {
		warnTo(t.cmd)("%s has not reported that it goes back then", host)
	}
	t.print("\n%s %s will go back to the plans before %s, unless the change is confirmed:\n\n  %s\n\n", t.palette.Yellow("On trial."),
		hosts, clock(until, time.Now()), confirmation(source, p.Store, flags))
	if partial {
		t.print("Hosts still take the old, too: what is left of the waves follows with the next \"hactl apply\" after that.\n")
	}
	if !flags.local {
		t.print("Where that reaches a host no more, \"hactl confirm\" on the host itself lets that one stay.\n")
	}
	return nil
}

// confirmation is how the change of an apply is confirmed, as it is typed.
func confirmation(source, store string, flags applyFlags) string {
	words := []string{"hactl confirm"}
	info, err := os.Stat(source)
	saved := err == nil && info.Mode().IsRegular()
	switch {
	case flags.local && flags.store == "":
		return "hactl confirm --socket " + defaultSocket
	case saved && store != "":
		return "hactl confirm --store " + quoted(store)
	case !saved && source != ".":
		words = append(words, quoted(source))
	}
	flags.retire = nil
	if given := flags.proposeFlags.String(); given != "" {
		words = append(words, given)
	}
	return strings.Join(words, " ")
}
