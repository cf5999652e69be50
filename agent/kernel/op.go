package kernel

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// verb is what an op does.
type verb uint8

// The verbs.
const (
	add verb = iota
	remove
)

// String returns "add" or "remove".
func (v verb) String() string { return [...]string{"add", "remove"}[v] }

// op is one change to the kernel's addresses.
type op struct {
	verb   verb
	link   string
	index  int          // of the link
	prefix netip.Prefix // exactly as the kernel has it or is to have it
	route  bool         // add: the kernel is to add the route to the subnet

	// company, of a removal: the link has other IPv4 addresses in the subnet,
	// which must not go with this one (promote_secondaries).
	company bool
}

// key names an address of a link.
type key struct {
	index  int
	prefix netip.Prefix
}

// key returns what o is about.
func (o op) key() key { return key{o.index, o.prefix} }

// address returns what the kernel has when o, an addition, was carried out.
func (o op) address(marked bool) address {
	a := address{prefix: o.prefix}
	if !o.route {
		a.flags = unix.IFA_F_NOPREFIXROUTE
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
	s := fmt.Sprintf("ip address add %s dev %s", o.prefix, o.link)
	if o.prefix.Addr().Is6() {
		s += " nodad preferred_lft 0"
	}
	if !o.route {
		s += " noprefixroute"
	}
	return s
}
