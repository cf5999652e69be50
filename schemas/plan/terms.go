package plan

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Terms are what the routers of one VRID must agree on to hear each other, and
// can change without an interruption: meanwhile each of them takes adverts by the
// old terms and by the new.
type Terms struct {
	Auth           *Auth    `json:"auth,omitempty"`     // nil: none
	AdvertInterval int      `json:"advert_interval_ms"` // as in Router; in version 3 nobody need agree on it
	Addresses      []string `json:"addresses"`          // what adverts list, in order, 1 to 255; hactl takes adverts that list others, too
}

// Terms returns those by which r sends.
func (r *Router) Terms() Terms { return Terms{r.Auth, r.AdvertInterval, listed(r)} }

// takes returns all terms by which r takes adverts, its own first.
func (r *Router) takes() []Terms { return append([]Terms{r.Terms()}, r.Accept...) }

// Hears reports whether r surely takes what s sends, as far as VRID, family,
// version and terms go. What files of secrets hold it does not know: the same name
// is taken for the same secret.
func (r *Router) Hears(s *Router) bool {
	if r.VRID != s.VRID || r.Family != s.Family || r.Version != s.Version {
		return false
	}
	return slices.ContainsFunc(r.takes(), func(t Terms) bool {
		return s.Auth.heardBy(t.Auth) && (r.Version == 3 || s.AdvertInterval == t.AdvertInterval)
	})
}

// expects reports whether adverts that list these addresses are as r takes them.
func (r *Router) expects(addresses []string) bool {
	return slices.ContainsFunc(r.takes(), func(t Terms) bool { return slices.Equal(t.Addresses, addresses) })
}

// Auths returns all authentications by which r sends or takes adverts, each not
// nil, its own first.
func (r *Router) Auths() []*Auth {
	var all []*Auth
	for _, t := range r.takes() {
		if t.Auth != nil {
			all = append(all, t.Auth)
		}
	}
	return all
}

// BackupInterval returns the interval, in milliseconds, of which a Backup waits
// for three before it takes over, until it has learned another one: in version 2,
// which learns none, the longest by which neighbours may send.
func (r *Router) BackupInterval() int {
	longest := r.AdvertInterval
	if r.Version == 2 {
		for _, t := range r.Accept {
			longest = max(longest, t.AdvertInterval)
		}
	}
	return longest
}

// Plain returns p as it is outside of a change-over: without what routers take
// beside what they send.
func (p *Plan) Plain() *Plan {
	plain := *p
	plain.Routers = slices.Clone(p.Routers)
	for i := range plain.Routers {
		plain.Routers[i].Accept = nil
	}
	return &plain
}

// String says in words what adverts by t are like. It shows nothing of a secret.
func (t Terms) String() string {
	auth := "no authentication"
	switch t.Auth.kind() {
	case AuthPass:
		auth = "a password"
	case AuthHMAC:
		auth = fmt.Sprintf("hmac-sha256 by key %d", t.Auth.Active)
	}
	return fmt.Sprintf("%s, every %s, for %s", auth, milliseconds(t.AdvertInterval), strings.Join(t.Addresses, " "))
}

// accepted compares what is taken beside what the router itself sends.
func (c *comparison) accepted() {
	was, is := c.was.Accept, c.is.Accept
	if reflect.DeepEqual(was, is) {
		return
	}
	for _, t := range was {
		if !t.in(is) {
			c.note(InPlace, "", "no longer takes adverts with %s", t)
		}
	}
	for _, t := range is {
		if !t.in(was) {
			c.note(InPlace, "", "takes adverts with %s, too", t)
		}
	}
	c.class = max(c.class, InPlace)
	if len(c.what) == 0 {
		c.note(InPlace, "", "another order of what is taken")
	}
}

// in reports whether t is among all.
func (t Terms) in(all []Terms) bool {
	return slices.ContainsFunc(all, func(u Terms) bool { return reflect.DeepEqual(t, u) })
}

// validateAccept checks what is taken beside what the router itself sends.
func (r *Router) validateAccept(f *faults) {
	f.most("accept", len(r.Accept))
	at := f.at
	for i, t := range r.Accept {
		f.at = fmt.Sprintf("%saccept %d: ", at, i+1)
		t.validate(f, r)
		if t.in(r.Accept[:i]) || t.in([]Terms{r.Terms()}) {
			f.add("taken already")
		}
	}
	f.at = at
}

// validate checks terms that a neighbour of r has.
func (t Terms) validate(f *faults, r *Router) {
	if t.Auth != nil {
		t.Auth.validate(f, r.Version)
	}
	r.validateInterval(f, t.AdvertInterval)
	f.span("addresses", len(t.Addresses), 1, 255)
	for _, a := range t.Addresses {
		f.unicast("addresses", a, r.Family)
	}
}
