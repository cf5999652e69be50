package plan

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"
)

// Validate checks every promise of this package's types and returns all that
// are broken, joined, each with the object's and the field's name; nil when none
// is. What it lets pass, an agent can follow. It shows nothing of a secret.
func (p *Plan) Validate() error {
	var f faults
	f.text("host", p.Host)
	p.validateRouters(&f)
	p.validateVips(&f)
	p.validateChecks(&f)
	p.validateNotify(&f)
	p.validateUpgrades(&f)
	p.validateUses(&f)
	return errors.Join(f.found...)
}

// validateRouters checks each router, and that no two are in each other's way.
func (p *Plan) validateRouters(f *faults) {
	vrids := map[string]string{}       // VRID, family and interface: the router's ID
	addresses := map[assigned]string{} // the router's ID
	for i := range p.Routers {
		r := &p.Routers[i]
		f.at = fmt.Sprintf("router %s: ", r.ID)
		if i > 0 && p.Routers[i-1].ID >= r.ID {
			f.add("id: not behind %s: routers are sorted, and an id is there once", p.Routers[i-1].ID)
		}
		r.validate(f)
		once(f, vrids, fmt.Sprintf("vrid %d of %s on %s", r.VRID, r.Family, r.Interface), r.ID)
		for _, a := range r.Addresses {
			if x, err := netip.ParsePrefix(a.Prefix); err == nil {
				once(f, addresses, assigned{x.Addr(), r.where(a)}, r.ID)
			}
		}
		for _, n := range r.Neighbours {
			if n.Host == p.Host {
				f.add("neighbours: %s is this host", n.Host)
			}
		}
	}
	f.at = ""
}

// assigned is an address on an interface.
type assigned struct {
	address netip.Addr
	on      string
}

func (a assigned) String() string { return fmt.Sprintf("address %s on %s", a.address, a.on) }

// validate checks what one router shows by itself.
func (r *Router) validate(f *faults) {
	r.validateIdentity(f)
	r.validateTransport(f)
	r.validateAddresses(f)
	f.span("priority", r.Priority, 1, Owner)
	if f.oneOf("preemption mode", string(r.Preemption.Mode), string(Always), string(Delayed), string(Never)) {
		if delayed := r.Preemption.Mode == Delayed; delayed != (r.Preemption.Delay > 0) || r.Preemption.Delay < 0 || r.Preemption.Delay > MaxDelay {
			f.add("preemption delay_ms: %d in mode %s", r.Preemption.Delay, r.Preemption.Mode)
		}
	}
	f.span("announce burst", r.Announce.Burst, 1, 100)
	f.span("announce repeat_ms", r.Announce.Repeat, 0, 60*60*1000)
	if r.Announce.Refresh != 0 {
		f.span("announce refresh_ms", r.Announce.Refresh, 1000, Longest)
	}
	f.span("quiet_start_ms", r.QuietStart, 0, Longest)
	f.span("quiet_link_ms", r.QuietLink, 0, Longest)
	f.oneOf("on_agent_loss", string(r.OnAgentLoss), string(Release), string(Keep))
	r.validateTracks(f)
	r.validateTargets(f)
	r.validateHooks(f)
	r.validateRoutes(f)
	r.validateRules(f)
	r.validateNeighbours(f)
}

// validateIdentity checks what makes the router the one it is.
func (r *Router) validateIdentity(f *faults) {
	cluster, vip, _ := strings.Cut(r.Vip, "/")
	if cluster == "" || vip == "" || !utf8.ValidString(r.Vip) {
		f.add("vip: %q is not CLUSTER/VIP", r.Vip)
	}
	f.sound("vip", r.Vip)
	if r.Unit != "" && r.Unit != cluster {
		f.add("unit: %q is not its cluster", r.Unit)
	}
	if r.Family != IPv4 && r.Family != IPv6 {
		f.add("family: %d is neither 4 nor 6", r.Family)
	} else if want := r.Vip + "/" + r.Family.String(); r.ID != want {
		f.add("id: not %q", want)
	}
	f.span("vrid", r.VRID, 1, 255)
	if !interfaceName(r.Interface) {
		f.add("interface: %q is no name of a network interface", r.Interface)
	}
	switch {
	case r.Version != 2 && r.Version != 3:
		f.add("version: %d is neither 2 nor 3", r.Version)
	case r.Version == 2 && r.Family == IPv6:
		f.add("version: 2 has no IPv6")
	}
	r.validateInterval(f, r.AdvertInterval)
}

// validateInterval wants what an advert of the router's version can carry.
func (r *Router) validateInterval(f *faults, ms int) {
	switch r.Version {
	case 2:
		f.interval(ms, 1000, 255_000)
	case 3:
		f.interval(ms, 10, 40_950)
	}
}

// validateTransport checks how adverts travel.
func (r *Router) validateTransport(f *faults) {
	if r.Source != "" {
		f.unicast("source", r.Source, r.Family)
	}
	for i, peer := range r.Peers {
		f.unicast("peers", peer, r.Family)
		if slices.Contains(r.Peers[:i], peer) {
			f.add("peers: %s is there twice", peer)
		}
		if peer == r.Source {
			f.add("peers: %s is the source", peer)
		}
	}
	if (r.Group == "") != (len(r.Peers) > 0) {
		f.add("group: %q with %d peers: one of the two is needed, and only one", r.Group, len(r.Peers))
	}
	if r.Group != "" {
		if a := f.address("group", r.Group, r.Family); a.IsValid() && !a.IsMulticast() {
			f.add("group: %s is no multicast address", r.Group)
		}
	}
	f.oneOf("checksum", string(r.Checksum), string(PseudoHeader), string(RFC9568))
	if r.Auth != nil {
		r.Auth.validate(f, r.Version)
	}
	r.validateAccept(f)
}

// validateNeighbours checks the other members of the cluster.
func (r *Router) validateNeighbours(f *faults) {
	for i, n := range r.Neighbours {
		f.text("neighbours host", n.Host)
		if slices.ContainsFunc(r.Neighbours[:i], func(m Neighbour) bool { return m.Host == n.Host }) {
			f.add("neighbours: %s is there twice", n.Host)
		}
		f.oneOf("neighbours kind", string(n.Kind), string(Hactl), string(Keepalived), string(Other))
		f.span("neighbours priority", n.Priority, 1, Owner)
		if n.Address != "" {
			f.unicast("neighbours address", n.Address, r.Family)
		}
	}
}
