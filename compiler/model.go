package compiler

import (
	"iter"
	"net/netip"
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
	"hactl/schemas/plan"
)

// model is a configuration with every name and level resolved. What could not
// be resolved is not in it, and was reported; what is "vague" lacks such parts,
// so that nothing may be concluded from what it does not have.
type model struct {
	hosts    []*host        // by name
	checks   []*healthCheck // by name
	targets  []*target      // by name
	upgrades []*upgrade     // by name
	vips     []*vip         // in source order
	needs    needs
}

// whole reports whether m lacks nothing that a plan needs. A configuration that
// was loaded and checked without errors makes a whole one.
func (m *model) whole() bool {
	for _, v := range m.vips {
		if !v.vrid.Set || len(v.families()) == 0 {
			return false
		}
		for _, b := range v.members {
			if b.rank == 0 || b.host.kind == plan.Hactl && b.port == nil {
				return false
			}
		}
	}
	return true
}

// ports returns every port of every host, those of one host in order of names
// with the declared ones first.
func (m *model) ports() iter.Seq[*port] {
	return func(yield func(*port) bool) {
		for _, h := range m.hosts {
			for _, p := range h.ports {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// host is one host of the configuration.
type host struct {
	name  string
	ssh   string // the host's name when not written
	kind  plan.Kind
	at    hcl.Range
	ports []*port // those that its block declares, by name, then others that a vip uses
	vague bool
}

// declares reports whether the host's block names its interfaces, so that
// another name is a mistake.
func (h *host) declares() bool { return len(h.ports) > 0 && h.ports[0].declared }

// omits reports whether h is hactl's own and declares its interfaces without one
// of that name.
func (h *host) omits(name string) bool {
	return h.kind == plan.Hactl && !h.vague && h.declares() && h.port(name) == nil
}

// portNames returns the names of the host's interfaces.
func (h *host) portNames() []string {
	names := make([]string, len(h.ports))
	for i, p := range h.ports {
		names[i] = p.name
	}
	return names
}

// port returns the interface of that name, nil when no block declares it and
// no vip has used it yet.
func (h *host) port(name string) *port {
	for _, p := range h.ports {
		if p.name == name {
			return p
		}
	}
	return nil
}

// port is one interface of one host.
type port struct {
	host      *host
	name      string
	declared  bool                       // by a block of the host; the rest is empty otherwise
	addresses []lang.Value[netip.Prefix] // the host's own, in source order
	segment   lang.Value[string]
	vague     bool
	virtual   map[netip.Addr]bool            // the addresses of the vips that use it
	nets      map[plan.Family][]netip.Prefix // what subnets returns, once asked for

	class // the segment it is on
}

// String returns how findings call the port.
func (p *port) String() string { return p.name + " of host " + quote(p.host.name) }

// subnets returns the subnets of family f that p has addresses in. Single
// addresses tell none.
func (p *port) subnets(f plan.Family) []netip.Prefix {
	if p.nets == nil {
		p.nets = map[plan.Family][]netip.Prefix{}
		for _, a := range p.addresses {
			if tellsSegment(a.V) {
				family := plan.Of(a.V.Addr())
				p.nets[family] = append(p.nets[family], a.V.Masked())
			}
		}
	}
	return p.nets[f]
}

// vip is one vip with everything it has from its cluster.
type vip struct {
	cluster, name string
	at            hcl.Range
	vague         bool // about its members
	partial       bool // some of its addresses could not be read

	vrid       lang.Value[int] // 0 when there is no valid one
	version    lang.Value[int] // likewise
	interval   lang.Value[time.Duration]
	transport  lang.Value[string]
	group      lang.Value[netip.Addr]
	groupNear  bool // group is written on the vip, or transport is not: the one does not overrule the other
	checksum   lang.Value[string]
	loss       lang.Value[string] // empty when not written
	auth       *auth              // nil: none
	preemption preemption
	tracks     []*track        // the cluster's first, each thing once
	untold     bool            // some of its tracks could not be read
	unit       string          // the name of its cluster when the vips of that move together
	devices    map[device]bool // the interfaces that it, or its unit, uses
	price      int             // what the failure of one demoting track costs; set by rank
	announce   announce
	quiet      lang.Value[time.Duration]
	quietLink  lang.Value[time.Duration]
	targets    []*target     // who hears of it: the cluster's first, each once
	hooks      []*lang.Block // the cluster's first

	addresses []lang.Value[netip.Prefix] // in advertised order
	details   map[netip.Addr]*lang.Block // the address blocks of those that have one
	routes    []*route
	policies  []*policy
	members   []*member // highest rank first
	prefer    []seat    // the hosts that an attribute puts in order; the rest follow as in the cluster
	inherits  bool      // prefer is the cluster's
	hostsAt   hcl.Range
}

// seat is a host where an attribute names it.
type seat struct {
	host *host
	at   hcl.Range
}

// member is one host of a vip's cluster.
type member struct {
	host *host
	at   hcl.Range // of its member block, or where the cluster names the host
	own  bool      // the block is the vip's, not the cluster's

	named    lang.Value[string] // its interface, at the level that counts
	port     *port              // nil when none is named, or the name is wrong
	source   lang.Value[netip.Addr]
	priority lang.Value[int]
	owner    lang.Value[bool]
	rank     int // its priority in the election, 1 to 255; 0 when one is missing
}

// auth is an authentication block.
type auth struct {
	kind         lang.Value[string]
	secret, file lang.Value[string]
	keys         []*authKey    // of HMAC, by number
	blocks       []*lang.Block // the key blocks
	active       lang.Value[int]
	accept       lang.Value[string]
	at, secretAt hcl.Range // of the block, and of the name before the secret, if it is there
}

// preemption is a preemption block, or what holds without one.
type preemption struct {
	mode  lang.Value[string]
	delay lang.Value[time.Duration]
	vague bool
}

// id returns the name that everything else calls the vip: "web/public".
func (v *vip) id() string { return v.cluster + "/" + v.name }

// String returns how findings call the vip.
func (v *vip) String() string { return "vip " + quote(v.id()) }

// unicast reports whether adverts go to the members' own addresses.
func (v *vip) unicast() bool { return v.transport.V == "unicast" && len(v.members) > 1 }

// families returns the families that v has addresses of, IPv4 first.
func (v *vip) families() []plan.Family {
	var found []plan.Family
	for _, f := range []plan.Family{plan.IPv4, plan.IPv6} {
		if slices.ContainsFunc(v.addresses, func(a lang.Value[netip.Prefix]) bool { return plan.Of(a.V.Addr()) == f }) {
			found = append(found, f)
		}
	}
	return found
}

// segments returns one port for each segment that v's members are on; nearly
// always one.
func (v *vip) segments() []*port {
	var roots []*port
	for _, m := range v.members {
		if m.port != nil && !slices.Contains(roots, m.port.root()) {
			roots = append(roots, m.port.root())
		}
	}
	return roots
}

// owner returns the first member that owns the addresses, or nil.
func (v *vip) owner() *member {
	for _, m := range v.members {
		if m.owner.V {
			return m
		}
	}
	return nil
}

// sender returns the address that m's adverts of family f come from, as far as
// the configuration tells: IPv6 multicast uses a link-local one and unicast a
// global one (RFC 9568 section 5.1.2.1). One that is no address of v is better:
// see checkOwnerSource. It is the zero Addr when unknown.
func (v *vip) sender(m *member, f plan.Family) netip.Addr {
	if m.source.Set && plan.Of(m.source.V) == f {
		return m.source.V
	}
	if m.port == nil {
		return netip.Addr{}
	}
	var sender netip.Addr
	for _, a := range m.port.addresses {
		ip := a.V.Addr()
		if plan.Of(ip) != f || f == plan.IPv6 && ip.IsLinkLocalUnicast() == v.unicast() {
			continue
		}
		if !m.port.virtual[ip] {
			return ip
		}
		if !sender.IsValid() {
			sender = ip
		}
	}
	return sender
}
