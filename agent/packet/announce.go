package packet

import (
	"encoding/binary"
	"net"
	"net/netip"
	"slices"
)

// The parts of an Ethernet frame and of the protocols that announce addresses.
const (
	etherLen  = 14
	etherARP  = 0x0806
	etherIPv6 = 0x86dd

	arpLen     = 28
	arpRequest = 1
	arpReply   = 2

	ipv6Len     = 40
	protoICMPv6 = 58
	naLen       = 32  // with one link-layer address option
	naType      = 136 // RFC 4861 section 4.4
	nsLen       = 24  // without options
	nsType      = 135 // RFC 4861 section 4.3
	naRouter    = 0x80
	naSolicited = 0x40
	naOverride  = 0x20

	optionSource = 1 // RFC 4861 section 4.6.1, source link-layer address
	optionTarget = 2 // target link-layer address
)

// The destinations of announcements.
var (
	broadcast     = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	allNodes      = netip.MustParseAddr("ff02::1")
	allNodesEther = net.HardwareAddr{0x33, 0x33, 0, 0, 0, 1}
)

// ethernetIPv4 begins an ARP packet: hardware type Ethernet, protocol IPv4, and
// the lengths of their addresses.
var ethernetIPv4 = [6]byte{0, 1, 0x08, 0x00, 6, 4}

// AppendGratuitousARP appends an Ethernet frame that tells everybody on the link
// that the IPv4 address addr is at mac (RFC 9568 section 6.4.2, RFC 5227
// section 3): a broadcast request whose sender and target are addr, the form that
// keepalived sends and that updates the caches of most systems. It panics when
// mac is not of Ethernet or addr not of IPv4.
func AppendGratuitousARP(b []byte, mac net.HardwareAddr, addr netip.Addr) []byte {
	if len(mac) != 6 || !addr.Is4() {
		panic("packet: gratuitous ARP for " + addr.String() + " at " + mac.String())
	}
	b = appendEther(b, broadcast, mac, etherARP)
	b = append(b, ethernetIPv4[:]...)
	b = binary.BigEndian.AppendUint16(b, arpRequest)
	b = appendAddr(append(b, mac...), addr)
	return appendAddr(append(b, broadcast...), addr)
}

// AppendUnsolicitedNA appends an Ethernet frame that tells everybody on the link
// that the IPv6 address addr is at mac: an unsolicited neighbour advertisement
// with the Override flag (RFC 9568 section 6.4.2, RFC 4861 section 7.2.6).
// router is the Router flag: hosts take a default router that clears it off
// their list, and one that sets it for a router, so it must say whether the
// interface forwards.
//
// The source is addr itself. RFC 4861 asks for an address of the interface, and
// addr is one by the time that it is announced, without a choice to be made; it
// is also what keepalived sends. It panics when mac is not of Ethernet or addr
// not of IPv6.
func AppendUnsolicitedNA(b []byte, mac net.HardwareAddr, addr netip.Addr, router bool) []byte {
	if len(mac) != 6 || !addr.Is6() {
		panic("packet: neighbour advertisement for " + addr.String() + " at " + mac.String())
	}
	flags := byte(naOverride)
	if router {
		flags |= naRouter
	}
	b = appendEther(b, allNodesEther, mac, etherIPv6)
	b = append(b, 0x60, 0, 0, 0, 0, naLen, protoICMPv6, 255) // the hop limit must be 255
	b = appendAddr(appendAddr(b, addr), allNodes)
	start := len(b)
	b = append(b, naType, 0, 0, 0, flags, 0, 0, 0)
	b = appendAddr(b, addr)
	b = append(append(b, optionTarget, 1), mac...)
	na := b[start:]
	binary.BigEndian.PutUint16(na[2:], ^fold(sum(pseudoHeader(addr, allNodes, naLen, protoICMPv6), na)))
	return b
}

