package status

import "time"

// Conflict is something heard on the wire that contradicts what a router knows of
// its segment: who is Active, who has its addresses, how adverts look. It begins
// when it is seen often enough to be no accident, and ends when it has not been
// seen for a while.
type Conflict struct {
	Kind string `json:"kind"` // one of the kinds below; others may come

	// Peer is who causes it: the source of adverts, or of a DuplicateAddress the MAC.
	// Empty: more of them than are told apart, or of Unheard nobody.
	Peer    string `json:"peer,omitempty"`
	Host    string `json:"host,omitempty"`    // the member that has that address, as the plan calls it; empty: none that is known
	Address string `json:"address,omitempty"` // of a DuplicateAddress: the virtual address

	Since time.Time `json:"since"` // when it was seen first
	Last  time.Time `json:"last"`  // and last
	Count uint64    `json:"count"` // packets since then
	Words string    `json:"words"` // what it is, and what to look at
}

// The kinds of a Conflict.
const (
	TwoActive        = "two-active"        // another router is Active beside this one
	Unheard          = "unheard"           // this router left, and no other member took over
	DuplicateAddress = "duplicate-address" // another station has a virtual address of an Active router
	ForeignSender    = "foreign-sender"    // adverts of this VRID come from no member
	OwnSource        = "own-source"        // adverts come from the router's own address
	OtherAuth        = "auth"              // password, signature or key differ
	OtherInterval    = "interval"          // the advertisement interval differs
	OtherVersion     = "version"           // the VRRP version differs
	OtherAddresses   = "addresses"         // adverts list other addresses
	OtherTransport   = "transport"         // multicast to a unicast router, or the reverse
	WrongChecksum    = "checksum"          // in both forms
	WrongTTL         = "ttl"               // multicast that has crossed a router
	Malformed        = "malformed"         // no advert at all
)

// Conflicts are all kinds, in the order in which they are told.
func Conflicts() []string {
	return []string{TwoActive, Unheard, DuplicateAddress, ForeignSender, OwnSource, OtherAuth, OtherInterval, OtherVersion,
		OtherAddresses, OtherTransport, WrongChecksum, WrongTTL, Malformed}
}
