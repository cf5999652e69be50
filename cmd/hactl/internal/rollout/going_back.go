package rollout

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

// GoBack brings the hosts of a rollout that has failed back to what they had, where
// that is asked for and something was published, and says what is where then. An
// interruption is no failure: it is for people to say how to go on.
func (r *Plans) GoBack(ctx context.Context, failed error) error {
	r.Say(Event{Kind: Stopped, Text: failed.Error()})
	if r.Previous == nil || ctx.Err() != nil || len(r.put) == 0 {
		return failed
	}
	r.Say(Event{Kind: GoingBack, Text: r.failure.Error()})
	r.lookAtAll(ctx) // of those that nobody waited for lately
	back := r.backwards()
	err := back.carry(ctx)
	back.lookAtAll(context.WithoutCancel(ctx))
	where := back.whereabouts(r)
	r.Say(Event{Kind: WentBack, Text: where})
	if err != nil {
		return fmt.Errorf("%v; going back has not ended in order: %v. %s", r.failure, err, where)
	}
	return fmt.Errorf("%v; it was taken back. %s", r.failure, where)
}

// backwards returns the rollout from what the hosts have now to what they had before
// r, those first that were the last to be changed. Where it need not go in waves, one
// host that cannot follow does not keep the others from it.
func (r *Plans) backwards() *Plans {
	back := &Plans{Store: r.Store, Apart: r.Apart, Wait: r.Wait, Poll: r.Poll, Say: r.Say, looked: r.looked}
	var hosts []waves.Host
	last := map[string]Step{}
	for _, host := range r.lastFirst() {
		had, known := r.Previous[host]
		if !known {
			r.tell(HostPassed, host, "keeps its new plan, as what it had before was none that can be read")
			continue
		}
		s := r.stepBack(host, had)
		hosts, last[host] = append(hosts, waves.Host{Name: host, Has: r.follows(host), Next: &s.Document.Plan}), s
		back.Steps = append(back.Steps, s)
	}
	course := waves.Of(hosts).Waves
	back.lenient = len(course) == 1
	back.Waves = InWaves(course, func(x waves.Step, w Wave) Step {
		s := last[x.Host]
		if x.Plan == &s.Document.Plan {
			return s
		}
		e := s.Document.Envelope
		e.Wave = w.Number
		return r.again(x.Host, x.Plan, e)
	})
	for i := range back.Waves {
		back.Waves[i].Back = true
	}
	return back
}

// lastFirst returns the hosts of r: first those that got another plan, the last one of
// them first.
func (r *Plans) lastFirst() []string {
	hosts := slices.Clone(r.put)
	slices.Reverse(hosts)
	for _, s := range r.Steps {
		if !slices.Contains(hosts, s.Host) {
			hosts = append(hosts, s.Host)
		}
	}
	return hosts
}

// stepBack returns the step of a host to the plan that it had; to an empty one when it
// had none.
func (r *Plans) stepBack(host string, had *plan.Document) Step {
	if had == nil {
		return r.again(host, &plan.Plan{Host: host, Routers: []plan.Router{}}, plan.Envelope{})
	}
	e := had.Envelope
	e.Trial = nil
	return r.again(host, &had.Plan, e)
}

// again returns a step of a host of r as things are now.
func (r *Plans) again(host string, p *plan.Plan, e plan.Envelope) Step {
	s := NewStep(host, p, p.Hash(), e)
	s.Before = r.reports[host]
	s.Alive = fleet.Alive(s.Before, time.Now())
	s.Stored = r.stored(host) == s.Document.Hash
	return s
}

// stored returns the hash of the plan that the store has of a host; empty when it has
// none, or another one than was known.
func (r *Plans) stored(host string) string {
	if hash := r.published[host]; hash != "" {
		return hash
	}
	if had := r.Previous[host]; had != nil {
		return had.Hash
	}
	return ""
}

// follows returns the plan that a host follows: as it reports, or else what the store
// has. Nil: none, or none that is known.
func (r *Plans) follows(host string) *plan.Plan {
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
func (r *Plans) documents(host string) []*plan.Document {
	var all []*plan.Document
	if had := r.Previous[host]; had != nil {
		all = append(all, had)
	}
	for _, w := range r.Waves {
		for _, turn := range w.Turns {
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
func (r *Plans) whereabouts(forth *Plans) string {
	var words []string
	for _, s := range forth.Steps {
		words = append(words, fmt.Sprintf("%s follows %s", s.Host, r.whichOf(s)))
	}
	return strings.Join(words, ", ")
}

// whichOf says which plan the host of a step that was taken back follows.
func (r *Plans) whichOf(forth Step) string {
	now := r.reports[forth.Host]
	before := slices.IndexFunc(r.Steps, func(s Step) bool { return s.Host == forth.Host })
	switch {
	case !fleet.Alive(now, time.Now()):
		return "what is not known, as its agent does not report"
	case before >= 0 && now.Plan.Hash == r.Steps[before].Document.Hash:
		return "its previous plan"
	case now.Plan.Hash == forth.Document.Hash:
		return "the new plan"
	}
	return "another plan, " + fleet.ShortOrNone(now.Plan.Hash)
}
