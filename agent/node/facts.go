package node

import (
	"net"
	"net/netip"
	"time"
)

// Link is one network interface as the kernel has it.
type Link struct {
	Index     int              // of the kernel, greater than 0
	Name      string           // "eth0"
	MAC       net.HardwareAddr // empty on interfaces without
	MTU       int              // bytes
	Up        bool             // IFF_UP
	Running   bool             // IFF_RUNNING: has carrier
	Forwards6 bool             // forwards IPv6 packets: the router flag of its neighbour advertisements
	Addresses []Assigned       // IPv4 in the kernel's order, then IPv6 sorted
}

// Assigned is an address on a link.
type Assigned struct {
	Prefix    netip.Prefix // the address with its prefix length, not masked
	Ours      bool         // put there by hactl, now or before a restart
	Tentative bool         // IPv6: duplicate address detection has not ended
	Failed    bool         // IPv6: duplicate address detection found a duplicate
	Secondary bool         // IPv4: a further address of the subnet of another one
}

// Wish is an address that is to be on a link. What is ours and not wished is to
// be removed; what is foreign is not to be touched.
type Wish struct {
	Interface string       // name
	Prefix    netip.Prefix // exactly as it is to be installed

	// Route: the kernel adds the route to the prefix's subnet (no
	// IFA_F_NOPREFIXROUTE). Set for addresses outside every own subnet.
	Route bool

	// Lifetime is how long it stays without a refresh, in whole seconds; 0: for ever.
	Lifetime time.Duration

	// Stays: it is to stay as it is when it is there, and not to be added otherwise.
	Stays bool

	Label string // IPv4: as ip(8) shows it; empty: the interface's name
	Scope Scope  // IPv4; IPv6: 0
}

// Holding is what became of a Wish.
type Holding = Held[Wish]

// Health is what a check says of its service, or a tracked interface is.
type Health uint8

// The three of them. An interface is never Unknown.
const (
	Unknown Health = iota // the check has no result yet
	Up
	Down
)

// String returns "unknown", "up" or "down".
func (h Health) String() string {
	return [...]string{"unknown", "up", "down"}[h]
}
