package rollout

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/lang/rule"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// hindrance is what is against a host's going next.
type hindrance struct {
	words string // empty: nothing
	lasts bool   // it is known; otherwise it is a report that is awaited
	help  string // what people can do about it, a sentence without its full stop; empty: nothing but to wait
}

// next returns the host that goes next, of those that have not begun.
func (r *Upgrade) next() *Host { return r.InOrder(r.in(NotBegun))[0] }

// InOrder returns hosts in the order in which they go: those whose orders are taken back
// before others, then those whose agents answer, then those that are Active for fewer vips.
func (r *Upgrade) InOrder(hosts []*Host) []*Host {
	if r.inTurn {
		return hosts
	}
	order := fleet.BackupsFirst(r.Fleet.Plans, r.Fleet.Reports())
	return slices.SortedFunc(slices.Values(hosts), func(a, b *Host) int {
		if x, y := r.TakesBack(a), r.TakesBack(b); x != y {
			return map[bool]int{true: -1, false: 1}[x]
		}
		return cmp.Or(cmp.Compare(len(a.Awaited()), 0)-cmp.Compare(len(b.Awaited()), 0), len(r.On(a))-len(r.On(b)),
			slices.Index(order, a.Host)-slices.Index(order, b.Host))
	})
}

// On returns the vips that a host is Active for.
func (r *Upgrade) On(h *Host) []string {
	return slices.DeleteFunc(r.Fleet.Plans.VipsOf(h.Host), func(vip string) bool { return !slices.Contains(r.Fleet.Active(r.Fleet.Routers(vip)), h.Host) })
}

// against says what is against a host's going next: that it cannot be asked, that
// another upgrade is under way, or that a vip could not do without the host. Only one
// upgrade is under way in a store at a time, so that what the compiler has proven of
// each holds for all.
func (r *Upgrade) against(h *Host) hindrance {
	if r.TakesBack(h) {
		return hindrance{} // that ends what is under way
	}
	if words := h.Awaited(); words != "" {
		return hindrance{words: words}
	}
	if r.Back && h.Report().Previous == nil {
		return hindrance{words: h.Host + " has kept nothing that ran before", lasts: true}
	}
	others, help := r.others()
	words := append(others, r.needed(h)...)
	if len(words) > 0 && r.Force {
		r.tell(h, "goes on, by force, although "+strings.Join(words, "; "))
		words = nil
	}
	return hindrance{words: strings.Join(words, "; "), lasts: true, help: cmp.Or(help, "Mend that, or go on with ") + r.byForce()}
}

// byForce is the command that goes on with r although something is against it.
func (r *Upgrade) byForce() string {
	verb := "run"
	if r.Back && !r.inTurn {
		verb = "rollback"
	}
	return fmt.Sprintf("\"hactl upgrade %s %s --force\"", verb, r.Name)
}

// others says which upgrades are under way that are not of this rollout, and what
// ends them, up to the command that overrules that; both empty when none is.
func (r *Upgrade) others() (words []string, help string) {
	var back []string
	for _, m := range r.Fleet.Members {
		if m.Status == nil {
			continue
		}
		for _, u := range m.Status.Upgrades {
			if !fleet.IsUnderWay(&u) || r.ours(m.Host, u) {
				continue
			}
			words = append(words, fmt.Sprintf("%s is under way with upgrade %s, ordered by %v", m.Host, u.Name, u.Order.Mark))
			if command := fmt.Sprintf("\"hactl upgrade rollback %s\"", u.Name); !u.Order.Back && !slices.Contains(back, command) {
				back = append(back, command)
			}
		}
	}
	switch {
	case len(words) == 0:
		return nil, ""
	case len(back) == 0:
		return words, "Wait until it has ended, as \"hactl upgrade status\" shows, or go on with "
	}
	return words, fmt.Sprintf("Wait until it has ended, as \"hactl upgrade status\" shows, take it back with %s, or go on with ", rule.List(back))
}

// ours reports whether what is under way on a host is of this rollout.
func (r *Upgrade) ours(host string, u status.Upgrade) bool {
	return slices.ContainsFunc(r.Hosts, func(h *Host) bool {
		return h.Host == host && h.Order != nil && h.Order.ID == u.Order.ID
	})
}

// needed says which vips could not do without a host: no other one that is fit, and
// not under way, has them. One that nobody else can have stays; so does one that is
// Active once, and elsewhere.
func (r *Upgrade) needed(h *Host) []string {
	var words []string
	for _, vip := range r.Fleet.Plans.VipsOf(h.Host) {
		ids := r.Fleet.Routers(vip)
		on := r.Fleet.Active(ids)
		others := slices.DeleteFunc(r.Fleet.Standings(vip), func(s fleet.Standing) bool { return s.Host == h.Host })
		switch {
		case len(on) > 1:
			words = append(words, fleet.Split(vip, on))
		case len(others) == 0, slices.ContainsFunc(others, r.free):
		case !slices.Contains(on, h.Host) && !slices.ContainsFunc(ids, func(id string) bool { return r.Fleet.Holder(id) == "" }):
		default:
			words = append(words, fmt.Sprintf("no other host is fit for %s: %s", vip, r.why(others)))
		}
	}
	return words
}

// free reports whether a host is fit to have a vip, and not under way. Of hosts that
// are not hactl's that is believed, as everywhere.
func (r *Upgrade) free(s fleet.Standing) bool {
	return s.Kind != plan.Hactl || len(s.Wrong) == 0 && s.Unknown == "" && !r.busy(s.Host)
}

func (r *Upgrade) busy(host string) bool {
	return slices.ContainsFunc(r.in(UnderWay), func(h *Host) bool { return h.Host == host })
}

// why says of each host why it is not free.
func (r *Upgrade) why(others []fleet.Standing) string {
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
