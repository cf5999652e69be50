package waves

import (
	"slices"

	"hactl/schemas/plan"
)

// Host is one host of a rollout.
type Host struct {
	Name string
	Has  *plan.Plan // what it has; nil: nothing, or it is not known
	Next *plan.Plan // what it is to have, never nil
}

// Wave is one part of a rollout. It begins when every host of the wave before has
// confirmed its plan.
type Wave struct {
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

// Of returns the waves of a rollout to hosts, which come in the order in which those
// that share a router are to follow: backups first. The last plan of each host is
// its Next.
func Of(hosts []Host) []Wave {
	if len(hosts) == 0 {
		return nil
	}
	return []Wave{{Turns: turns(hosts, func(h Host) *plan.Plan { return h.Next })}}
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
