package waves

import (
	"reflect"
	"slices"

	"hactl/schemas/plan"
)

// Host is one host of a rollout.
type Host struct {
	Name    string
	Has     *plan.Plan // what it has; nil: nothing, or it is not known
	Unknown bool       // Has is nil because it is not known
	Next    *plan.Plan // what it is to have, never nil
}

// Stage is what a wave is for.
type Stage string

// The stages, in their order. Without a change-over there is but one.
const (
	Accept Stage = "accept" // of a change-over: hosts take the new terms, too, and send by the old
	Change Stage = "change" // hosts take up all that is new; in a change-over they still take the old terms, too
	Drop   Stage = "drop"   // of a change-over: hosts no longer take the old terms
)

// Wave is one part of a rollout. It begins when every host of the wave before has
// confirmed its plan.
type Wave struct {
	Stage Stage

	// Turns come one after the other. The hosts of one turn share no router, and
	// may go side by side.
	Turns [][]Step
}

// Step is one plan for one host. A host that has it already keeps it.
type Step struct {
	Host string
	Plan *plan.Plan
}

// SideBySide is how many hosts one turn has at most: what is wrong with a change is
// not to reach many clusters at once.
const SideBySide = 8

// Rollout is how hosts come to their Next plans.
type Rollout struct {
	Waves []Wave // in order, none without turns

	// Over has the IDs of the routers whose terms change over, and Obstacles says in
	// words, by ID, why others that would need it cannot: on these, hosts that have
	// followed and hosts that have not do not hear each other.
	Over      map[string]bool
	Obstacles map[string]string
}

// Of returns the rollout to hosts, which come in the order in which those that share
// a router are to follow: backups first. The last plan of each host is its Next, and
// the wave Change has a step for each.
//
// Hosts that hear each other before, and by their Next plans, do so after every
// single step, unless a router that they share has an obstacle, or another VRID or
// version.
func Of(hosts []Host) Rollout {
	r := Rollout{Over: map[string]bool{}, Obstacles: map[string]string{}}
	known := map[string]bool{}
	for _, h := range hosts {
		known[h.Name] = !h.Unknown
	}
	o := over{}
	for id, members := range membersOf(hosts) {
		if !members.needs() {
			continue
		}
		if words := members.obstacle(known); words != "" {
			r.Obstacles[id] = words
		} else {
			r.Over[id], o[id] = true, members.terms()
		}
	}
	during := make(map[string]*plan.Plan, len(hosts))
	for _, h := range hosts {
		during[h.Name] = o.during(h.Next)
	}
	r.add(Accept, hosts, func(h Host) *plan.Plan { return another(o.during(h.Has), h.Has) })
	r.add(Change, hosts, func(h Host) *plan.Plan { return during[h.Name] })
	r.add(Drop, hosts, func(h Host) *plan.Plan { return another(h.Next, during[h.Name]) })
	return r
}

// add adds a wave of the hosts that have a plan for its stage, if there are any.
func (r *Rollout) add(stage Stage, hosts []Host, plan func(Host) *plan.Plan) {
	if t := turns(hosts, plan); len(t) > 0 {
		r.Waves = append(r.Waves, Wave{stage, t})
	}
}

// another returns p, or nil when it is the same as before.
func another(p, before *plan.Plan) *plan.Plan {
	if p == before || reflect.DeepEqual(p, before) {
		return nil
	}
	return p
}

// turns deals the hosts out: of each team the first one, then the second, and so on.
// A host for which there is no plan is left out.
func turns(hosts []Host, plan func(Host) *plan.Plan) [][]Step {
	var ranks [][]Step // by how many of its team come before a host
	before := map[int]int{}
	team := teams(hosts)
	for i, h := range hosts {
		p := plan(h)
		if p == nil {
			continue
		}
		rank := before[team[i]]
		before[team[i]]++
		if rank == len(ranks) {
			ranks = append(ranks, nil)
		}
		ranks[rank] = append(ranks[rank], Step{h.Name, p})
	}
	var turns [][]Step
	for _, steps := range ranks {
		turns = slices.AppendSeq(turns, slices.Chunk(steps, SideBySide))
	}
	return turns
}

// teams returns a number for each host: hosts that share a router, by what they have
// or are to have, and those that share one with these, have the same number.
func teams(hosts []Host) []int {
	team := make([]int, len(hosts))
	first := map[string]int{} // by ID of a router: the first host that has it
	for i, h := range hosts {
		team[i] = i
		for _, id := range h.routers() {
			other, known := first[id]
			if !known {
				first[id] = i
				continue
			}
			if a, b := team[other], team[i]; a != b {
				unite(team, a, b)
			}
		}
	}
	return team
}

// unite makes two teams one.
func unite(team []int, a, b int) {
	for i := range team {
		if team[i] == b {
			team[i] = a
		}
	}
}

// routers returns the IDs of all routers that h has or is to have.
func (h Host) routers() []string {
	var ids []string
	for _, p := range []*plan.Plan{h.Has, h.Next} {
		if p == nil {
			continue
		}
		for _, r := range p.Routers {
			ids = append(ids, r.ID)
		}
	}
	return ids
}
