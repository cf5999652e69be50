package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// standing is how a host would do as the Active one of a vip.
type standing struct {
	candidate
	rank    int      // the priority that it has when it does not stand aside
	now     int      // the one that it has now
	wrong   []string // why it is not fit; nil: nothing is known against it
	unknown string   // why it cannot be known; empty when it is
}

// standings returns all members of a vip, the best by rank first, and of equal
// ones the first by name.
func (f *fleet) standings(vip string) []standing {
	var all []standing
	ids := f.routers(vip)
	for _, c := range f.plans.preference(ids[0]) {
		all = append(all, f.standing(c, ids))
	}
	slices.SortFunc(all, func(a, b standing) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.Host, b.Host))
	})
	return all
}

// standing judges one member by its newest report.
func (f *fleet) standing(c candidate, ids []string) standing {
	s := standing{candidate: c, rank: c.Priority, now: c.Priority}
	m := f.member(c.Host)
	switch {
	case c.Kind != plan.Hactl:
		s.unknown = fmt.Sprintf("it speaks %s, and reports nothing to hactl", c.Kind)
	case m == nil:
		s.unknown = "it is not in this store"
	case m.Unread != nil:
		s.unknown = m.Unread.Error()
	case m.Status == nil:
		s.unknown = "no agent has reported from there yet"
	case !m.Alive:
		s.wrong = silence(m.Status, time.Now())
	default:
		s.judge(m.Status, ids)
	}
	return s
}

// judge notes what a report of a running agent says of its routers.
func (s *standing) judge(h *status.Host, ids []string) {
	if h.Intents != nil && h.Intents.Drained != nil {
		s.wrong = append(s.wrong, fmt.Sprintf("it is drained by %v", *h.Intents.Drained))
	}
	for i, id := range ids {
		r := reportOf(h, id)
		if r == nil {
			s.wrong = append(s.wrong, fmt.Sprintf("its agent has no %s", id))
			continue
		}
		rank := cmp.Or(r.Rank, r.Effective)
		if i == 0 || rank < s.rank {
			s.rank, s.now = rank, r.Effective
		}
		s.wrong = append(s.wrong, shortcomings(*r)...)
		for _, u := range h.Upgrades {
			if slices.Contains(u.Held, r.Vip) {
				s.wrong = append(s.wrong, fmt.Sprintf("%s is kept away from it while %s is upgraded", r.Vip, u.Name))
			}
		}
	}
}

// shortcomings says what speaks against a router's becoming Active.
func shortcomings(r status.Router) []string {
	var words []string
	switch {
	case r.State == status.Initialize:
		words = append(words, fmt.Sprintf("%s waits there: %s", r.ID, r.Waiting))
	case r.State == status.Backup && r.ActivePeer == "":
		words = append(words, fmt.Sprintf("%s hears no Active router there", r.ID))
	}
	for _, t := range r.Tracks {
		if t.State == status.Down && r.State != status.Initialize {
			words = append(words, fmt.Sprintf("%s%s is down there, which %s depends on", t.Check, t.Interface, r.ID))
		}
	}
	return words
}

// String says what is against the host, in one line.
func (s standing) String() string {
	if s.unknown != "" {
		return s.unknown
	}
	return strings.Join(s.wrong, "; ")
}
