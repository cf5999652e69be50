package plan

import "net/netip"

// Format is the version of the document that this package reads and writes.
// An agent that meets a greater one keeps what it runs and says so.
const Format = 1

// MaxText is the length of the longest text in a plan, in bytes. Every text is
// UTF-8 without NUL bytes.
const MaxText = 4096

// MaxList is the length of the longest list or map in a check, a target, a hook
// or an upgrade, a command's arguments among them.
const MaxList = 256

// Document is one plan file, plans/HOST.json.
type Document struct {
	Format   int      `json:"format"`   // always Format when written
	Hash     string   `json:"hash"`     // Hash of Plan, "sha256:" and 64 hexadecimal digits
	Envelope Envelope `json:"envelope"` // not part of the hash
	Plan     Plan     `json:"plan"`
}

// Envelope says where a plan came from. It is not part of the hash: a comment
// added to a configuration moves lines, but changes no plan.
type Envelope struct {
	AppliedBy string `json:"applied_by,omitempty"` // user@host; empty when unknown
	AppliedAt string `json:"applied_at,omitempty"` // RFC 3339, UTC; empty when never applied
	Commit    string `json:"commit,omitempty"`     // git describe of the configuration folder; empty outside Git
	Wave      string `json:"wave,omitempty"`       // "1 of 3": the plan is one of a change-over, and others are to follow; empty: it is not
	// Origins names the file and line of the configuration as of Commit
	// ("main.ha.hcl:12") of each object of the plan: "router " and its ID, "check ",
	// "notify " or "upgrade " and its name. An object that it does not have is of
	// unknown origin.
	Origins map[string]string `json:"origins,omitempty"`

	Trial *Trial `json:"trial,omitempty"` // until when the plan is to be confirmed; nil: it need not be
}

// Plan is what one host has to do.
type Plan struct {
	Host     string    `json:"host"`               // the host's name in the configuration, never empty
	Routers  []Router  `json:"routers"`            // sorted by ID; empty when the host has nothing to do
	Checks   []Check   `json:"checks,omitempty"`   // sorted by Name: exactly those that a router tracks, or an upgrade asks
	Notify   []Notify  `json:"notify,omitempty"`   // sorted by Name: exactly those that a router names
	Upgrades []Upgrade `json:"upgrades,omitempty"` // sorted by Name
}

// Family is an IP version, 4 or 6.
type Family int

// The two families.
const (
	IPv4 Family = 4
	IPv6 Family = 6
)

// Of returns the family of a. The zero Addr is of no family, 0.
func Of(a netip.Addr) Family {
	switch {
	case a.Is4():
		return IPv4
	case a.Is6():
		return IPv6
	}
	return 0
}

// String returns "ipv4" or "ipv6".
func (f Family) String() string {
	if f == IPv6 {
		return "ipv6"
	}
	return "ipv4"
}

// Owner is the priority of the router that owns the addresses (RFC 9568
// section 5.2.4).
const Owner = 255

