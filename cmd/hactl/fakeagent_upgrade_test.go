package main

import (
	"time"

	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// What a fake agent makes of orders to upgrade; every other behaviour carries them out.
const (
	declines = "declines" // refuses each release
	reverts  = "reverts"  // finds each release bad, and goes back
	sticks   = "sticks"   // gets stuck with each release
	lingers  = "lingers"  // begins, and does not end; the release runs meanwhile
)

// fakeProgram is one program on the host of a fake agent.
type fakeProgram struct {
	runs     status.Build
	previous *status.Build
	left     *status.Build // that ran before the order that is under way; nil: it still does
	order    *intent.Order // the last one
	stage    string
	verdict  string
	text     string
}

// upgrade carries out the orders that the host has.
func (a *fakeAgent) upgrade() {
	if a.doc == nil {
		return
	}
	for _, u := range a.doc.Plan.Upgrades {
		p := a.programs[u.Name]
		if p == nil {
			p = &fakeProgram{runs: status.Build{Version: "1.26.3", SHA256: "0ld"}}
			a.programs[u.Name] = p
		}
		o := a.wanted.Order(u.Name)
		if o == nil && p.order != nil && p.verdict == "" {
			p.abort()
			p.verdict, p.text = "rolled back", "the order was taken back"
		}
		if o == nil || p.order != nil && p.order.ID == o.ID && p.verdict != "" {
			continue
		}
		p.obey(*o, u, a.behaviour)
	}
}

// abort leads back to what ran before the order that is under way.
func (p *fakeProgram) abort() {
	if p.left != nil {
		p.runs, p.left = *p.left, nil
	}
}

// obey carries out an order as the agent behaves, from the beginning.
func (p *fakeProgram) obey(o intent.Order, u plan.Upgrade, behaviour string) {
	p.abort()
	p.order, p.verdict = &o, ""
	to := &status.Build{Version: u.Release.Version, SHA256: u.Release.SHA256}
	if o.Back {
		to = p.previous
	}
	switch {
	case behaviour == lingers && o.Back:
		p.stage, p.text = "drain", "12 connections are left"
	case behaviour == lingers:
		before := p.runs
		p.runs, p.left = *to, &before
		p.stage, p.text = "retire", "12 connections are left"
	case to == nil:
		p.verdict, p.text = "refused", "nothing is kept that ran before"
	case behaviour == declines:
		p.verdict, p.text = "refused", "no such file: "+u.Release.Source
	case behaviour == reverts:
		p.verdict, p.text = "rolled back", "check nginx is down"
	case behaviour == sticks:
		p.verdict, p.text = "stuck", "the old master does not end"
	default:
		before := p.runs
		p.runs, p.previous = *to, &before
		p.verdict, p.text = "committed", to.Version+" runs"
	}
}

// report is what the agent says of an upgrade of its plan.
func (p *fakeProgram) report(u plan.Upgrade, now time.Time) status.Upgrade {
	s := status.Upgrade{Name: u.Name, Version: p.runs.Version, SHA256: p.runs.SHA256, Current: p.runs.SHA256 == u.Release.SHA256, Previous: p.previous,
		Order: p.order, Verdict: p.verdict, Text: p.text}
	switch {
	case p.order == nil:
		return s
	case p.verdict == "":
		s.Stage, s.Connections = p.stage, 12
	default:
		s.Ended = now
	}
	s.Begun, s.Since = now, now
	return s
}
