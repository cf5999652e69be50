package packet

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"
)

// Header is what the IP header of a received packet says.
type Header struct {
	Source      netip.Addr // without zone
	Destination netip.Addr // without zone, of the family of Source
	TTL         uint8      // IPv4 TTL or IPv6 Hop Limit
}

// Parse decodes the payload of an IP packet and makes those checks of RFC 9568
// section 7.1 and RFC 3768 section 7.1 that need nothing but the packet; Check
// makes the others. The error is a Reason. The advert does not alias payload.
//
// The length must be exact: the kernel cuts Ethernet padding off by the IP
// header's length before it hands a packet to a raw socket, and a longer advert
// is one with an extension that we would otherwise not honour. Only a signature may
// follow, which is told by its length; Verify looks into it. Checksums over IPv4
// are accepted in both forms.
func Parse(payload []byte, h Header) (Advert, error) { return ParseInto(nil, payload, h) }

// ParseInto is Parse with memory for the addresses, whose content is overwritten.
func ParseInto(addresses []netip.Addr, payload []byte, h Header) (Advert, error) {
	if len(payload) < headerLen {
		return Advert{}, BadLength
	}
	// "MUST verify that the IPv4 TTL is 255." The RFCs know multicast only; a
	// unicast peer may be behind a router, so any TTL does there, as in keepalived.
	if h.Destination.IsMulticast() && h.TTL != 255 {
		return Advert{}, BadTTL
	}
	a := Advert{Version: payload[0] >> 4, VRID: payload[1], Priority: payload[2]}
	if a.Version != 3 && (a.Version != 2 || !h.Source.Is4()) {
		return Advert{}, BadVersion
	}
	if payload[0]&0x0f != typeAdvertisement { // section 5.2.2
		return Advert{}, BadType
	}
	count := int(payload[3])
	if count == 0 { // section 5.2.5
		return Advert{}, NoAddresses
	}
	n := a.wireLen(count, h.Source)
	if len(payload) != n && len(payload) != n+SignatureLen {
		return Advert{}, BadLength
	}
	a.parseInterval(payload[:n])
	if a.Interval == 0 { // would make Active_Down_Interval 0, a busy loop
		return Advert{}, ZeroInterval
	}
	covered := payload
	if h.Source.Is4() {
		covered = payload[:n]
	}
	if !checksumHolds(covered, a.Version, h) { // section 5.2.8
		return Advert{}, BadChecksum
	}
	if len(payload) > n {
		var err error
		if a.Signature, err = parseSignature(payload[n:]); err != nil {
			return Advert{}, err
		}
	}
	a.Addresses = addresses[:0]
	a.parseAddresses(payload, count, h.Source)
	return a, nil
}

// wireLen returns the length of an advert with count addresses of src's family.
func (a *Advert) wireLen(count int, src netip.Addr) int {
	n := headerLen + count*src.BitLen()/8
	if a.Version == 2 {
		n += authLen
	}
	return n
}

// parseInterval sets Interval, and in version 2 Auth. The reserved bits of
// version 3 are ignored (section 5.2.6).
func (a *Advert) parseInterval(payload []byte) {
	if a.Version == 3 {
		a.Interval = time.Duration(binary.BigEndian.Uint16(payload[4:])&0x0fff) * centisecond
		return
	}
	a.Interval = time.Duration(payload[5]) * time.Second
	a.Auth.Type = AuthType(payload[4])
	copy(a.Auth.Data[:], payload[len(payload)-authLen:])
}

// parseAddresses appends to Addresses those of a payload whose length has been checked.
func (a *Advert) parseAddresses(payload []byte, count int, src netip.Addr) {
	size := src.BitLen() / 8
	a.Addresses = slices.Grow(a.Addresses, count)
	for i := range count {
		at := headerLen + i*size
		addr, _ := netip.AddrFromSlice(payload[at : at+size])
		a.Addresses = append(a.Addresses, addr)
	}
}

// checksumHolds tells whether payload carries its right checksum in one of the
// forms that its version and family know.
func checksumHolds(payload []byte, version uint8, h Header) bool {
	for _, form := range [...]Checksum{PseudoHeader, RFC9568} {
		if sumAs(payload, h.Source, h.Destination, form.pseudo(version, h.Source)) == 0xffff {
			return true
		}
	}
	return false
}
