package packet

import (
	"crypto/subtle"
	"net/netip"
	"slices"
	"time"
)

// Expect is what one virtual router demands of the adverts that it acts on.
type Expect struct {
	Version  uint8         // 2 or 3
	VRID     uint8         // 1..255
	Auth     Auth          // zero in version 3
	Interval time.Duration // version 2 only; version 3 learns the sender's

	// Source is the router's own primary address, without zone. The zero Addr,
	// while it is not known, is nobody's.
	Source netip.Addr

	// Group is the multicast group, the zero Addr in unicast mode.
	Group netip.Addr

	// Peers are the neighbours in unicast mode, without zone.
	Peers []netip.Addr

	Signed Signatures
}

// Signatures says which adverts a router takes. A signature that is there must be
// right in any case, which is not Check's business but Verify's.
type Signatures uint8

// The three of them.
const (
	NoSignatures  Signatures = iota // unsigned ones
	AnySignatures                   // unsigned and signed ones
	AllSignatures                   // signed ones
)

// Check makes the checks of RFC 9568 section 7.1 and RFC 3768 section 7.1 that
// Parse cannot make, and returns nil or a Reason. That a router with priority 255
// ignores adverts is the state machine's business (section 6.4.3), and another
// list of addresses is no reason to drop an advert: see AddressesDiffer.
//
// keepalived looks at authentication and interval before the checksum; here they
// come after it, since a packet with a wrong checksum says nothing about either.
func (e *Expect) Check(a *Advert, h Header) error {
	switch {
	case a.VRID != e.VRID: // "MUST verify that the VRID is configured"
		return UnknownVRID
	case h.Source == e.Source: // a loop, or a duplicate address; never a rival
		return OwnSource
	case a.Version != e.Version:
		return BadVersion
	case e.Signed == NoSignatures && a.Signature != nil, !e.Auth.Accepts(a.Auth): // RFC 3768 section 5.3.6
		return BadAuth
	case e.Signed == AllSignatures && a.Signature == nil:
		return Unsigned
	case e.Version == 2 && a.Interval != e.Interval: // RFC 3768 section 5.3.7
		return BadInterval
	case !e.sentHere(h.Destination):
		return BadDestination
	case !e.Group.IsValid() && !slices.Contains(e.Peers, h.Source):
		return UnknownPeer
	}
	return nil
}

// sentHere tells whether dst is where the router's adverts are sent to. In
// unicast mode the kernel has seen to it that dst is one of the host's own
// addresses.
func (e *Expect) sentHere(dst netip.Addr) bool {
	if e.Group.IsValid() {
		return dst == e.Group
	}
	return !dst.IsMulticast()
}

// Accepts tells whether got is the authentication a. Without authentication the
// data is ignored (RFC 3768 section 5.3.10); otherwise it is compared in constant
// time.
func (a Auth) Accepts(got Auth) bool {
	if a.Type != got.Type {
		return false
	}
	return a.Type == NoAuth || subtle.ConstantTimeCompare(a.Data[:], got.Data[:]) == 1
}

// AddressesDiffer tells whether a lists other addresses than want, in any order.
// Such an advert counts all the same: dropping it would make two routers Active
// for the addresses that both have. keepalived before 2.3.3 does drop it.
func (a *Advert) AddressesDiffer(want []netip.Addr) bool {
	if slices.Equal(a.Addresses, want) {
		return false
	}
	got, want := slices.Clone(a.Addresses), slices.Clone(want)
	slices.SortFunc(got, netip.Addr.Compare)
	slices.SortFunc(want, netip.Addr.Compare)
	return !slices.Equal(got, want)
}
