package agent_test

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"hactl/schemas/plan"
)

// transport is how the two routers of a mixed segment speak to each other.
type transport struct {
	version  int
	family   plan.Family
	unicast  bool
	interval time.Duration
}

// transports are all that VRRP has. Version 2 counts in whole seconds; of
// version 3 one has intervals of 1 s, too, the others of 300 ms.
var transports = []transport{
	{2, plan.IPv4, false, time.Second},
	{2, plan.IPv4, true, time.Second},
	{3, plan.IPv4, false, time.Second},
	{3, plan.IPv4, true, 300 * time.Millisecond},
	{3, plan.IPv6, false, 300 * time.Millisecond},
	{3, plan.IPv6, true, 300 * time.Millisecond},
}

// String is "v2 ipv4 multicast".
func (tr transport) String() string {
	mode := map[bool]string{false: "multicast", true: "unicast"}
	return fmt.Sprintf("v%d %v %s", tr.version, tr.family, mode[tr.unicast])
}

// vip is the address that the client asks.
func (tr transport) vip() string {
	return map[plan.Family]string{plan.IPv4: "10.0.0.100", plan.IPv6: "2001:db8::100"}[tr.family]
}

// addresses are those of the virtual router, as both configurations have them.
func (tr transport) addresses() []string {
	if tr.family == plan.IPv6 {
		return []string{"fe80::200:5eff:fe00:232/128", tr.vip() + "/64"}
	}
	return []string{tr.vip() + "/24"}
}

// source is the address that unicast adverts of a host come from.
func (tr transport) source(host string) string {
	prefix := map[plan.Family]string{plan.IPv4: "10.0.0.", plan.IPv6: "2001:db8::"}[tr.family]
	return prefix + map[string]string{us: "5", them: "6"}[host]
}

// secret authenticates version 2.
const secret = "s3cret"

// setup is how a mixed segment is configured.
type setup struct {
	transport
	preferred string             // the host with the higher priority, 254
	lower     int                // the other's priority; 0: 244
	ours      func(*plan.Router) // changes our plan; nil: nothing
	theirs    string             // one more line for keepalived's vrrp_instance; empty: none
	above     string             // lines above it, in which SERVICE is the file of its service
	password  string             // keepalived's; empty: the secret
}

// priority is that of a host.
func (s setup) priority(host string) int {
	if host == s.preferred {
		return 254
	}
	return cmp.Or(s.lower, 244)
}

// router is our part of the pair, as the compiler makes it.
func (s setup) router() plan.Router {
	r := router(s.priority(us))
	r.ID, r.Family, r.Version = "web/public/"+s.family.String(), s.family, s.version
	r.AdvertInterval = int(s.interval / time.Millisecond)
	r.Neighbours = []plan.Neighbour{{Host: them, Kind: plan.Keepalived, Priority: s.priority(them)}}
	r.Addresses = nil
	for _, a := range s.addresses() {
		r.Addresses = append(r.Addresses, plan.Address{Prefix: a})
	}
	if s.family == plan.IPv6 {
		r.Group = "ff02::12"
	}
	if s.unicast {
		r.Source, r.Peers, r.Group = s.source(us), []string{s.source(them)}, ""
	}
	if s.version == 2 {
		r.Auth = &plan.Auth{Type: "pass", Secret: secret}
	}
	if s.ours != nil {
		s.ours(&r)
	}
	return r
}

// config is keepalived's part of the pair.
func (s setup) config() string {
	var b strings.Builder
	b.WriteString(s.above)
	fmt.Fprintf(&b, "vrrp_instance web {\n state BACKUP\n interface eth0\n virtual_router_id 50\n version %d\n", s.version)
	fmt.Fprintf(&b, " priority %d\n advert_int %g\n", s.priority(them), s.interval.Seconds())
	if s.unicast {
		fmt.Fprintf(&b, " unicast_src_ip %s\n unicast_peer {\n  %s\n }\n", s.source(them), s.source(us))
	}
	if s.version == 2 {
		fmt.Fprintf(&b, " authentication {\n  auth_type PASS\n  auth_pass %s\n }\n", cmp.Or(s.password, secret))
	}
	fmt.Fprintf(&b, " virtual_ipaddress {\n  %s\n }\n %s\n}\n", strings.Join(s.addresses(), "\n  "), s.theirs)
	return b.String()
}

// bound is within which one router must have the address alone: the larger
// Active_Down_Interval and 1 s.
func (s setup) bound() time.Duration {
	r := s.router()
	r.Priority = s.priority(other(s.preferred))
	return activeDown(r) + time.Second
}
