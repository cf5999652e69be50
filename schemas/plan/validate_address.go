package plan

import (
	"cmp"
	"net/netip"
	"slices"
)

// validateAddresses checks the virtual addresses.
func (r *Router) validateAddresses(f *faults) {
	if len(r.Addresses) == 0 {
		f.add("addresses: none")
		return
	}
	listed := 0
	for _, a := range r.Addresses {
		if !a.Hidden {
			listed++
		}
		r.validateAddress(f, a)
	}
	f.span("addresses that adverts list", listed, 1, 255)
	if first := r.Addresses[0]; r.Family == IPv6 {
		if x, err := netip.ParsePrefix(first.Prefix); err == nil && (!x.Addr().IsLinkLocalUnicast() || first.Hidden) {
			f.add("addresses: %s is first, and IPv6 begins with a link-local address that adverts list", first.Prefix)
		}
	}
}

// validateAddress checks one of them.
func (r *Router) validateAddress(f *faults, a Address) {
	prefix, err := netip.ParsePrefix(a.Prefix)
	if err != nil || prefix.String() != a.Prefix {
		f.add("addresses: %q is no address with a prefix length in its usual form", a.Prefix)
		return
	}
	f.unicast("addresses", prefix.Addr().String(), r.Family)
	f.device("addresses interface", a.Interface)
	r.validateScope(f, "addresses scope", a.Scope)
	if a.Label == "" {
		return
	}
	f.sound("addresses label", a.Label)
	switch {
	case r.Family != IPv4:
		f.add("addresses label: %q in IPv6, which has none", a.Label)
	case len(a.Label) > 15:
		f.add("addresses label: %q has %d bytes, more than 15", a.Label, len(a.Label))
	}
}

// where returns the interface that an address of r is put on.
func (r *Router) where(a Address) string { return cmp.Or(a.Interface, r.Interface) }

// validateScope checks the scope of an address or a route.
func (r *Router) validateScope(f *faults, field string, s Scope) {
	if s == "" {
		return
	}
	f.oneOf(field, string(s), string(ScopeGlobal), string(ScopeSite), string(ScopeLink), string(ScopeHost))
	if r.Family == IPv6 {
		f.add("%s: %s in IPv6, which has none to choose", field, s)
	}
}

// validateRoutes checks the routes of one router.
func (r *Router) validateRoutes(f *faults) {
	for i, x := range r.Routes {
		f.network("routes destination", x.Destination, r.Family)
		if x.Via != "" {
			f.unicast("routes via", x.Via, r.Family)
		}
		if x.Source != "" {
			f.unicast("routes source", x.Source, r.Family)
		}
		f.device("routes interface", x.Interface)
		f.span("routes metric", x.Metric, 0, 1<<32-1)
		f.span("routes table", x.Table, 0, 1<<32-1)
		r.validateScope(f, "routes scope", x.Scope)
		if slices.ContainsFunc(r.Routes[:i], func(y Route) bool { return x.place() == y.place() }) {
			f.add("routes: %s is there twice with this metric and table", x.Destination)
		}
	}
}

// place is what the kernel tells a route from others by. The zero table is the
// main one, 254.
func (x Route) place() Route {
	return Route{Destination: x.Destination, Metric: x.Metric, Table: cmp.Or(x.Table, 254)}
}

// validateRules checks the rules of one router.
func (r *Router) validateRules(f *faults) {
	for i, x := range r.Rules {
		f.span("rules priority", x.Priority, 1, 32765)
		if x.From != "" {
			f.network("rules from", x.From, r.Family)
		}
		if x.To != "" {
			f.network("rules to", x.To, r.Family)
		}
		f.device("rules interface", x.Interface)
		f.span("rules mark", x.Mark, 0, 1<<32-1)
		f.span("rules table", x.Table, 1, 1<<32-1)
		if slices.Contains(r.Rules[:i], x) {
			f.add("rules: the one of priority %d is there twice", x.Priority)
		}
	}
}
