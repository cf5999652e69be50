package main

import (
	"fmt"
	"slices"
	"strings"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/notice"
	"hactl/cmd/hactl/internal/rollout"
	"hactl/schemas/plan"
)

// names returns the hosts of p, sorted.
func (p proposal) names() []string {
	var names []string
	for _, h := range p.Hosts {
		names = append(names, h.Host)
	}
	return names
}

// without returns p without the hosts that are to be left as they are.
func (p proposal) without(skip []string) (proposal, error) {
	for _, host := range skip {
		if !slices.ContainsFunc(p.Hosts, func(h proposed) bool { return h.Host == host }) {
			return p, fmt.Errorf("--skip %s: there is no plan for such a host", host)
		}
		p.Notes = append(p.Notes, host+" is left as it is")
	}
	p.Hosts = slices.DeleteFunc(slices.Clone(p.Hosts), func(h proposed) bool { return slices.Contains(skip, h.Host) })
	return p, nil
}

// reachable refuses a proposal with hosts that cannot be reached: nothing has
// been changed, and neighbours that differ for long are worse than a delay.
func (p proposal) reachable() error {
	var away, flags []string
	for _, h := range p.Hosts {
		if h.Unread != nil {
			away = append(away, fmt.Sprintf("%s (%v)", h.Host, h.Unread))
			flags = append(flags, "--skip "+h.Host)
		}
	}
	if len(away) == 0 {
		return nil
	}
	return fmt.Errorf("nothing was changed, as the present plan cannot be read of %s. Repair that, or go on without with %s",
		strings.Join(away, ", "), strings.Join(flags, " "))
}

// unread names the hosts that cannot be reached.
func (p proposal) unread() []string {
	var hosts []string
	for _, h := range p.Hosts {
		if h.Unread != nil {
			hosts = append(hosts, h.Host)
		}
	}
	return hosts
}

// order returns the hosts in the order of a rollout: those that follow their plans
// already, then backups, then those that are Active.
func (p proposal) order() []string {
	var first, then []string
	for _, host := range fleet.BackupsFirst(p.next(), p.reports()) {
		if p.host(host).follows() {
			first = append(first, host)
		} else {
			then = append(then, host)
		}
	}
	return append(first, then...)
}

// follows tells whether the host has its next plan, and its report confirms it.
func (h proposed) follows() bool {
	return !h.changed() && !h.Again && h.Alive && fleet.Judge(h.Next, nil, h.Status).Confirmed
}

// steps returns the last step of each host of a rollout, in order.
func (p proposal) steps() []rollout.Step {
	var steps []rollout.Step
	for _, host := range p.order() {
		steps = append(steps, p.host(host).step())
	}
	return steps
}

// host returns what is proposed to a host.
func (p proposal) host(name string) proposed {
	i, there := slices.BinarySearchFunc(p.Hosts, name, func(h proposed, name string) int { return strings.Compare(h.Host, name) })
	if !there {
		panic("hactl: nothing is proposed to host " + name)
	}
	return p.Hosts[i]
}

// apart returns the IDs of the routers that may have two Actives until all
// hosts have followed: their plans differ in what they must agree on, or in
// where they are, or it is not known which plan some agent follows.
func (p proposal) apart() []string {
	was, is, over := p.present(), p.next(), p.course().Over
	var ids []string
	for _, id := range is.IDs() {
		t := notice.Transition{ID: id, Old: was, New: is, Over: over[id]}
		if len(t.Disagreements()) > 0 || slices.ContainsFunc(p.Hosts, func(h proposed) bool {
			return is.Router(h.Host, id) != nil && (h.behind() || t.Class(h.Host) == plan.Recreated)
		}) {
			ids = append(ids, id)
		}
	}
	return ids
}

// behind tells whether the agent of h follows a plan that is neither the one
// that the store has nor the next one.
func (h proposed) behind() bool {
	if !h.Alive || h.Status.Plan.Hash == "" || h.Status.Plan.Hash == h.Next.Hash {
		return false
	}
	return h.Stored == nil || h.Status.Plan.Hash != h.Stored.Hash
}

// step returns the host's next plan, signed and encoded.
func (h proposed) step() rollout.Step { return h.stepTo(&h.Next.Plan, h.Next.Hash, h.Next.Envelope) }

// stepTo returns a plan for the host, signed and encoded.
func (h proposed) stepTo(p *plan.Plan, hash string, e plan.Envelope) rollout.Step {
	s := rollout.NewStep(h.Host, p, hash, e)
	s.Stored, s.Before, s.Alive = h.State() == hash && !h.Again, h.Status, h.Alive
	if h.Stored != nil && !s.Stored {
		s.Retried = changedChecks(&h.Stored.Plan, p)
	}
	return s
}

// changedChecks returns the checks that both plans have, as the second one has them,
// where it differs.
func changedChecks(was, is *plan.Plan) []plan.Check {
	var changed []plan.Check
	for _, c := range plan.DiffObjects(was, is) {
		name, ok := strings.CutPrefix(c.ID, "check ")
		if i := slices.IndexFunc(is.Checks, func(x plan.Check) bool { return x.Name == name }); ok && c.Class == plan.InPlace {
			changed = append(changed, is.Checks[i])
		}
	}
	return changed
}

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