// Router is one virtual router on this host: one VRID in one family on one
// interface, each such triple once in a plan. A vip with addresses of both
// families becomes two routers.
//
// Addresses of every kind are those of the router's family, without a zone, in
// their usual form (that of netip's String).
type Router struct {
	ID       string `json:"id"`       // Vip, "/" and Family's String, "web/public/ipv4"; unique in a plan, the same on every host
	Vip      string `json:"vip"`      // cluster and vip, "web/public"; both routers of a dual-stack vip share it and release together
	Family   Family `json:"family"`   // 4 or 6
	VRID     int    `json:"vrid"`     // 1..255
	Version  int    `json:"version"`  // VRRP version, 2 or 3; IPv6 needs 3
	Priority int    `json:"priority"` // base priority, 1..254, or Owner

	// AdvertInterval is in milliseconds: version 2 whole seconds up to 255 s,
	// version 3 multiples of 10 ms up to 40.95 s.
	AdvertInterval int `json:"advert_interval_ms"`

	Interface string `json:"interface"` // name on this host, one that the kernel could give

	// Source is the primary address that adverts carry as sender. When empty,
	// the agent takes the interface's first own address: IPv4 the first primary
	// one, IPv6 the link-local one.
	Source string `json:"source,omitempty"`

	// Peers are the neighbours' addresses in unicast mode. When empty, adverts
	// go to Group.
	Peers []string `json:"peers,omitempty"`
	Group string   `json:"group,omitempty"` // multicast group; empty exactly when Peers is not

	Checksum Checksum `json:"checksum"` // the form sent in version 3 over IPv4, always set; both are accepted

	Auth *Auth `json:"auth,omitempty"` // nil: none

	// Accept is by which other terms neighbours may send, each once, while a cluster
	// changes them; empty at all other times.
	Accept []Terms `json:"accept,omitempty"`

	Preemption Preemption `json:"preemption"`
	Announce   Announce   `json:"announce"`

	// Unit is the name of the vip's cluster when its vips move together, and then
	// all routers of that cluster have it, with the same Priority, Preemption,
	// QuietStart, QuietLink and Tracks. Empty: the vip moves by itself.
	Unit string `json:"unit,omitempty"`

	// QuietStart is how long a router that has just started listens before it
	// claims anything, 0..Longest milliseconds.
	QuietStart int `json:"quiet_start_ms,omitempty"`

	// QuietLink is how long a router listens after its interface has come up or been
	// made again, and after the agent's start, before it claims anything, 0..Longest
	// milliseconds. An advert that is heard ends it.
	QuietLink int `json:"quiet_link_ms,omitempty"`

	Tracks []Track  `json:"tracks,omitempty"` // each check and interface once; the same in both families of a vip, in one order
	Notify []string `json:"notify,omitempty"` // names of the plan's targets that hear of its transitions, in order, each once
	Hooks  []Hook   `json:"hooks,omitempty"`  // the same in both families of a vip: they run once; at most MaxList

	// Addresses are those of the vip in advertised order: IPv6 begins with a
	// link-local one. 1 to 255 of them are not Hidden. An address is there once
	// on the interface where it is put, in all routers of the plan.
	Addresses []Address `json:"addresses"`

	// Routes are there while the router is Active, in order. In a router each
	// Destination is there once with one Metric and Table; routers that have such
	// a route in common have the same one.
	Routes []Route  `json:"routes,omitempty"`
	Rules  []Policy `json:"rules,omitempty"` // are there while the router is Active, each once, in order

	// OnAgentLoss says what becomes of the addresses when the agent dies.
	OnAgentLoss OnAgentLoss `json:"on_agent_loss"`

	// Neighbours are the other members of the cluster, in order of preference,
	// each host once.
	Neighbours []Neighbour `json:"neighbours,omitempty"`
}

// Checksum is the form of the version 3 checksum over IPv4.
type Checksum string

// The two forms. keepalived and FRR send and demand the one with the
// pseudo-header; RFC 9568 section 5.2.8 has none for IPv4.
const (
	PseudoHeader Checksum = "pseudo-header"
	RFC9568      Checksum = "rfc9568"
)

// Mode says when a Backup with a higher priority takes over from a working
// Active router (RFC 9568 section 6.1, Preempt_Mode).
type Mode string

// The three modes.
const (
	Always  Mode = "always"
	Delayed Mode = "delayed"
	Never   Mode = "never"
)

// MaxDelay is the longest preemption delay, a day, in milliseconds.
const MaxDelay = 24 * 60 * 60 * 1000

// Preemption is a mode and its delay.
type Preemption struct {
	Mode  Mode `json:"mode"`
	Delay int  `json:"delay_ms,omitempty"` // milliseconds, greater than 0 exactly when Mode is Delayed; at most MaxDelay
}

// String returns the mode, with its delay if it has one ("delayed by 10s").
func (p Preemption) String() string {
	if p.Mode == Delayed {
		return "delayed by " + milliseconds(p.Delay).String()
	}
	return string(p.Mode)
}

// Announce says how gratuitous ARP and unsolicited neighbour advertisements
// are sent by a new Active router.
type Announce struct {
	Burst  int `json:"burst"`               // announcements of each address in one burst, 1..100
	Repeat int `json:"repeat_ms,omitempty"` // milliseconds, up to an hour, until a second burst; 0: no second one

	// Refresh is the time between single announcements of each address while the
	// router stays Active, 1000..Longest milliseconds; 0: none.
	Refresh int `json:"refresh_ms,omitempty"`
}

// OnAgentLoss says what becomes of the addresses when an agent dies.
type OnAgentLoss string

// The choices.
const (
	Release OnAgentLoss = "release" // addresses expire when the agent no longer refreshes them
	Keep    OnAgentLoss = "keep"    // addresses stay
)

// Kind is who speaks VRRP on a neighbour.
type Kind string

// The kinds.
const (
	Hactl      Kind = "hactl"
	Keepalived Kind = "keepalived"
	Other      Kind = "other"
)

// Neighbour is another member of a router's cluster.
type Neighbour struct {
	Host     string `json:"host"`
	Kind     Kind   `json:"kind"`
	Priority int    `json:"priority"`          // the highest it can have, 1..255
	Address  string `json:"address,omitempty"` // the address its adverts come from; empty when unknown
}
