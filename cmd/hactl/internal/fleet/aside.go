package fleet

import (
	"fmt"
	"slices"
	"strings"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// IsDrained reports whether the host's agent says so.
func (m *Member) IsDrained() bool {
	return m.Alive && m.Status.Intents != nil && m.Status.Intents.Drained != nil
}

// Movable returns the IDs of a host's routers that can stand aside. An owner
// cannot, which is an error unless forced.
func (f *Fleet) Movable(host string, force bool) ([]string, error) {
	var ids, owned []string
	for _, id := range f.Plans.IDs() {
		switch r := f.Plans.Router(host, id); {
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

// Left returns which of the routers the host is still Active for, or on its way
// out of, although they have other members.
func (f *Fleet) Left(host string, ids []string) []string {
	var left []string
	for _, id := range ids {
		r := ReportOf(f.Member(host).Status, id)
		if r != nil && r.State == status.Active && len(f.Plans.Preference(id)) > 1 {
			left = append(left, id)
		}
	}
	return left
}

// Heirs returns the hosts that would take over what a host is Active for, each
// once, with all that is known against them. A vip that no other host has is
// left to itself.
func (f *Fleet) Heirs(host string, ids []string) []Standing {
	var heirs []Standing
	for _, id := range ids {
		if r := ReportOf(f.Member(host).Status, id); !f.Member(host).Alive || r == nil || r.State != status.Active {
			continue
		}
		all := slices.DeleteFunc(f.Standings(f.Plans.Any(id).Vip), func(s Standing) bool { return s.Host == host })
		if len(all) == 0 {
			continue
		}
		next := slices.MaxFunc(all, func(a, b Standing) int { return a.Now - b.Now })
		if !slices.ContainsFunc(heirs, func(s Standing) bool { return s.Host == next.Host && s.String() == next.String() }) {
			heirs = append(heirs, next)
		}
	}
	return heirs
}

// Returning are those of a host's routers that come back as soon as it no longer
// stands aside for all: it is the best of them, fit, and preempts at once.
func (f *Fleet) Returning(host string, ids []string) []string {
	var back []string
	for _, id := range ids {
		r := f.Plans.Router(host, id)
		if r.Preemption.Mode != plan.Always || f.Member(host).Wanted.Hold(r.Vip) != nil {
			continue
		}
		all := f.Standings(r.Vip)
		i := slices.IndexFunc(all, func(s Standing) bool { return s.Host == host })
		others := slices.ContainsFunc(all, func(s Standing) bool { return s.Host != host && s.Now >= all[i].Rank })
		if router := ReportOf(f.Member(host).Status, id); !others && router != nil && router.State != status.Initialize {
			back = append(back, id)
		}
	}
	return back
}
