package main

import (
	"fmt"
	"slices"
	"strings"

	"hactl/compiler/waves"
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

// steps returns p as steps of a rollout: hosts that follow their plans already,
// then backups, then those that are Active.
func (p proposal) steps() []step {
	var steps []step
	for _, host := range backupsFirst(p.next(), p.reports()) {
		steps = append(steps, p.host(host).step())
	}
	slices.SortStableFunc(steps, func(a, b step) int {
		switch af, bf := a.followed(), b.followed(); {
		case af == bf:
			return 0
		case af:
			return -1
		}
		return 1
	})
	return steps
}

// host returns what is proposed to a host.
func (p proposal) host(name string) proposed {
	return p.Hosts[slices.IndexFunc(p.Hosts, func(h proposed) bool { return h.Host == name })]
}

// waves returns the waves of a rollout whose hosts follow in the order of steps.
func (p proposal) waves(steps []step) []wave {
	var hosts []waves.Host
	last := map[string]step{}
	for _, s := range steps {
		h := p.host(s.Host)
		next := waves.Host{Name: h.Host, Next: &s.Document.Plan}
		if h.Stored != nil {
			next.Has = &h.Stored.Plan
		}
		hosts, last[s.Host] = append(hosts, next), s
	}
	var all []wave
	for _, w := range waves.Of(hosts).Waves {
		var turns [][]step
		for _, turn := range w.Turns {
			var steps []step
			for _, x := range turn {
				steps = append(steps, last[x.Host])
			}
			turns = append(turns, steps)
		}
		all = append(all, wave{turns})
	}
	return all
}

// apart returns the IDs of the routers that may have two Actives until all
// hosts have followed: their plans differ in what they must agree on, or in
// where they are, or it is not known which plan some agent follows.
func (p proposal) apart() []string {
	was, is := p.present(), p.next()
	var ids []string
	for _, id := range is.ids() {
		t := transition{ID: id, Old: was, New: is}
		if len(t.disagreements()) > 0 || slices.ContainsFunc(p.Hosts, func(h proposed) bool {
			return is.router(h.Host, id) != nil && (h.behind() || t.class(h.Host) == plan.Recreated)
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

// step returns h signed and encoded.
func (h proposed) step() step {
	d := *h.Next
	d.Envelope = signed(d.Envelope)
	data, err := plan.Encode(&d.Plan, d.Envelope)
	if err != nil {
		panic("hactl: compiled plan does not encode: " + err.Error())
	}
	return step{Host: h.Host, Document: &d, Data: data, Stored: !h.changed() && !h.Again, Before: h.Status, Alive: h.Alive}
}

// confirmed tells whether the reports confirm all steps already.
func confirmed(steps []step) bool {
	return !slices.ContainsFunc(steps, func(s step) bool { return !s.followed() })
}
