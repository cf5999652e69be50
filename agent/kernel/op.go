package kernel

import (
	"cmp"
	"fmt"
	"net/netip"
	"time"

	"hactl/agent/node"

	"golang.org/x/sys/unix"
)

// verb is what an op does.
type verb uint8

// The verbs.
const (
	add verb = iota
	remove
	renew // of an address that is there: its lifetime. It would add one that is not.
)

// String returns "add", "remove" or "renew".
func (v verb) String() string { return [...]string{"add", "remove", "renew"}[v] }

// typed returns v as ip(8) has it.
func (v verb) typed() string { return [...]string{"add", "delete", "change"}[v] }

// change is one change to the kernel: an op, a routeOp or a ruleOp.
type change interface {
	// String returns the change as the command that an operator would type.
	String() string

	// about returns what the change is about, to be compared.
	about() any

	// adds says whether something is added, not removed.
	adds() bool
}

// op is one change to the kernel's addresses.
type op struct {
	verb   verb
	link   string
	index  int          // of the link
	prefix netip.Prefix // exactly as the kernel has it or is to have it
	detail              // add and renew

	// lifetime is how long it lasts, in whole seconds; 0: for ever. Of add and renew.
	lifetime time.Duration

	// company, of a removal: the link has other IPv4 addresses in the subnet,
	// which must not go with this one (promote_secondaries).
	company bool
}

// key names an address of a link.
type key struct {
	index  int
	prefix netip.Prefix
}

// spot is an address of a link, of whatever prefix length.
type spot struct {
	index int
	addr  netip.Addr
}

// detail is how an address is installed.
type detail struct {
	route bool       // the kernel adds the route to the subnet
	label string     // IPv4; empty: the link's name
	scope node.Scope // IPv4

	expires bool // it goes when its lifetime is over
}

// key returns which address o is about.
func (o op) key() key { return key{o.index, o.prefix} }

func (o op) about() any { return o.key() }

func (o op) adds() bool { return o.verb != remove }

// spot returns which address o is about, of whatever prefix length.
func (o op) spot() spot { return spot{o.index, o.prefix.Addr()} }

// additions returns where changes add addresses.
func additions(changes []change) map[spot]bool {
	spots := map[spot]bool{}
	for _, c := range changes {
		if o, ok := c.(op); ok && o.verb == add {
			spots[o.spot()] = true
		}
	}
	return spots
}

// address returns what the kernel has when o, no removal, was carried out.
func (o op) address(marked bool) address {
	a := address{prefix: o.prefix, scope: o.scope}
	if o.prefix.Addr().Is4() {
		a.label = cmp.Or(o.label, o.link)
	}
	if !o.route {
		a.flags = unix.IFA_F_NOPREFIXROUTE
	}
	if !o.expires {
		a.flags |= unix.IFA_F_PERMANENT
	}
	if marked {
		a.mark = Mark
	}
	return a
}

// String returns o as the command that an operator would type.
func (o op) String() string {
	if o.verb == remove {
		s := fmt.Sprintf("ip address delete %s dev %s", o.prefix, o.link)
		if o.company {
			s = fmt.Sprintf("sysctl net.ipv4.conf.%s.promote_secondaries=1; %s", o.link, s)
		}
		return s
	}
	s := fmt.Sprintf("ip address %s %s dev %s", o.verb.typed(), o.prefix, o.link)
	if o.prefix.Addr().Is6() {
		s += " nodad preferred_lft 0"
	}
	if o.lifetime > 0 {
		s += fmt.Sprintf(" valid_lft %.0f", o.lifetime.Seconds())
	}
	if !o.route {
		s += " noprefixroute"
	}
	if o.label != "" {
		s += " label " + o.label
	}
	if o.scope != node.ScopeGlobal {
		s += " scope " + o.scope.String()
	}
	return s
}
