package packet

import (
	"encoding/binary"
	"net/netip"
)

// Checksum is the form of the checksum in version 3 over IPv4. Receivers here
// accept both always.
type Checksum uint8

// The two forms. RFC 9568 section 5.2.8 computes the checksum over IPv4 without
// a pseudo-header, RFC 5798 was read as asking for one, and keepalived and FRR
// send and demand it: it is the zero value, where we depart from the RFC.
const (
	PseudoHeader Checksum = iota
	RFC9568
)

// Protocol is the IP protocol number of VRRP (RFC 9568 section 5.1.1.4).
const Protocol = 112

// pseudo tells whether the checksum of an advert of a version from src covers a
// pseudo-header: over IPv6 always, in version 2 never (RFC 3768 section 5.3.8).
func (c Checksum) pseudo(version uint8, src netip.Addr) bool {
	return !src.Is4() || version == 3 && c == PseudoHeader
}

// sumAs returns the one's complement sum of pdu, which is 0xffff for a message
// that carries its right checksum.
func sumAs(pdu []byte, src, dst netip.Addr, pseudo bool) uint16 {
	if !pseudo {
		return fold(sum(0, pdu))
	}
	return fold(sum(pseudoHeader(src, dst, len(pdu), Protocol), pdu))
}

// seal gives pdu the checksum that fits its bytes.
func seal(pdu []byte, src, dst netip.Addr, pseudo bool) {
	clear(pdu[checksumOffset : checksumOffset+2]) // it is computed over zeros
	binary.BigEndian.PutUint16(pdu[checksumOffset:], ^sumAs(pdu, src, dst, pseudo))
}

// pseudoHeader returns the unfolded sum of the pseudo-header for n bytes of an
// upper-layer protocol: RFC 8200 section 8.1, whose sum over IPv4 addresses is
// that of RFC 793.
func pseudoHeader(src, dst netip.Addr, n int, protocol uint8) uint32 {
	return sumAddr(sumAddr(uint32(n)+uint32(protocol), src), dst)
}

// sumAddr adds the bytes of addr to the unfolded sum s.
func sumAddr(s uint32, addr netip.Addr) uint32 {
	if addr.Is4() {
		a := addr.As4()
		return sum(s, a[:])
	}
	a := addr.As16()
	return sum(s, a[:])
}

// sum adds b, as big-endian 16-bit words padded with zero, to the unfolded sum
// s. It is exact for packets of up to 64 kB.
func sum(s uint32, b []byte) uint32 {
	for ; len(b) >= 2; b = b[2:] {
		s += uint32(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		s += uint32(b[0]) << 8
	}
	return s
}

// fold adds the carries of s back in (RFC 1071).
func fold(s uint32) uint16 {
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}
