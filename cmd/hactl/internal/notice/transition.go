package notice

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"hactl/cmd/hactl/internal/fleet"
	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/plan"
)

// Transition is what two generations of plans make of one router: what its
// clients will notice follows from it.
type Transition struct {
	ID       string // of the router
	Old, New fleet.Generation

	// Active is the host that answers now: reported, or else presumed from the
	// old priorities. Empty when neither tells.
	Active   string
	Presumed bool

	// Over tells that the rollout changes its terms over, and Obstacle why it cannot;
	// empty when it can, or need not.
	Over     bool
	Obstacle string
}

// Words says in words what clients of the router will notice, one line for
// the addresses that stay, those that come and those that go. A router that no
// plan touches gives one line too: that its addresses stay where they are.
func (t Transition) Words() []string {
	kept, fresh, gone := t.addresses()
	var lines []string
	if len(kept) > 0 {
		lines = append(lines, list(kept)+" "+t.movement(len(kept)))
	}
	if to := t.next(); len(fresh) > 0 {
		line := fmt.Sprintf("%s %s new, on %s", list(fresh), terminal.Verb(len(fresh), "is", "are"), to)
		if class := t.Class(to); len(kept) == 0 && (class == plan.Added || class == plan.Recreated) {
			line += fmt.Sprintf(": %s within %s of the start", terminal.Verb(len(fresh), "answers", "answer"), terminal.Seconds(t.start(to)))
		}
		lines = append(lines, line)
	}
	if len(gone) > 0 {
		lines = append(lines, list(gone)+terminal.Verb(len(gone), " goes away: its clients lose it", " go away: their clients lose them"))
	}
	for _, words := range []string{t.changeOver(), t.disagreement()} {
		if words != "" {
			lines = append(lines, words)
		}
	}
	return lines
}

// movement says where the n addresses are now and where they will be.
func (t Transition) movement(n int) string {
	from, to := t.Active, t.next()
	presumably := ""
	if t.Presumed {
		presumably = "presumably "
	}
	switch {
	case from == "":
		return fmt.Sprintf("%s on a host that cannot be told, and will be on %s", terminal.Verb(n, "is", "are"), to)
	case from != to:
		return fmt.Sprintf("%s%s %s → %s%s: %s", presumably, terminal.Verb(n, "moves", "move"), from, to, t.delay(from), t.interruption(from, to))
	}
	return fmt.Sprintf("%s%s on %s: %s", presumably, terminal.Verb(n, "stays", "stay"), from, t.interruption(from, to))
}

// next returns the host that will be Active: the best one, or the present one
// where nothing preempts it. Empty when no plan has the router any more.
func (t Transition) next() string {
	order := t.New.Preference(t.ID)
	if len(order) == 0 {
		return ""
	}
	if was, is := t.Old.Router(t.Active, t.ID), t.New.Router(t.Active, t.ID); was != nil && is != nil &&
		is.Preemption.Mode == plan.Never && t.Class(t.Active) < plan.Recreated && is.Priority >= was.Priority {
		return t.Active
	}
	return order[0].Host
}

// interruption says how long clients go without an answer.
func (t Transition) interruption(from, to string) string {
	if t.Old.Unknown(from) || t.Old.Unknown(to) {
		return "whether clients notice cannot be told, as a present plan could not be read"
	}
	if t.Class(from) == plan.Recreated || from != to && t.Class(to) == plan.Recreated {
		return fmt.Sprintf("interruption of up to %s", terminal.Seconds(t.takeover(to)))
	}
	return "no interruption"
}

// delay says that a move waits, when preemption on to is delayed.
func (t Transition) delay(from string) string {
	r := t.New.Router(t.next(), t.ID)
	if r == nil || r.Preemption.Mode != plan.Delayed || t.Class(from) == plan.Removed {
		return ""
	}
	return fmt.Sprintf(" after %s", time.Duration(r.Preemption.Delay)*time.Millisecond)
}

// disagreement says on what neighbours disagree while some have followed and
// others have not; empty when there is nothing.
func (t Transition) disagreement() string {
	words := t.Disagreements()
	if len(words) == 0 {
		return ""
	}
	line := fmt.Sprintf("two hosts may answer until all have followed: they disagree on %s", strings.Join(words, ", "))
	switch others := t.foreign(); {
	case t.Obstacle != "" && slices.ContainsFunc(words, isTerm):
		line += fmt.Sprintf(", which cannot change over (%s)", t.Obstacle)
	case slices.Contains(words, "addresses"): // of foreign neighbours only
		line += fmt.Sprintf(", which cannot change over (%s %s adverts of one kind only)", terminal.Few(others), terminal.Verb(len(others), "takes", "take"))
	}
	if others := t.foreign(); len(others) > 0 {
		line += fmt.Sprintf("; %s %s to be changed by hand", terminal.Few(others), terminal.Verb(len(others), "has", "have"))
	}
	return line
}

