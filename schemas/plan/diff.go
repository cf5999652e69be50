package plan

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Class says how much of a router another plan touches.
type Class int

// The classes, from least to most.
const (
	Untouched Class = iota // keeps state, timers and sockets
	InPlace                // keeps its state; no transition unless the election says so
	Recreated              // the old router leaves, and a new one starts in its place
	Added                  // only the new plan has it
	Removed                // only the old plan has it
)

// String returns "untouched", "in place", "re-created", "added" or "removed".
func (c Class) String() string {
	return [...]string{"untouched", "in place", "re-created", "added", "removed"}[c]
}

// Change is what becomes of one router between two plans.
type Change struct {
	ID    string
	Class Class

	// What says it in operators' words ("priority 254 → 244"), empty when
	// Untouched. It shows nothing of a secret.
	What []string

	// Agreement names what changed of that on which all routers of one VRID must
	// agree, or they no longer hear each other: "vrid", "version", "advert
	// interval", "transport", "source", "checksum", "authentication",
	// "addresses". Until the neighbours have followed there may be two Actives.
	Agreement []string
}

// Diff returns what becomes of each router of either plan, in order of IDs, by
// the smallest class that fits. A nil plan has no routers. Both must be valid.
//
// Re-created are changes of VRID, interface and version, and into and out of
// ownership. All else is done in place, a change of transport too: the Active
// keeps its addresses and goes on to another group.
func Diff(old, new *Plan) []Change {
	was, is := byID(old), byID(new)
	ids := maps.Clone(was)
	maps.Copy(ids, is)
	var changes []Change
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		changes = append(changes, change(id, was[id], is[id]))
	}
	return changes
}

func byID(p *Plan) map[string]*Router {
	routers := map[string]*Router{}
	if p != nil {
		for i := range p.Routers {
			routers[p.Routers[i].ID] = &p.Routers[i]
		}
	}
	return routers
}

// change compares two routers of one ID, of which one may be nil.
func change(id string, was, is *Router) Change {
	switch {
	case was == nil:
		return Change{ID: id, Class: Added, What: is.summary()}
	case is == nil:
		return Change{ID: id, Class: Removed, What: was.summary()}
	}
	c := comparison{was: was, is: is}
	c.identity()
	c.transport()
	c.election()
	c.addresses()
	c.neighbours()
	return Change{ID: id, Class: c.class, What: c.what, Agreement: c.agreement}
}

// summary says what a router is, for one that comes or goes whole.
func (r *Router) summary() []string {
	what := []string{fmt.Sprintf("vrid %d on %s", r.VRID, r.Interface), fmt.Sprintf("priority %d", r.Priority)}
	for _, a := range r.Addresses {
		what = append(what, "address "+a.Prefix)
	}
	return what
}

// comparison collects the differences of two routers.
type comparison struct {
	was, is   *Router
	class     Class
	what      []string
	agreement []string
}

// note adds one difference of a class. A non-empty agreement names what
// neighbours must agree on.
func (c *comparison) note(class Class, agreement, format string, args ...any) {
	c.class = max(c.class, class)
	c.what = append(c.what, fmt.Sprintf(format, args...))
	if agreement != "" && !slices.Contains(c.agreement, agreement) {
		c.agreement = append(c.agreement, agreement)
	}
}

// value notes was and is of one field when they differ.
func value[T comparable](c *comparison, class Class, agreement, field string, was, is T) {
	if was != is {
		c.note(class, agreement, "%s %v → %v", field, was, is)
	}
}

// identity compares what makes a router the one it is.
func (c *comparison) identity() {
	value(c, Recreated, "vrid", "vrid", c.was.VRID, c.is.VRID)
	value(c, Recreated, "", "interface", c.was.Interface, c.is.Interface)
	value(c, Recreated, "version", "version", c.was.Version, c.is.Version)
	learned := "advert interval"
	if c.is.Version == 3 {
		learned = "" // a Backup takes the interval of the Active, RFC 9568 section 6.1
	}
	value(c, InPlace, learned, "advert interval", milliseconds(c.was.AdvertInterval), milliseconds(c.is.AdvertInterval))
}

