package fleet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Standing is how a host would do as the Active one of a vip.
type Standing struct {
	Candidate          // by the plans
	Rank      int      // the priority that it has when it does not stand aside
	Now       int      // the one that it has now
	Wrong     []string // why it is not fit; nil: nothing is known against it
	Unknown   string   // why it cannot be known; empty when it is
}

// Standings returns all members of a vip, the best by rank first, and of equal
// ones the first by name.
func (f *Fleet) Standings(vip string) []Standing {
	var all []Standing
	ids := f.Routers(vip)
	for _, c := range f.Plans.Preference(ids[0]) {
		all = append(all, f.standing(c, ids))
	}
	slices.SortFunc(all, func(a, b Standing) int {
		return cmp.Or(cmp.Compare(b.Rank, a.Rank), cmp.Compare(a.Host, b.Host))
	})
	return all
}

// standing judges one member by its newest report.
func (f *Fleet) standing(c Candidate, ids []string) Standing {
	s := Standing{Candidate: c, Rank: c.Priority, Now: c.Priority}
	m := f.Member(c.Host)
	switch {
	case c.Kind != plan.Hactl:
		s.Unknown = fmt.Sprintf("it speaks %s, and reports nothing to hactl", c.Kind)
	case m == nil:
		s.Unknown = "it is not in this store"
	case m.Unread != nil:
		s.Unknown = m.Unread.Error()
	case m.Status == nil:
		s.Unknown = "no agent has reported from there yet"
	case !m.Alive:
		s.Wrong = Silence(m.Status, time.Now())
	default:
		s.judge(m.Status, ids)
	}
	return s
}

// judge notes what a report of a running agent says of its routers.
func (s *Standing) judge(h *status.Host, ids []string) {
	if h.Intents != nil && h.Intents.Drained != nil {
		s.Wrong = append(s.Wrong, fmt.Sprintf("it is drained by %v", *h.Intents.Drained))
	}
	for i, id := range ids {
		r := ReportOf(h, id)
		if r == nil {
			s.Wrong = append(s.Wrong, fmt.Sprintf("its agent has no %s", id))
			continue
		}
		rank := cmp.Or(r.Rank, r.Effective)
		if i == 0 || rank < s.Rank {
			s.Rank, s.Now = rank, r.Effective
		}
		s.Wrong = append(s.Wrong, shortcomings(*r)...)
		for _, u := range h.Upgrades {
			if slices.Contains(u.Held, r.Vip) {
				s.Wrong = append(s.Wrong, fmt.Sprintf("%s is kept away from it while %s is upgraded", r.Vip, u.Name))
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
func (s Standing) String() string {
	if s.Unknown != "" {
		return s.Unknown
	}
	return strings.Join(s.Wrong, "; ")
}
