package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/compiler/waves"
	"hactl/schemas/plan"
)

// previous returns what each host had before a rollout; nil for one that had no plan.
// A host whose plan is damaged is not among them: nobody knows what to go back to.
func (p proposal) previous() map[string]*plan.Document {
	had := map[string]*plan.Document{}
	for _, h := range p.Hosts {
		if h.Damaged == nil && h.Unread == nil {
			had[h.Host] = h.Stored
		}
	}
	return had
}

// goBack brings the hosts of a rollout that has failed back to what they had, where
// that is asked for and something was published, and says what is where then. An
// interruption is no failure: it is for people to say how to go on.
func (r *rollout) goBack(ctx context.Context, failed error, tell func(why error)) error {
	if r.previous == nil || ctx.Err() != nil || len(r.put) == 0 {
		return failed
	}
	tell(r.failure)
	r.lookAtAll(ctx) // of those that nobody waited for lately
	back := r.backwards()
	err := back.carry(ctx)
	back.lookAtAll(context.WithoutCancel(ctx))
	where := back.whereabouts(r)
	if err != nil {
		return exit{exitFailure, fmt.Sprintf("%v; going back has not ended in order: %v. %s", r.failure, err, where)}
	}
	return exit{exitFailure, fmt.Sprintf("%v; it was taken back. %s", r.failure, where)}
}

// backwards returns the rollout from what the hosts have now to what they had before
// r, those first that were the last to be changed. Where it need not go in waves, one
// host that cannot follow does not keep the others from it.
func (r *rollout) backwards() *rollout {
	back := &rollout{store: r.store, apart: r.apart, wait: r.wait, poll: r.poll, say: r.say, enter: r.enter, looked: r.looked}
	var hosts []waves.Host
	last := map[string]step{}
	for _, host := range r.lastFirst() {
		had, known := r.previous[host]
		if !known {
			r.say(host, "keeps its new plan, as what it had before was none that can be read")
			continue
		}
		s := r.stepBack(host, had)
		hosts, last[host] = append(hosts, waves.Host{Name: host, Has: r.follows(host), Next: &s.Document.Plan}), s
		back.steps = append(back.steps, s)
	}
	course := waves.Of(hosts).Waves
	back.lenient = len(course) == 1
	back.waves = stages(course, func(x waves.Step, w wave) step {
		s := last[x.Host]
		if x.Plan == &s.Document.Plan {
			return s
		}
		e := s.Document.Envelope
		e.Wave = w.number
		return r.again(x.Host, x.Plan, e)
	})
	for i := range back.waves {
		back.waves[i].back = true
	}
	return back
}

// lastFirst returns the hosts of r: first those that got another plan, the last one of
// them first.
func (r *rollout) lastFirst() []string {
	hosts := slices.Clone(r.put)
	slices.Reverse(hosts)
	for _, s := range r.steps {
		if !slices.Contains(hosts, s.Host) {
			hosts = append(hosts, s.Host)
		}
	}
	return hosts
}

// stepBack returns the step of a host to the plan that it had; to an empty one when it
// had none.
func (r *rollout) stepBack(host string, had *plan.Document) step {
	if had == nil {
		return r.again(host, &plan.Plan{Host: host, Routers: []plan.Router{}}, plan.Envelope{})
	}
	e := had.Envelope
	e.Trial = nil
	return r.again(host, &had.Plan, e)
}

// again returns a step of a host of r as things are now.
func (r *rollout) again(host string, p *plan.Plan, e plan.Envelope) step {
	s := newStep(host, p, p.Hash(), e)
	s.Before = r.reports[host]
	s.Alive = fleet.Alive(s.Before, time.Now())
	s.Stored = r.stored(host) == s.Document.Hash
	return s
}

// stored returns the hash of the plan that the store has of a host; empty when it has
// none, or another one than was known.
func (r *rollout) stored(host string) string {
	if hash := r.published[host]; hash != "" {
		return hash
	}
	if had := r.previous[host]; had != nil {
		return had.Hash
	}
	return ""
}

// follows returns the plan that a host follows: as it reports, or else what the store
// has. Nil: none, or none that is known.
func (r *rollout) follows(host string) *plan.Plan {
	hash := r.stored(host)
	if s := r.reports[host]; fleet.Alive(s, time.Now()) {
		hash = s.Plan.Hash
	}
	for _, d := range r.documents(host) {
		if d.Hash == hash {
			return &d.Plan
		}
	}
	return nil
}

// documents returns all plans that a host can have from r: what it had, and what it
// gets.
func (r *rollout) documents(host string) []*plan.Document {
	var all []*plan.Document
	if had := r.previous[host]; had != nil {
		all = append(all, had)
	}
	for _, w := range r.waves {
		for _, turn := range w.turns {
			for _, s := range turn {
				if s.Host == host {
					all = append(all, s.Document)
				}
			}
		}
	}
	return all
}

// whereabouts says which plan each host follows after r has gone back from the rollout
// forth.
func (r *rollout) whereabouts(forth *rollout) string {
	var words []string
	for _, s := range forth.steps {
		words = append(words, fmt.Sprintf("%s follows %s", s.Host, r.whichOf(s)))
	}
	return strings.Join(words, ", ")
}

// whichOf says which plan the host of a step that was taken back follows.
func (r *rollout) whichOf(forth step) string {
	now := r.reports[forth.Host]
	before := slices.IndexFunc(r.steps, func(s step) bool { return s.Host == forth.Host })
	switch {
	case !fleet.Alive(now, time.Now()):
		return "what is not known, as its agent does not report"
	case before >= 0 && now.Plan.Hash == r.steps[before].Document.Hash:
		return "its previous plan"
	case now.Plan.Hash == forth.Document.Hash:
		return "the new plan"
	}
	return "another plan, " + shortOrNone(now.Plan.Hash)
}
