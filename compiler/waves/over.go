package waves

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"hactl/schemas/plan"
)

// over is, by the ID of each router whose terms change over, all terms by which its
// hosts send before, meanwhile and afterwards, in one order.
type over map[string][]plan.Terms

// during returns p with routers that take all terms which somebody sends by during
// their change-over. A nil plan stays nil.
func (o over) during(p *plan.Plan) *plan.Plan {
	if p == nil || !slices.ContainsFunc(p.Routers, func(r plan.Router) bool { return o[r.ID] != nil }) {
		return p
	}
	d := *p
	d.Routers = slices.Clone(p.Routers)
	for i := range d.Routers {
		if r := &d.Routers[i]; o[r.ID] != nil {
			own := r.Terms()
			r.Accept = slices.DeleteFunc(slices.Clone(o[r.ID]), func(t plan.Terms) bool { return reflect.DeepEqual(t, own) })
		}
	}
	return &d
}

// member is one router on one host.
type member struct {
	host      string
	has, next *plan.Router // nil: it does not have it
}

// members are all of one ID.
type members []member

// membersOf returns those of each router, by its ID.
func membersOf(hosts []Host) map[string]members {
	all := map[string]members{}
	for _, h := range hosts {
		at := map[string]*member{}
		for _, x := range []struct {
			plan *plan.Plan
			put  func(m *member, r *plan.Router)
		}{{h.Has, func(m *member, r *plan.Router) { m.has = r }}, {h.Next, func(m *member, r *plan.Router) { m.next = r }}} {
			if x.plan == nil {
				continue
			}
			for i := range x.plan.Routers {
				r := &x.plan.Routers[i]
				if at[r.ID] == nil {
					at[r.ID] = &member{host: h.Name}
				}
				x.put(at[r.ID], r)
			}
		}
		for id, m := range at {
			all[id] = append(all[id], *m)
		}
	}
	return all
}

// routers returns what the members have and are to have.
func (all members) routers() []*plan.Router {
	var routers []*plan.Router
	for _, m := range all {
		for _, r := range []*plan.Router{m.has, m.next} {
			if r != nil {
				routers = append(routers, r)
			}
		}
	}
	return routers
}

// needs reports whether a member that has followed and one that has not would not
// hear each other, by their terms. Where VRID or version change, too, no terms help.
func (all members) needs() bool {
	routers, alike := all.routers(), true
	for _, r := range routers {
		if r.VRID != routers[0].VRID || r.Version != routers[0].Version {
			return false
		}
		alike = alike && sameTerms(r, routers[0])
	}
	if alike {
		return false
	}
	for _, m := range all {
		if m.next == nil || m.has != nil && sameTerms(m.has, m.next) {
			continue
		}
		if slices.ContainsFunc(all, func(x member) bool { return x.host != m.host && x.has != nil && apart(m.next, x.has) }) {
			return true
		}
		if m.has != nil && apart(m.next, m.has) && slices.ContainsFunc(m.has.Neighbours, all.lacks) {
			return true
		}
	}
	return false
}

// apart reports whether two routers do not hear each other.
func apart(a, b *plan.Router) bool { return !a.Hears(b) || !b.Hears(a) }

// lacks reports whether a neighbour is none of the members: it is taken to send as it
// did.
func (all members) lacks(n plan.Neighbour) bool {
	return !slices.ContainsFunc(all, func(m member) bool { return m.host == n.Host })
}

// sameTerms reports whether two routers send and take the same, but for addresses:
// whatever they list, they hear each other.
func sameTerms(a, b *plan.Router) bool {
	return a.AdvertInterval == b.AdvertInterval && reflect.DeepEqual(a.Auth, b.Auth) && reflect.DeepEqual(a.Accept, b.Accept)
}

// obstacle says who among the members cannot take two kinds of adverts, or gets no
// plan that says so. Of the hosts that get one, known has whether it is known what
// they have.
func (all members) obstacle(known map[string]bool) string {
	for _, m := range all {
		if !known[m.host] {
			return fmt.Sprintf("what %s has now is not known", m.host)
		}
	}
	for _, r := range all.routers() {
		for _, n := range r.Neighbours {
			switch isKnown, told := known[n.Host]; {
			case n.Kind == plan.Keepalived:
				return fmt.Sprintf("%s runs keepalived, which takes adverts of one kind only", n.Host)
			case n.Kind != plan.Hactl:
				return fmt.Sprintf("%s does not run hactl, and takes adverts of one kind only", n.Host)
			case !told:
				return fmt.Sprintf("%s gets no plan", n.Host)
			case !isKnown:
				return fmt.Sprintf("what %s has now is not known", n.Host)
			}
		}
	}
	return ""
}

// terms returns all by which some member sends before or afterwards, each once.
func (all members) terms() []plan.Terms {
	byText := map[string]plan.Terms{}
	for _, r := range all.routers() {
		t := r.Terms()
		text, err := json.Marshal(t)
		if err != nil {
			panic("waves: terms cannot be encoded: " + err.Error())
		}
		byText[string(text)] = t
	}
	return sorted(byText)
}

// sorted returns terms in the order of their texts: a rollout that goes on makes the
// same plans.
func sorted(byText map[string]plan.Terms) []plan.Terms {
	var terms []plan.Terms
	for _, text := range slices.Sorted(maps.Keys(byText)) {
		terms = append(terms, byText[text])
	}
	return terms
}
