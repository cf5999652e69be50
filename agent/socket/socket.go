package socket

import (
	"net/netip"
	"time"
)

// Interface is a network interface. Both fields are needed: an interface that
// was deleted and made again keeps its name only, a renamed one its index only.
type Interface struct {
	Name  string
	Index int
}

// Received is an IP packet of protocol 112 that arrived.
type Received struct {
	Source      netip.Addr // without zone
	Destination netip.Addr // without zone; a group or an address of this host
	TTL         uint8      // IPv4 TTL or IPv6 Hop Limit
	Payload     []byte     // what follows the IP header; valid until the handler returns

	// Age is how long the packet has waited to be read, as the wall clock has it: one
	// that was set meanwhile makes it wrong. Never negative; 0 if unknown.
	Age time.Duration
}

// Packet is an IP packet of protocol 112 that is to be sent.
type Packet struct {
	Source      netip.Addr // of this host
	Destination netip.Addr
	Payload     []byte // what follows the IP header
}

// Sizes of buffers, in bytes.
const (
	// readBuffer holds the longest advert behind the longest IPv4 header, with
	// room to spare: what is longer is cut, and still too long to be an advert.
	readBuffer = 8192

	// queueBuffer is what the kernel may queue for one socket. A reader that was
	// frozen finds the oldest packets of that many, some thousand adverts.
	queueBuffer = 4 << 20

	// queueLength is more packets than fit into queueBuffer, which the kernel
	// doubles, and of which the smallest packet takes more than 512 bytes.
	queueLength = 2 * queueBuffer / 512
)

// MaxClaims is how many addresses of one family ListenClaims looks for: what fits, for
// both families, into the 20 KiB that Linux before 6.8 grants a filter (optmem_max; an
// address takes 16 bytes of them).
const MaxClaims = 600
