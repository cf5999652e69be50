package main

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"hactl/agent/netlab"
	"hactl/lang"
	"hactl/schemas/plan"
)

// laboratory is a configuration's hosts as network namespaces: interfaces that
// one vip uses share a segment. A client stands on the segment of each vip.
type laboratory struct {
	lab     *netlab.Lab
	hosts   map[string]*netlab.Host
	clients map[string]*netlab.Host // by vip
}

// port is one interface of one host.
type port struct{ host, name string }

// newLaboratory builds the network that c describes. Hosts that declare no
// addresses get some of the first address's subnet. The caller closes lab, also
// after an error.
func newLaboratory(lab *netlab.Lab, c *lang.Config, plans map[string]*plan.Plan) (*laboratory, error) {
	l := &laboratory{lab: lab, hosts: map[string]*netlab.Host{}, clients: map[string]*netlab.Host{}}
	segments := map[port]*netlab.Bridge{}
	for i, host := range slices.Sorted(maps.Keys(plans)) {
		h, err := lab.Host(host)
		if err != nil {
			return l, err
		}
		l.hosts[host] = h
		for _, r := range plans[host].Routers {
			at := port{host, r.Interface}
			if segments[at] != nil {
				continue
			}
			if segments[at], err = l.segment(segments, plans, r.Vip); err != nil {
				return l, err
			}
			if err := h.Connect(segments[at], r.Interface, l.addresses(c, at, r, i)...); err != nil {
				return l, err
			}
		}
		if _, err := h.Echo(); err != nil {
			return l, err
		}
	}
	return l, l.addClients(segments, plans)
}

// segment returns the segment that the interfaces of a vip share.
func (l *laboratory) segment(segments map[port]*netlab.Bridge, plans map[string]*plan.Plan, vip string) (*netlab.Bridge, error) {
	for host, p := range plans {
		for _, r := range p.Routers {
			if b := segments[port{host, r.Interface}]; r.Vip == vip && b != nil {
				return b, nil
			}
		}
	}
	return l.lab.Bridge(vip)
}

// addresses returns the addresses that the configuration declares for an
// interface, or makes one up for host number i.
func (l *laboratory) addresses(c *lang.Config, at port, r plan.Router, i int) []string {
	var all []string
	for _, h := range c.Hosts() {
		if n := h.Find("interface", at.name); h.Label() == at.host && n != nil {
			for _, a := range n.Prefixes("addresses") {
				all = append(all, a.V.String())
			}
		}
	}
	if len(all) > 0 {
		return all
	}
	return []string{neighbour(target(r), 11+i).String()}
}

// addClients gives each vip a client that stands in the subnets of its
// addresses.
func (l *laboratory) addClients(segments map[port]*netlab.Bridge, plans map[string]*plan.Plan) error {
	n := 0
	for _, host := range slices.Sorted(maps.Keys(plans)) {
		for _, r := range plans[host].Routers {
			client := l.clients[r.Vip]
			if client == nil {
				n++
				made, err := l.lab.Host(fmt.Sprintf("client%d", n))
				if err != nil {
					return err
				}
				client, l.clients[r.Vip] = made, made
				if err := client.Connect(segments[port{host, r.Interface}], "eth0"); err != nil {
					return err
				}
			}
			own := neighbour(target(r), 230+n)
			if held, err := client.Addresses("eth0"); err != nil || slices.Contains(held, own) {
				continue
			}
			if err := client.AddAddress("eth0", own.String()); err != nil {
				return err
			}
		}
	}
	return nil
}

// target returns the address of a router that a client asks: its first one
// that is not link-local.
func target(r plan.Router) netip.Prefix {
	for _, a := range r.Addresses {
		if p := netip.MustParsePrefix(a.Prefix); !p.Addr().IsLinkLocalUnicast() {
			return p
		}
	}
	return netip.MustParsePrefix(r.Addresses[0].Prefix)
}

// neighbour returns an address of the subnet that p is in, with n, 1..254, as
// its last byte. A p without a subnet counts as one of a /24 or a /64.
func neighbour(p netip.Prefix, n int) netip.Prefix {
	bits := min(p.Bits(), map[bool]int{true: 24, false: 64}[p.Addr().Is4()])
	raw := p.Addr().AsSlice()
	raw[len(raw)-1] = byte(n)
	a, _ := netip.AddrFromSlice(raw)
	return netip.PrefixFrom(a, bits)
}
