package main

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"

	"hactl/agent/store"
	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/notice"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// proposal is what an apply would do, before anybody has agreed to it.
type proposal struct {
	Store string // as the flag or the configuration names it; empty for the default

	// Against is the folder whose configuration the hosts are taken to follow; empty
	// when they have been asked.
	Against string

	Local bool       // for this host only: its neighbours' plans are other hosts' affair
	Hosts []proposed // sorted by name
	Notes []string   // of hosts that get no plan, and why
}

// proposed is one host of a proposal.
type proposed struct {
	fleet.Known
	Next    *plan.Document                         // to be published; its envelope does not say yet who applied it and when
	Unasked bool                                   // no host was asked: Stored is what another folder means
	Prints  map[store.SecretFile]store.Fingerprint // of the secrets that Next names; nil: they were not asked for
	Untold  error                                  // why the host did not tell Prints; nil when it did, or was not asked
	Again   bool                                   // to be published although the store has it: it is on trial, and becomes part of this change
	Retired bool                                   // no longer in the configuration: gets an empty plan
}

// changed tells whether the host is to get another plan than it has, or may.
func (h proposed) changed() bool { return h.State() != h.Next.Hash }

// changes returns what becomes of each router of the host, and of each other
// object. Of a host whose present plan is unknown nothing can be told.
func (h proposed) changes() (routers, objects []plan.Change) {
	var stored *plan.Plan
	switch {
	case h.Unread != nil || h.Damaged != nil:
		return nil, nil
	case h.Stored != nil:
		stored = &h.Stored.Plan
	}
	return plan.Diff(stored, &h.Next.Plan), plan.DiffObjects(stored, &h.Next.Plan)
}

// changed tells whether any host is to get another plan, or may.
func (p proposal) changed() bool {
	return slices.ContainsFunc(p.Hosts, proposed.changed)
}

// next returns the new plans.
func (p proposal) next() fleet.Generation {
	plans := fleet.NewGeneration()
	for _, h := range p.Hosts {
		plans.Add(h.Host, &h.Next.Plan)
	}
	return plans
}

// present returns the plans that the store has.
func (p proposal) present() fleet.Generation {
	plans := fleet.NewGeneration()
	for _, h := range p.Hosts {
		switch {
		case h.Unread != nil || h.Damaged != nil:
			plans.Add(h.Host, nil)
		case h.Stored == nil:
			plans.Add(h.Host, &plan.Plan{Host: h.Host})
		default:
			plans.Add(h.Host, &h.Stored.Plan)
		}
	}
	return plans
}

// reports returns the reports of the hosts whose agents run.
func (p proposal) reports() map[string]*status.Host {
	reports := map[string]*status.Host{}
	for _, h := range p.Hosts {
		if h.Alive {
			reports[h.Host] = h.Status
		}
	}
	return reports
}

// source says in words what the proposal is compared with.
func (p proposal) source() string {
	if p.Against != "" {
		return "Compared with: the configuration in " + p.Against
	}
	return "Store: " + storeName(p.Store)
}

// vip is one virtual address set of a proposal, as its clients see it.
type vip struct {
	Vip       string            `json:"vip"`
	Addresses []string          `json:"addresses"` // as written, of both families; without link-local ones
	Order     []fleet.Candidate `json:"order"`     // best first; empty when the vip goes away
	Notices   []string          `json:"notices"`   // what clients will notice, in words
	Changed   bool              `json:"changed"`   // on any host, or perhaps
}

// vips returns all vips of both generations, sorted by name.
func (p proposal) vips() []vip {
	is, was, actives, course := p.next(), p.present(), fleet.Actives(p.reports()), p.course()
	ids := slices.Concat(is.IDs(), was.IDs())
	slices.Sort(ids)
	ids = slices.Compact(ids)
	transitions := make([]notice.Transition, len(ids))
	notices := make([][]string, len(ids))
	onAllProcessors(len(ids), func(i int) {
		t := notice.Transition{ID: ids[i], Old: was, New: is, Over: course.Over[ids[i]], Obstacle: course.Obstacles[ids[i]]}
		if p.Local {
			t.Obstacle = "--local publishes to this host only; \"hactl apply\" to all of them goes in waves"
		}
		t.Active, t.Presumed = whereActive(t.ID, was, actives[t.ID])
		transitions[i], notices[i] = t, t.Words()
	})
	byName := map[string]*vip{}
	for i, id := range ids {
		r := cmp.Or(is.Any(id), was.Any(id))
		v := byName[r.Vip]
		if v == nil {
			v = &vip{Vip: r.Vip, Addresses: []string{}, Order: append([]fleet.Candidate{}, is.Preference(id)...)}
			byName[r.Vip] = v
		}
		v.Addresses = append(v.Addresses, prefixesOf(r)...)
		v.Notices = append(v.Notices, notices[i]...)
		v.Changed = v.Changed || transitions[i].Changed()
	}
	var vips []vip
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		vips = append(vips, *byName[name])
	}
	return vips
}

// prefixesOf returns the addresses of r as written, without those that only a
// link knows.
func prefixesOf(r *plan.Router) []string {
	var prefixes []string
	for _, a := range r.Addresses {
		if p, err := netip.ParsePrefix(a.Prefix); err == nil && !p.Addr().IsLinkLocalUnicast() {
			prefixes = append(prefixes, a.Prefix)
		}
	}
	return prefixes
}

// whereActive returns the host that is Active for the router id: one that reports
// it, or else presumed from the order of the present plans. Empty when neither
// tells.
func whereActive(id string, present fleet.Generation, reported []string) (host string, presumed bool) {
	if len(reported) > 0 {
		return reported[0], false
	}
	if order := present.Preference(id); len(order) > 0 {
		return order[0].Host, true
	}
	return "", false
}
