package socket

import (
	"encoding/binary"
	"net/netip"
)

// parseIPv4 takes an IPv4 packet apart, with options or without. What follows
// the packet's total length is not part of it.
func parseIPv4(b []byte) (Received, bool) {
	if len(b) < 20 || b[0]>>4 != 4 {
		return Received{}, false
	}
	header, total := int(b[0]&0x0f)*4, int(binary.BigEndian.Uint16(b[2:]))
	total = min(total, len(b)) // b may be cut
	if header < 20 || total < header {
		return Received{}, false
	}
	return Received{
		Source:      netip.AddrFrom4([4]byte(b[12:])),
		Destination: netip.AddrFrom4([4]byte(b[16:])),
		TTL:         b[8],
		Payload:     b[header:total],
	}, true
}