// AppendProbe appends an Ethernet frame that asks everybody on the link, from mac,
// who else has addr: an ARP probe (RFC 5227 section 2.1.1), or a neighbour
// solicitation of duplicate address detection (RFC 4862 section 5.4.2). It tells
// nobody anything: its sender is unspecified. Whoever has addr answers to mac or to
// all nodes. It panics when mac is not of Ethernet.
func AppendProbe(b []byte, mac net.HardwareAddr, addr netip.Addr) []byte {
	switch {
	case len(mac) != 6:
		panic("packet: probe for " + addr.String() + " from " + mac.String())
	case addr.Is4():
		b = appendEther(b, broadcast, mac, etherARP)
		b = append(b, ethernetIPv4[:]...)
		b = binary.BigEndian.AppendUint16(b, arpRequest)
		b = appendAddr(append(b, mac...), netip.IPv4Unspecified())
		return appendAddr(append(b, 0, 0, 0, 0, 0, 0), addr)
	}
	return appendSolicitation(b, mac, netip.IPv6Unspecified(), addr, nil)
}

// AppendSolicitation appends an Ethernet frame by which the station from at mac asks
// everybody on the link who has addr: a neighbour solicitation of address resolution
// (RFC 4861 section 7.2.2). Unlike a probe it stops nobody from taking addr (RFC 4862
// section 5.4.3), and whoever has addr answers to from alone, and keeps it in mind. It
// panics when mac is not of Ethernet or an address not of IPv6.
func AppendSolicitation(b []byte, mac net.HardwareAddr, from, addr netip.Addr) []byte {
	if len(mac) != 6 || !from.Is6() || !addr.Is6() {
		panic("packet: neighbour solicitation for " + addr.String() + " from " + from.String() + " at " + mac.String())
	}
	return appendSolicitation(b, mac, from, addr, append([]byte{optionSource, 1}, mac...))
}

// appendSolicitation appends a neighbour solicitation with the given options to the
// solicited-node group of addr.
func appendSolicitation(b []byte, mac net.HardwareAddr, from, addr netip.Addr, options []byte) []byte {
	group := [16]byte{0xff, 0x02, 11: 1, 12: 0xff} // RFC 4291 section 2.7.1
	target := addr.As16()
	copy(group[13:], target[13:])
	to, n := netip.AddrFrom16(group), nsLen+len(options)
	b = appendEther(b, net.HardwareAddr{0x33, 0x33, 0xff, target[13], target[14], target[15]}, mac, etherIPv6)
	b = append(b, 0x60, 0, 0, 0, 0, byte(n), protoICMPv6, 255) // the hop limit must be 255
	b = appendAddr(appendAddr(b, from), to)
	start := len(b)
	b = append(appendAddr(append(b, nsType, 0, 0, 0, 0, 0, 0, 0), addr), options...)
	ns := b[start:]
	binary.BigEndian.PutUint16(ns[2:], ^fold(sum(pseudoHeader(from, to, n, protoICMPv6), ns)))
	return b
}

// appendEther appends an Ethernet header.
func appendEther(b []byte, dst, src net.HardwareAddr, etherType uint16) []byte {
	return binary.BigEndian.AppendUint16(append(append(b, dst...), src...), etherType)
}

// ParseAnnouncement tells whether an Ethernet frame announces an address, and
// then which one, and at which MAC: a gratuitous ARP request or reply, or an
// unsolicited neighbour advertisement. Frames with 802.1Q tags belong to another
// link and are none. mac does not alias frame.
func ParseAnnouncement(frame []byte) (mac net.HardwareAddr, addr netip.Addr, ok bool) {
	if len(frame) < etherLen {
		return nil, netip.Addr{}, false
	}
	switch binary.BigEndian.Uint16(frame[12:]) {
	case etherARP:
		return parseGratuitousARP(frame[etherLen:])
	case etherIPv6:
		return parseUnsolicitedNA(frame[etherLen:])
	}
	return nil, netip.Addr{}, false
}

