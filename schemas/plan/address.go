package plan

// Address is one virtual address.
type Address struct {
	Prefix string `json:"prefix"` // as written, "10.0.0.100/24"; a bare address was written as /32 or /128

	// Hidden addresses move with the router, but its adverts do not list them
	// (what does not fit one advert).
	Hidden bool `json:"hidden,omitempty"`

	Interface string `json:"interface,omitempty"` // where it is put; empty: on the router's
	Label     string `json:"label,omitempty"`     // IPv4 only, at most 15 bytes; empty: the name of the interface where it is put
	Scope     Scope  `json:"scope,omitempty"`     // IPv4 only, as IPv6 addresses tell theirs; empty: what the kernel thinks fit, global for most

	// NoPrefixRoute keeps the kernel from adding the route to the address's subnet
	// where it would: a host with an own address in that subnet has the route
	// already.
	NoPrefixRoute bool `json:"no_prefix_route,omitempty"`
}

// Scope is the reach of an address or a route.
type Scope string

// The scopes, by the names that ip(8) has for them.
const (
	ScopeGlobal Scope = "global"
	ScopeSite   Scope = "site"
	ScopeLink   Scope = "link"
	ScopeHost   Scope = "host"
)

// Route is one route of the router's family, whose addresses are in their usual
// form.
type Route struct {
	Destination string `json:"destination"`         // a prefix without host bits, "0.0.0.0/0" or "::/0" for the default route
	Via         string `json:"via,omitempty"`       // the gateway's unicast address; empty: the destination is on the link
	Interface   string `json:"interface,omitempty"` // empty: as the kernel finds Via, or the router's without a Via
	Source      string `json:"source,omitempty"`    // preferred source address; empty: none
	Metric      int    `json:"metric,omitempty"`    // 1..4294967295; 0: the kernel's default
	Table       int    `json:"table,omitempty"`     // 1..4294967295; 0: the main table
	Scope       Scope  `json:"scope,omitempty"`     // IPv4 only; empty: link without a Via, else global
}

// Policy is one rule of the routing policy, of the router's family.
type Policy struct {
	Priority  int    `json:"priority"`            // 1..32765: lower ones are asked first
	From      string `json:"from,omitempty"`      // a prefix without host bits; empty: any
	To        string `json:"to,omitempty"`        // likewise
	Interface string `json:"interface,omitempty"` // where packets come in; empty: any
	Mark      int    `json:"mark,omitempty"`      // the packet's firewall mark, 1..4294967295; 0: any
	Table     int    `json:"table"`               // to look in, 1..4294967295
}
