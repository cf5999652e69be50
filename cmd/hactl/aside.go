package main

import (
	"fmt"
	"slices"
	"strings"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// isDrained reports whether the host's agent says so.
func (m *member) isDrained() bool {
	return m.Alive && m.Status.Intents != nil && m.Status.Intents.Drained != nil
}

// movable returns the IDs of a host's routers that can stand aside. An owner
// cannot, which is an error unless forced.
func (f *fleet) movable(host string, force bool) ([]string, error) {
	var ids, owned []string
	for _, id := range f.plans.ids() {
		switch r := f.plans.router(host, id); {
		case r == nil:
		case r.Priority == plan.Owner:
			owned = append(owned, id)
		default:
			ids = append(ids, id)
		}
	}
	if len(owned) > 0 && !force {
		return nil, fmt.Errorf("nothing was changed, as %s owns the addresses of %s: they are the host's own, and stay on it. Drain the rest with --force", host, strings.Join(owned, ", "))
	}
	return ids, nil
}

// left returns which of the routers the host is still Active for, or on its way
// out of, although they have other members.
func (f *fleet) left(host string, ids []string) []string {
	var left []string
	for _, id := range ids {
		r := reportOf(f.member(host).Status, id)
		if r != nil && r.State == status.Active && len(f.plans.preference(id)) > 1 {
			left = append(left, id)
		}
	}
	return left
}

// heirs returns the hosts that would take over what a host is Active for, each
// once, with all that is known against them. A vip that no other host has is
// left to itself.
func (f *fleet) heirs(host string, ids []string) []standing {
	var heirs []standing
	for _, id := range ids {
		if r := reportOf(f.member(host).Status, id); !f.member(host).Alive || r == nil || r.State != status.Active {
			continue
		}
		all := slices.DeleteFunc(f.standings(f.plans.any(id).Vip), func(s standing) bool { return s.Host == host })
		if len(all) == 0 {
			continue
		}
		next := slices.MaxFunc(all, func(a, b standing) int { return a.now - b.now })
		if !slices.ContainsFunc(heirs, func(s standing) bool { return s.Host == next.Host && s.String() == next.String() }) {
			heirs = append(heirs, next)
		}
	}
	return heirs
}

// returning are those of a host's routers that come back as soon as it no longer
// stands aside for all: it is the best of them, fit, and preempts at once.
func (f *fleet) returning(host string, ids []string) []string {
	var back []string
	for _, id := range ids {
		r := f.plans.router(host, id)
		if r.Preemption.Mode != plan.Always || f.member(host).wanted.Hold(r.Vip) != nil {
			continue
		}
		all := f.standings(r.Vip)
		i := slices.IndexFunc(all, func(s standing) bool { return s.Host == host })
		others := slices.ContainsFunc(all, func(s standing) bool { return s.Host != host && s.now >= all[i].rank })
		if router := reportOf(f.member(host).Status, id); !others && router != nil && router.State != status.Initialize {
			back = append(back, id)
		}
	}
	return back
}
