package plan

import (
	"cmp"
	"fmt"
	"strings"
)

// summary says what a router is, for one that comes or goes whole.
func (r *Router) summary() []string {
	what := []string{fmt.Sprintf("vrid %d on %s", r.VRID, r.Interface), fmt.Sprintf("priority %d", r.Priority)}
	for _, a := range r.Addresses {
		what = append(what, "address "+a.place())
	}
	for _, t := range r.Tracks {
		what = append(what, fmt.Sprintf("track %s: %s", t.subject(), t.effect()))
	}
	for _, name := range r.Notify {
		what = append(what, "notify "+name)
	}
	for _, h := range r.Hooks {
		what = append(what, fmt.Sprintf("hook %s %s", h.When, h.Command[0]))
	}
	for _, x := range r.Routes {
		what = append(what, "route "+x.String())
	}
	for _, x := range r.Rules {
		what = append(what, "rule "+x.String())
	}
	return what
}

// comparison collects the differences of two routers.
type comparison struct {
	*notes
	was, is *Router
}

// compare notes what becomes of a router.
func (r *Router) compare(is *Router, n *notes) {
	c := comparison{n, r, is}
	c.identity()
	c.transport()
	c.accepted()
	c.election()
	c.dependence()
	c.addresses()
	c.routes()
	c.neighbours()
}

// apart reports whether hosts that have followed and hosts that have not do not hear
// each other, by their terms.
func (c *comparison) apart() bool {
	was := *c.was
	was.VRID, was.Family, was.Version = c.is.VRID, c.is.Family, c.is.Version
	return !was.Hears(c.is) || !c.is.Hears(&was)
}

// identity compares what makes a router the one it is.
func (c *comparison) identity() {
	value(c.notes, Recreated, "vrid", "vrid", c.was.VRID, c.is.VRID)
	value(c.notes, Recreated, "", "interface", c.was.Interface, c.is.Interface)
	value(c.notes, Recreated, "version", "version", c.was.Version, c.is.Version)
	learned := "advert interval"
	if c.is.Version == 3 || !c.apart() {
		learned = "" // a Backup takes the interval of the Active, RFC 9568 section 6.1
	}
	value(c.notes, InPlace, learned, "advert interval", milliseconds(c.was.AdvertInterval), milliseconds(c.is.AdvertInterval))
}

// transport compares how adverts travel and what proves them.
func (c *comparison) transport() {
	if (len(c.was.Peers) > 0) != (len(c.is.Peers) > 0) {
		c.note(InPlace, "transport", "transport %s → %s", c.was.transport(), c.is.transport())
	} else {
		value(c.notes, InPlace, "transport", "multicast group", c.was.Group, c.is.Group)
		members(c.notes, "peer", "transport", c.was.Peers, c.is.Peers)
	}
	source := ""
	if len(c.is.Peers) > 0 {
		source = "source" // which the neighbours have as a peer
	}
	value(c.notes, InPlace, source, "source", cmp.Or(c.was.Source, "automatic"), cmp.Or(c.is.Source, "automatic"))
	value(c.notes, InPlace, "checksum", "checksum", c.was.Checksum, c.is.Checksum)
	c.authentication()
}

// election compares who wins and what it does then.
func (c *comparison) election() {
	class := InPlace
	if c.was.Priority == Owner || c.is.Priority == Owner {
		class = Recreated // the addresses pass between the host and hactl
	}
	value(c.notes, class, "", "priority", c.was.Priority, c.is.Priority)
	value(c.notes, InPlace, "", "preemption", c.was.Preemption, c.is.Preemption)
	value(c.notes, InPlace, "", "announcements in a burst", c.was.Announce.Burst, c.is.Announce.Burst)
	value(c.notes, InPlace, "", "second burst of announcements", after(c.was.Announce.Repeat), after(c.is.Announce.Repeat))
	plain(c.notes, "announcements while Active", every(c.was.Announce.Refresh), every(c.is.Announce.Refresh))
	plain(c.notes, "quiet start", lasting(c.was.QuietStart), lasting(c.is.QuietStart))
	plain(c.notes, "quiet link", lasting(c.was.QuietLink), lasting(c.is.QuietLink))
	plain(c.notes, "failover", c.was.failover(), c.is.failover())
	value(c.notes, InPlace, "", "on agent loss", c.was.OnAgentLoss, c.is.OnAgentLoss)
}

// addresses compares the virtual addresses. Neighbours compare those that adverts
// list, without the lengths of their prefixes.
func (c *comparison) addresses() {
	members(c.notes, "address", "", places(c.was), places(c.is))
	had := map[string]Address{}
	for _, a := range c.was.Addresses {
		had[a.place()] = a
	}
	for _, is := range c.is.Addresses {
		was, ok := had[is.place()]
		if !ok {
			continue
		}
		field := "address " + is.place()
		switch {
		case !was.Hidden && is.Hidden:
			c.note(InPlace, "", "%s no longer listed in adverts", field)
		case was.Hidden && !is.Hidden:
			c.note(InPlace, "", "%s now listed in adverts", field)
		}
		plain(c.notes, field+" label", was.Label, is.Label)
		plain(c.notes, field+" scope", was.Scope, is.Scope)
		plain(c.notes, field+" prefix route", yes(!was.NoPrefixRoute), yes(!is.NoPrefixRoute))
	}
	if !c.is.expects(listed(c.was)) || !c.was.expects(listed(c.is)) {
		c.agree("addresses")
	}
}

// neighbours compares the other members.
func (c *comparison) neighbours() {
	was := map[string]Neighbour{}
	for _, n := range c.was.Neighbours {
		was[n.Host] = n
	}
	members(c.notes, "neighbour", "", hosts(c.was), hosts(c.is))
	for _, n := range c.is.Neighbours {
		old, ok := was[n.Host]
		if !ok {
			continue
		}
		value(c.notes, InPlace, "", "neighbour "+n.Host+" router", old.Kind, n.Kind)
		value(c.notes, InPlace, "", "neighbour "+n.Host+" priority", old.Priority, n.Priority)
		value(c.notes, InPlace, "", "neighbour "+n.Host+" address", cmp.Or(old.Address, "unknown"), cmp.Or(n.Address, "unknown"))
	}
}

// place tells an address of a router from the others, and where it is put.
func (a Address) place() string {
	if a.Interface == "" {
		return a.Prefix
	}
	return a.Prefix + " on " + a.Interface
}

func places(r *Router) []string {
	var s []string
	for _, a := range r.Addresses {
		s = append(s, a.place())
	}
	return s
}

// listed returns the addresses that adverts carry.
func listed(r *Router) []string {
	var s []string
	for _, a := range r.Addresses {
		if address, _, _ := strings.Cut(a.Prefix, "/"); !a.Hidden {
			s = append(s, address)
		}
	}
	return s
}

func hosts(r *Router) []string {
	var s []string
	for _, n := range r.Neighbours {
		s = append(s, n.Host)
	}
	return s
}

func (r *Router) transport() string {
	if len(r.Peers) > 0 {
		return "unicast to " + strings.Join(r.Peers, ", ")
	}
	return "multicast to " + r.Group
}