// transport compares how adverts travel and what proves them.
func (c *comparison) transport() {
	if (len(c.was.Peers) > 0) != (len(c.is.Peers) > 0) {
		c.note(InPlace, "transport", "transport %s → %s", c.was.transport(), c.is.transport())
	} else {
		value(c, InPlace, "transport", "multicast group", c.was.Group, c.is.Group)
		members(c, "peer", "transport", c.was.Peers, c.is.Peers)
	}
	source := ""
	if len(c.is.Peers) > 0 {
		source = "source" // which the neighbours have as a peer
	}
	value(c, InPlace, source, "source", cmp.Or(c.was.Source, "automatic"), cmp.Or(c.is.Source, "automatic"))
	value(c, InPlace, "checksum", "checksum", c.was.Checksum, c.is.Checksum)
	switch was, is := c.was.Auth, c.is.Auth; {
	case was == nil && is == nil:
	case !reflect.DeepEqual(was, is):
		c.note(InPlace, "authentication", "authentication changed")
	}
}

// election compares who wins and what it does then.
func (c *comparison) election() {
	class := InPlace
	if c.was.Priority == Owner || c.is.Priority == Owner {
		class = Recreated // the addresses pass between the host and hactl
	}
	value(c, class, "", "priority", c.was.Priority, c.is.Priority)
	value(c, InPlace, "", "preemption", c.was.Preemption, c.is.Preemption)
	value(c, InPlace, "", "announcements in a burst", c.was.Announce.Burst, c.is.Announce.Burst)
	value(c, InPlace, "", "second burst of announcements", after(c.was.Announce.Repeat), after(c.is.Announce.Repeat))
	value(c, InPlace, "", "on agent loss", c.was.OnAgentLoss, c.is.OnAgentLoss)
}

// addresses compares the virtual addresses.
func (c *comparison) addresses() {
	members(c, "address", "addresses", prefixes(c.was), prefixes(c.is))
	hidden := map[string]bool{}
	for _, a := range c.was.Addresses {
		hidden[a.Prefix] = a.Hidden
	}
	for _, a := range c.is.Addresses {
		switch was, ok := hidden[a.Prefix]; {
		case ok && !was && a.Hidden:
			c.note(InPlace, "addresses", "address %s no longer listed in adverts", a.Prefix)
		case ok && was && !a.Hidden:
			c.note(InPlace, "addresses", "address %s now listed in adverts", a.Prefix)
		}
	}
}

// neighbours compares the other members.
func (c *comparison) neighbours() {
	was := map[string]Neighbour{}
	for _, n := range c.was.Neighbours {
		was[n.Host] = n
	}
	members(c, "neighbour", "", hosts(c.was), hosts(c.is))
	for _, n := range c.is.Neighbours {
		old, ok := was[n.Host]
		if !ok {
			continue
		}
		value(c, InPlace, "", "neighbour "+n.Host+" router", old.Kind, n.Kind)
		value(c, InPlace, "", "neighbour "+n.Host+" priority", old.Priority, n.Priority)
		value(c, InPlace, "", "neighbour "+n.Host+" address", cmp.Or(old.Address, "unknown"), cmp.Or(n.Address, "unknown"))
	}
}

// members notes which things of a kind came, went, or changed places.
func members(c *comparison, kind, agreement string, was, is []string) {
	var kept []string
	for _, x := range was {
		if slices.Contains(is, x) {
			kept = append(kept, x)
		} else {
			c.note(InPlace, agreement, "%s %s removed", kind, x)
		}
	}
	var stayed []string
	for _, x := range is {
		if slices.Contains(was, x) {
			stayed = append(stayed, x)
		} else {
			c.note(InPlace, agreement, "%s %s added", kind, x)
		}
	}
	if !slices.Equal(kept, stayed) {
		c.note(InPlace, agreement, "%s order %s → %s", kind, strings.Join(kept, ", "), strings.Join(stayed, ", "))
	}
}

func prefixes(r *Router) []string {
	var s []string
	for _, a := range r.Addresses {
		s = append(s, a.Prefix)
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

func after(ms int) string {
	if ms == 0 {
		return "none"
	}
	return "after " + milliseconds(ms).String()
}

func milliseconds(n int) time.Duration { return time.Duration(n) * time.Millisecond }
