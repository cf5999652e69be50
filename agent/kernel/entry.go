package kernel

import (
	"net"
	"net/netip"
	"slices"

	"hactl/agent/node"

	"golang.org/x/sys/unix"
)

// entry is a link in the kernel's table, with its addresses.
type entry struct {
	index     int
	name      string
	mac       net.HardwareAddr
	mtu       int
	flags     uint32 // IFF_…
	forwards6 bool
	addresses []address // IPv4 in the kernel's order
}

// address is an address in the kernel's table.
type address struct {
	prefix netip.Prefix
	flags  uint32     // IFA_F_…, those of telling
	mark   uint8      // IFA_PROTO; 0: none, or a kernel before Linux 5.18
	label  string     // IPv4
	scope  node.Scope // IPv4
}

// telling is the flags that matter here. IFA_F_SECONDARY is IPv6's
// IFA_F_TEMPORARY.
const telling = unix.IFA_F_PERMANENT | unix.IFA_F_SECONDARY | unix.IFA_F_DADFAILED | unix.IFA_F_TENTATIVE | unix.IFA_F_NOPREFIXROUTE

// link returns e for others to read. IPv4 addresses keep the kernel's order, in
// which a subnet's primary address is the first. IPv6 ones are sorted: the
// kernel's order depends on when they came, and would change with a restart.
func (e entry) link(ours func(address) bool) link {
	l := link{
		Link: node.Link{
			Index: e.index, Name: e.name, MAC: e.mac, MTU: e.mtu,
			Up: e.flags&unix.IFF_UP != 0, Running: e.flags&unix.IFF_RUNNING != 0,
			Forwards6: e.forwards6,
		},
		details: map[netip.Prefix]detail{},
	}
	l.Addresses = make([]node.Assigned, 0, len(e.addresses))
	for _, a := range e.addresses {
		l.Addresses = append(l.Addresses, a.assigned(ours(a)))
		l.details[a.prefix] = a.detail(e.name)
	}
	slices.SortStableFunc(l.Addresses, func(a, b node.Assigned) int {
		if a.Prefix.Addr().Is4() && b.Prefix.Addr().Is4() {
			return 0
		}
		return a.Prefix.Addr().Compare(b.Prefix.Addr())
	})
	return l
}

// detail returns how a is installed on a link of that name.
func (a address) detail(link string) detail {
	d := detail{route: a.flags&unix.IFA_F_NOPREFIXROUTE == 0, label: a.label, scope: a.scope, expires: a.expires()}
	if d.label == link {
		d.label = ""
	}
	return d
}

// expires says whether a goes when its lifetime is over.
func (a address) expires() bool { return a.flags&unix.IFA_F_PERMANENT == 0 }

// assigned returns a as a fact.
func (a address) assigned(ours bool) node.Assigned {
	is := func(flag uint32) bool { return a.flags&flag != 0 }
	return node.Assigned{
		Prefix: a.prefix, Ours: ours,
		Tentative: is(unix.IFA_F_TENTATIVE),
		Failed:    is(unix.IFA_F_DADFAILED),
		Secondary: is(unix.IFA_F_SECONDARY) && a.prefix.Addr().Is4(),
	}
}

// clone returns a copy that shares no address list with e.
func (e entry) clone() entry {
	e.addresses = slices.Clone(e.addresses)
	return e
}

// find returns the position of an address, -1 when it is not there.
func (e entry) find(p netip.Prefix) int {
	return slices.IndexFunc(e.addresses, func(a address) bool { return a.prefix == p })
}

// sameLink says whether two entries tell the same of a link itself.
func (e entry) sameLink(o entry) bool {
	return e.name == o.name && e.mtu == o.mtu && e.flags == o.flags && slices.Equal(e.mac, o.mac)
}
