package plan

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Validate checks every promise of this package's types and returns all that
// are broken, joined, each with the router's ID and the field's name; nil when
// none is. What it lets pass, an agent can follow.
func (p *Plan) Validate() error {
	var f faults
	f.text("host", p.Host)
	vrids := map[string]string{}     // VRID, family and interface: the router's ID
	addresses := map[string]string{} // interface and address: the router's ID
	for i := range p.Routers {
		r := &p.Routers[i]
		f.at = fmt.Sprintf("router %s: ", r.ID)
		if i > 0 && p.Routers[i-1].ID >= r.ID {
			f.add("id: not behind %s: routers are sorted, and an id is there once", p.Routers[i-1].ID)
		}
		r.validate(&f)
		f.once(vrids, fmt.Sprintf("vrid %d of %s on %s", r.VRID, r.Family, r.Interface), r.ID)
		for _, a := range r.Addresses {
			if x, err := netip.ParsePrefix(a.Prefix); err == nil {
				f.once(addresses, fmt.Sprintf("address %s on %s", x.Addr(), r.Interface), r.ID)
			}
		}
		for _, n := range r.Neighbours {
			if n.Host == p.Host {
				f.add("neighbours: %s is this host", n.Host)
			}
		}
	}
	return errors.Join(f.found...)
}

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
	if r.Announce.Burst < 1 || r.Announce.Burst > 100 {
		f.add("announce burst: %d is outside 1..100", r.Announce.Burst)
	}
	if r.Announce.Repeat < 0 || r.Announce.Repeat > 60*60*1000 {
		f.add("announce repeat_ms: %d is outside 0..3600000", r.Announce.Repeat)
	}
	f.oneOf("on_agent_loss", string(r.OnAgentLoss), string(Release), string(Keep))
	r.validateNeighbours(f)
}

// validateIdentity checks what makes the router the one it is.
func (r *Router) validateIdentity(f *faults) {
	cluster, vip, _ := strings.Cut(r.Vip, "/")
	if cluster == "" || vip == "" || !utf8.ValidString(r.Vip) {
		f.add("vip: %q is not CLUSTER/VIP", r.Vip)
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
	switch r.Version {
	case 2:
		if r.Family == IPv6 {
			f.add("version: 2 has no IPv6")
		}
		f.interval(r.AdvertInterval, 1000, 255_000)
	case 3:
		f.interval(r.AdvertInterval, 10, 40_950)
	default:
		f.add("version: %d is neither 2 nor 3", r.Version)
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
		r.validateAuth(f)
	}
}

// validateAuth checks the authentication, and shows nothing of a secret.
func (r *Router) validateAuth(f *faults) {
	a := r.Auth
	if r.Version != 2 {
		f.add("auth: version %d has none", r.Version)
	}
	f.oneOf("auth type", a.Type, "pass")
	switch {
	case (a.Secret == "") == (a.SecretFile == ""):
		f.add("auth: one of secret and secret_file is needed, and only one")
	case len(a.Secret) > 8:
		f.add("auth secret: %d bytes, more than 8", len(a.Secret))
	case !utf8.ValidString(a.Secret):
		f.add("auth secret: not UTF-8")
	case a.SecretFile != "" && (a.SecretFile[0] != '/' || !utf8.ValidString(a.SecretFile)):
		f.add("auth secret_file: %q is no absolute path", a.SecretFile)
	}
}

// validateAddresses checks the virtual addresses.
func (r *Router) validateAddresses(f *faults) {
	if len(r.Addresses) == 0 {
		f.add("addresses: none")
		return
	}
	listed := 0
	for _, a := range r.Addresses {
		prefix, err := netip.ParsePrefix(a.Prefix)
		if err != nil || prefix.String() != a.Prefix {
			f.add("addresses: %q is no address with a prefix length in its usual form", a.Prefix)
			continue
		}
		f.unicast("addresses", prefix.Addr().String(), r.Family)
		if !a.Hidden {
			listed++
		}
	}
	f.span("addresses that adverts list", listed, 1, 255)
	if first := r.Addresses[0]; r.Family == IPv6 {
		if x, err := netip.ParsePrefix(first.Prefix); err == nil && (!x.Addr().IsLinkLocalUnicast() || first.Hidden) {
			f.add("addresses: %s is first, and IPv6 begins with a link-local address that adverts list", first.Prefix)
		}
	}
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

// interfaceName reports whether the kernel could have an interface of that
// name: at most 15 bytes, and none that a path or an alias would need.
func interfaceName(s string) bool {
	return s != "" && s != "." && s != ".." && len(s) <= 15 && utf8.ValidString(s) &&
		!strings.ContainsFunc(s, func(c rune) bool { return c == '/' || c == ':' || unicode.IsSpace(c) })
}

// faults collects what is wrong.
type faults struct {
	at    string // before each fault: the router it is in
	found []error
}

func (f *faults) add(format string, args ...any) {
	f.found = append(f.found, errors.New(f.at+fmt.Sprintf(format, args...)))
}

// text wants a string that is there and survives JSON.
func (f *faults) text(field, s string) {
	if s == "" || !utf8.ValidString(s) {
		f.add("%s: %q is empty or not UTF-8", field, s)
	}
}

func (f *faults) span(field string, n, least, most int) {
	if n < least || n > most {
		f.add("%s: %d is outside %d..%d", field, n, least, most)
	}
}

// interval wants a multiple of step milliseconds up to most.
func (f *faults) interval(ms, step, most int) {
	if ms < step || ms > most || ms%step != 0 {
		f.add("advert_interval_ms: %d is no multiple of %d up to %d", ms, step, most)
	}
}

// oneOf reports whether s is one of choices, after adding a fault when not.
func (f *faults) oneOf(field, s string, choices ...string) bool {
	if !slices.Contains(choices, s) {
		f.add("%s: %q is none of %s", field, s, strings.Join(choices, ", "))
		return false
	}
	return true
}

// address wants an address of family without a zone, in its usual form, and
// returns the zero Addr when it is not that.
func (f *faults) address(field, s string, family Family) netip.Addr {
	a, err := netip.ParseAddr(s)
	switch {
	case err != nil || a.Zone() != "" || a.String() != s:
		f.add("%s: %q is no address in its usual form", field, s)
	case Of(a) != family || a.Is4In6():
		f.add("%s: %s is not %s", field, s, family)
	default:
		return a
	}
	return netip.Addr{}
}

// unicast wants an address that one station can have.
func (f *faults) unicast(field, s string, family Family) {
	if a := f.address(field, s, family); a.IsValid() && (a.IsMulticast() || a.IsUnspecified()) {
		f.add("%s: %s is no unicast address", field, s)
	}
}

// once wants what to be of one router only.
func (f *faults) once(seen map[string]string, what, id string) {
	if other, ok := seen[what]; ok {
		f.add("%s: router %s has it too", what, other)
	}
	seen[what] = id
}