// parseGratuitousARP reads an ARP packet whose sender and target addresses are
// the same. Whatever follows it is Ethernet padding.
func parseGratuitousARP(b []byte) (net.HardwareAddr, netip.Addr, bool) {
	mac, sender, target, ok := parseARP(b)
	return announced(mac, sender, ok && sender == target)
}

// parseARP reads the request or reply of a station. mac aliases b.
func parseARP(b []byte) (mac []byte, sender, target netip.Addr, ok bool) {
	if len(b) < arpLen || [6]byte(b) != ethernetIPv4 {
		return nil, sender, target, false
	}
	operation := binary.BigEndian.Uint16(b[6:])
	sender, target = netip.AddrFrom4([4]byte(b[14:])), netip.AddrFrom4([4]byte(b[24:]))
	return b[8:14], sender, target, operation == arpRequest || operation == arpReply
}

// parseUnsolicitedNA reads a neighbour advertisement that is not solicited.
func parseUnsolicitedNA(b []byte) (net.HardwareAddr, netip.Addr, bool) {
	mac, target, solicited, ok := parseNA(b)
	return announced(mac, target, ok && !solicited)
}

// parseNA reads an IPv6 packet that is a valid neighbour advertisement (RFC 4861
// section 7.1.2), with the target's link-layer address if it has one, which aliases
// b.
func parseNA(b []byte) (mac []byte, target netip.Addr, solicited, ok bool) {
	if len(b) < ipv6Len || b[6] != protoICMPv6 || b[7] != 255 {
		return nil, target, false, false
	}
	n := int(binary.BigEndian.Uint16(b[4:]))
	na := b[ipv6Len:]
	if n < naLen-8 || n > len(na) {
		return nil, target, false, false
	}
	na = na[:n]
	src, dst := netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[24:]))
	ok = na[0] == naType && na[1] == 0 && fold(sum(pseudoHeader(src, dst, n, protoICMPv6), na)) == 0xffff
	return targetOption(na[24:]), netip.AddrFrom16([16]byte(na[8:])), na[4]&naSolicited != 0, ok
}

// targetOption returns the target link-layer address among the options of a
// neighbour advertisement, or nil.
func targetOption(b []byte) []byte {
	for len(b) >= 8 {
		n := int(b[1]) * 8 // RFC 4861 section 4.6: an option of length 0 makes the packet invalid
		if n == 0 || n > len(b) {
			return nil
		}
		if b[0] == optionTarget && n == 8 {
			return b[2:8]
		}
		b = b[n:]
	}
	return nil
}

// announced returns what a packet announces, if ok and if it is an address that
// a station can have at a MAC that a station can have.
func announced(mac []byte, addr netip.Addr, ok bool) (net.HardwareAddr, netip.Addr, bool) {
	if !ok || len(mac) != 6 || mac[0]&1 != 0 || addr.IsUnspecified() || addr.IsMulticast() {
		return nil, netip.Addr{}, false
	}
	return slices.Clone(net.HardwareAddr(mac)), addr, true
}

// ParseClaim tells whether the sender of an Ethernet frame says that it has an
// address, and then which one, and at which MAC: as the sender of an ARP request or
// reply, gratuitous or not, or as the target of a neighbour advertisement. A probe
// (RFC 5227 section 2.1.1), whose sender is unspecified, is none. mac does not alias
// frame.
func ParseClaim(frame []byte) (mac net.HardwareAddr, addr netip.Addr, ok bool) {
	if len(frame) < etherLen {
		return nil, netip.Addr{}, false
	}
	switch binary.BigEndian.Uint16(frame[12:]) {
	case etherARP:
		mac, sender, _, ok := parseARP(frame[etherLen:])
		return announced(mac, sender, ok)
	case etherIPv6:
		mac, target, _, ok := parseNA(frame[etherLen:])
		return announced(mac, target, ok)
	}
	return nil, netip.Addr{}, false
}
