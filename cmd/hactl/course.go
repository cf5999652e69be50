package main

import (
	"fmt"
	"slices"
	"strings"

	"hactl/cmd/hactl/internal/rollout"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/compiler/waves"
	"hactl/schemas/plan"
)

// course works out by which waves the hosts come to their next plans.
func (p proposal) course() waves.Rollout {
	var hosts []waves.Host
	for _, name := range p.order() {
		h := p.host(name)
		w := waves.Host{Name: h.Host, Next: &h.Next.Plan, Unknown: h.Unread != nil || h.Damaged != nil}
		if h.Stored != nil {
			w.Has = &h.Stored.Plan
		}
		hosts = append(hosts, w)
	}
	return waves.Of(hosts)
}

// waves returns the steps of a rollout wave by wave. The last of each host is that of
// steps.
func (p proposal) waves(steps []rollout.Step) []rollout.Wave {
	last := map[string]rollout.Step{}
	for _, s := range steps {
		last[s.Host] = s
	}
	all := rollout.InWaves(p.course().Waves, func(x waves.Step, w rollout.Wave) rollout.Step { return p.stepOf(x, w, last[x.Host]) })
	if late := p.late(); len(late) > 0 {
		all = slices.Insert(all, 0, rollout.Wave{Turns: [][]rollout.Step{late}})
	}
	return all
}

// late returns the steps of a change-over that was interrupted before their hosts had
// taken up what the store has: the others must not go on before that.
func (p proposal) late() []rollout.Step {
	var steps []rollout.Step
	for _, h := range p.Hosts {
		if h.Stored == nil || !changesOver(&h.Stored.Plan) || h.Status != nil && (h.Status.Problem != "" || h.Status.Plan.Hash == h.Stored.Hash) {
			continue
		}
		steps = append(steps, h.stepTo(&h.Stored.Plan, h.Stored.Hash, h.Stored.Envelope))
	}
	return steps
}

// changesOver tells whether a plan is one of a change-over.
func changesOver(p *plan.Plan) bool {
	return slices.ContainsFunc(p.Routers, func(r plan.Router) bool { return len(r.Accept) > 0 })
}

// stepOf returns a step of a wave as it is published.
func (p proposal) stepOf(x waves.Step, w rollout.Wave, last rollout.Step) rollout.Step {
	h := p.host(x.Host)
	if x.Plan == &h.Next.Plan {
		return last
	}
	e := h.Next.Envelope
	if w.Stage == waves.Accept {
		e = h.Stored.Envelope
		e.Trial = nil
	}
	e.Wave = w.Number
	return h.stepTo(x.Plan, x.Plan.Hash(), e)
}

// waveJSON is a wave of plan --json.
type waveJSON struct {
	Stage string     `json:"stage"` // "change", and in a change-over "accept" before it and "drop" behind it
	Turns [][]string `json:"turns"` // the hosts that get a plan: turn after turn, those of one turn side by side
}

// turnsOut returns the waves of p with the hosts that would get a plan.
func (p proposal) turnsOut() []waveJSON {
	all, given := []waveJSON{}, map[string]string{}
	for _, h := range p.Hosts {
		given[h.Host] = h.State()
	}
	for _, w := range p.course().Waves {
		part := waveJSON{Stage: string(w.Stage), Turns: [][]string{}}
		for _, turn := range w.Turns {
			var hosts []string
			for _, x := range turn {
				if hash := p.hashOf(x); hash != given[x.Host] {
					given[x.Host], hosts = hash, append(hosts, x.Host)
				}
			}
			if len(hosts) > 0 {
				part.Turns = append(part.Turns, hosts)
			}
		}
		if len(part.Turns) > 0 {
			all = append(all, part)
		}
	}
	return all
}

// hashOf returns the hash of a step's plan.
func (p proposal) hashOf(x waves.Step) string {
	if h := p.host(x.Host); x.Plan == &h.Next.Plan {
		return h.Next.Hash
	}
	return x.Plan.Hash()
}

// shownTurns is how many turns are named one by one.
const shownTurns = 6

// String says in words who gets a plan: "lb02, lb04, then lb01, lb03".
func (w waveJSON) String() string {
	var turns []string
	for _, hosts := range w.Turns {
		turns = append(turns, terminal.Few(hosts))
	}
	if n := len(turns) - shownTurns; n > 0 {
		turns = append(turns[:shownTurns], terminal.Number(n, "more turn"))
	}
	return strings.Join(turns, ", then ")
}

// rolloutLines says in lines how apply goes about it.
func (p proposal) rolloutLines() []string {
	all := p.turnsOut()
	var lines []string
	for i, w := range all {
		line := w.String()
		if purpose := rollout.Purposes[waves.Stage(w.Stage)]; len(all) > 1 {
			line = fmt.Sprintf("%d. %s: %s", i+1, purpose, line)
		}
		lines = append(lines, line)
	}
	return lines
}
