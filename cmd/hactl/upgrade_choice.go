package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// hindrance is what is against a host's going next.
type hindrance struct {
	words string // empty: nothing
	lasts bool   // it is known; otherwise it is a report that is awaited
	force bool   // --force overrules it
}

// next returns the host that goes next, of those that have not begun.
func (r *upgradeRollout) next() *upgradeHost { return r.inOrder(r.in(notBegun))[0] }

// inOrder returns hosts in the order in which they go: those whose orders are taken back
// before others, then those whose agents answer, then those that are Active for fewer vips.
func (r *upgradeRollout) inOrder(hosts []*upgradeHost) []*upgradeHost {
	if r.inTurn {
		return hosts
	}
	order := fleet.BackupsFirst(r.fleet.Plans, r.fleet.Reports())
	return slices.SortedFunc(slices.Values(hosts), func(a, b *upgradeHost) int {
		if x, y := r.takesBack(a), r.takesBack(b); x != y {
			return map[bool]int{true: -1, false: 1}[x]
		}
		return cmp.Or(cmp.Compare(len(a.awaited()), 0)-cmp.Compare(len(b.awaited()), 0), len(r.on(a))-len(r.on(b)),
			slices.Index(order, a.Host)-slices.Index(order, b.Host))
	})
}

// on returns the vips that a host is Active for.
func (r *upgradeRollout) on(h *upgradeHost) []string {
	return slices.DeleteFunc(r.fleet.Plans.VipsOf(h.Host), func(vip string) bool { return !slices.Contains(r.fleet.Active(r.fleet.Routers(vip)), h.Host) })
}

// against says what is against a host's going next: that it cannot be asked, that
// another upgrade is under way, or that a vip could not do without the host. Only one
// upgrade is under way in a store at a time, so that what the compiler has proven of
// each holds for all.
func (r *upgradeRollout) against(h *upgradeHost) hindrance {
	if r.takesBack(h) {
		return hindrance{} // that ends what is under way
	}
	if words := h.awaited(); words != "" {
		return hindrance{words: words}
	}
	if r.back && h.report().Previous == nil {
		return hindrance{words: h.Host + " has kept nothing that ran before", lasts: true}
	}
	words := append(r.others(), r.needed(h)...)
	if len(words) > 0 && r.force {
		r.tell(h, "goes on, by force, although "+strings.Join(words, "; "))
		words = nil
	}
	return hindrance{words: strings.Join(words, "; "), lasts: true, force: true}
}

// others says which upgrades are under way that are not of this rollout.
func (r *upgradeRollout) others() []string {
	var words []string
	for _, m := range r.fleet.Members {
		if m.Status == nil {
			continue
		}
		for _, u := range m.Status.Upgrades {
			if fleet.IsUnderWay(&u) && !r.ours(m.Host, u) {
				words = append(words, fmt.Sprintf("%s is under way with upgrade %s, ordered by %v", m.Host, u.Name, u.Order.Mark))
			}
		}
	}
	return words
}

// ours reports whether what is under way on a host is of this rollout.
func (r *upgradeRollout) ours(host string, u status.Upgrade) bool {
	return slices.ContainsFunc(r.hosts, func(h *upgradeHost) bool {
		return h.Host == host && h.order != nil && h.order.ID == u.Order.ID
	})
}

// needed says which vips could not do without a host: no other one that is fit, and
// not under way, has them. One that nobody else can have stays; so does one that is
// Active once, and elsewhere.
func (r *upgradeRollout) needed(h *upgradeHost) []string {
	var words []string
	for _, vip := range r.fleet.Plans.VipsOf(h.Host) {
		ids := r.fleet.Routers(vip)
		on := r.fleet.Active(ids)
		others := slices.DeleteFunc(r.fleet.Standings(vip), func(s fleet.Standing) bool { return s.Host == h.Host })
		switch {
		case len(on) > 1:
			words = append(words, fleet.Split(vip, on))
		case len(others) == 0, slices.ContainsFunc(others, r.free):
		case !slices.Contains(on, h.Host) && !slices.ContainsFunc(ids, func(id string) bool { return r.fleet.Holder(id) == "" }):
		default:
			words = append(words, fmt.Sprintf("no other host is fit for %s: %s", vip, r.why(others)))
		}
	}
	return words
}

// free reports whether a host is fit to have a vip, and not under way. Of hosts that
// are not hactl's that is believed, as everywhere.
func (r *upgradeRollout) free(s fleet.Standing) bool {
	return s.Kind != plan.Hactl || len(s.Wrong) == 0 && s.Unknown == "" && !r.busy(s.Host)
}

func (r *upgradeRollout) busy(host string) bool {
	return slices.ContainsFunc(r.in(underWay), func(h *upgradeHost) bool { return h.Host == host })
}

// why says of each host why it is not free.
func (r *upgradeRollout) why(others []fleet.Standing) string {
	var words []string
	for _, s := range others {
		if r.busy(s.Host) {
			words = append(words, s.Host+" is under way itself")
			continue
		}
		words = append(words, s.Host+": "+s.String())
	}
	return strings.Join(words, ", and ")
}