// foreign names the members that get no plan.
func (t Transition) foreign() []string {
	var hosts []string
	for _, c := range t.New.Preference(t.ID) {
		if c.Kind != plan.Hactl {
			hosts = append(hosts, c.Host)
		}
	}
	return hosts
}

// Disagreements names what neighbours disagree on, sorted.
func (t Transition) Disagreements() []string {
	return slices.DeleteFunc(t.agreements(), func(word string) bool { return t.Over && isTerm(word) })
}

// changeOver says what changes in such a way that neighbours agree all the time;
// empty when there is nothing.
func (t Transition) changeOver() string {
	words := slices.DeleteFunc(t.agreements(), func(word string) bool { return !isTerm(word) })
	if !t.Over || len(words) == 0 {
		return ""
	}
	return fmt.Sprintf("the %s %s in three waves, in which every host hears every other", strings.Join(words, " and the "), terminal.Verb(len(words), "changes", "change"))
}

// isTerm tells whether hosts can take what is named in the old way and in the new.
func isTerm(word string) bool { return word == "authentication" || word == "advert interval" }

// agreements names what changes of that on which neighbours have to agree, sorted.
func (t Transition) agreements() []string {
	if len(t.New.Preference(t.ID)) < 2 {
		return nil
	}
	foreign := len(t.foreign()) > 0
	var words []string
	for _, host := range t.hosts() {
		for _, word := range t.change(host).Agreement {
			if word != "addresses" || foreign { // hactl hears a neighbour that lists others, keepalived before 2.3.3 does not
				words = append(words, word)
			}
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// hosts returns the hosts that have the router by the old plans or by the new
// ones, sorted.
func (t Transition) hosts() []string {
	hosts := slices.Concat(t.Old.Holders(t.ID), t.New.Holders(t.ID))
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// Class is what becomes of the router on host.
func (t Transition) Class(host string) plan.Class { return t.change(host).Class }

// change is what becomes of the router on host. A foreign router, one of which
// the old plan is unknown, and one that neither plan has count as untouched.
func (t Transition) change(host string) plan.Change {
	was, is := t.Old.Router(host, t.ID), t.New.Router(host, t.ID)
	if t.Old.Unknown(host) || was == nil && is == nil {
		return plan.Change{ID: t.ID}
	}
	return plan.Diff(alone(was), alone(is))[0]
}

// alone returns a plan of nothing but r, which may be nil.
func alone(r *plan.Router) *plan.Plan {
	if r == nil {
		return nil
	}
	return &plan.Plan{Routers: []plan.Router{*r}}
}

// Changed tells whether any host's plan changes the router, or may.
func (t Transition) Changed() bool {
	for _, host := range t.hosts() {
		if t.Class(host) != plan.Untouched || t.Old.Unknown(host) && t.New.Router(host, t.ID) != nil {
			return true
		}
	}
	return false
}

// start returns how long the router on host takes at most until it is Active when
// it starts together with its agent, or its link.
func (t Transition) start(host string) time.Duration {
	r := t.New.Router(host, t.ID)
	if r == nil {
		return 0
	}
	quiet := time.Duration(max(r.QuietStart, r.QuietLink)) * time.Millisecond
	if quiet > 0 {
		quiet += r.Skew(r.Priority)
	}
	return max(t.takeover(host), quiet)
}

// takeover returns the Active_Down_Interval of the router on host: how long a
// Backup waits for an Active that is silent. 0 when no plan tells.
func (t Transition) takeover(host string) time.Duration {
	r := t.New.Router(host, t.ID)
	if r == nil {
		return 0
	}
	return r.ActiveDownInterval(r.Priority)
}

// addresses splits the router's addresses into those of both generations, of
// the new only and of the old only. While an old plan is unknown and the others
// do not have the router, its addresses count as there already.
func (t Transition) addresses() (kept, fresh, gone []netip.Addr) {
	was, is := addressesOf(t.Old.Any(t.ID)), addressesOf(t.New.Any(t.ID))
	if len(was) == 0 && t.Old.AnyUnknown() {
		return is, nil, nil
	}
	for _, a := range is {
		if slices.Contains(was, a) {
			kept = append(kept, a)
		} else {
			fresh = append(fresh, a)
		}
	}
	for _, a := range was {
		if !slices.Contains(is, a) {
			gone = append(gone, a)
		}
	}
	return kept, fresh, gone
}

// addressesOf returns the addresses of r, without those that only a link knows.
// A nil router has none.
func addressesOf(r *plan.Router) []netip.Addr {
	var all []netip.Addr
	if r == nil {
		return nil
	}
	for _, a := range r.Addresses {
		if p, err := netip.ParsePrefix(a.Prefix); err == nil && !p.Addr().IsLinkLocalUnicast() {
			all = append(all, p.Addr())
		}
	}
	return all
}

// list names addresses, many of them by the first and a number.
func list(addresses []netip.Addr) string {
	var words []string
	for _, a := range addresses {
		words = append(words, a.String())
	}
	return terminal.Few(words)
}
