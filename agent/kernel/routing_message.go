package kernel

import (
	"net/netip"
	"slices"

	"hactl/agent/node"

	"golang.org/x/sys/unix"
)

// decodeRoute reads the body of an RTM_NEWROUTE or RTM_DELROUTE message. It is
// ours when it says so, and no copy that the kernel made for its own use.
func decodeRoute(b []byte) (r route, ours bool) {
	if len(b) < unix.SizeofRtMsg || b[5] != Mark || u32(b[8:])&unix.RTM_F_CLONED != 0 {
		return route{}, false
	}
	r.Destination = anything(b[0], b[1])
	r.Table = uint32(b[4])
	if b[0] == unix.AF_INET {
		r.Scope = node.Scope(b[6])
	}
	for kind, value := range attributes(b[unix.SizeofRtMsg:]) {
		switch kind {
		case unix.RTA_DST:
			r.Destination = prefix(value, b[1])
		case unix.RTA_GATEWAY:
			r.Via, _ = netip.AddrFromSlice(value)
		case unix.RTA_PREFSRC:
			r.Source, _ = netip.AddrFromSlice(value)
		case unix.RTA_OIF:
			r.index = int(u32(value))
		case unix.RTA_PRIORITY:
			r.Metric = u32(value)
		case unix.RTA_TABLE:
			r.Table = u32(value)
		}
	}
	return r, r.Destination.IsValid()
}

// decodeRule reads the body of an RTM_NEWRULE or RTM_DELRULE message. It is ours
// when it says so; marked is false when it says nothing.
func decodeRule(b []byte) (r node.Rule, ours, marked bool) {
	if len(b) < unix.SizeofRtMsg || b[0] != unix.AF_INET && b[0] != unix.AF_INET6 {
		return node.Rule{}, false, true
	}
	r.IPv6, r.Table = b[0] == unix.AF_INET6, uint32(b[4])
	for kind, value := range attributes(b[unix.SizeofRtMsg:]) {
		switch kind {
		case unix.FRA_SRC:
			r.From = prefix(value, b[2])
		case unix.FRA_DST:
			r.To = prefix(value, b[1])
		case unix.FRA_IIFNAME:
			r.Interface = text(value)
		case unix.FRA_PRIORITY:
			r.Priority = u32(value)
		case unix.FRA_FWMARK:
			r.Mark = u32(value)
		case unix.FRA_TABLE:
			r.Table = u32(value)
		case unix.FRA_PROTOCOL:
			marked, ours = true, slices.Equal(value, []byte{Mark})
		}
	}
	return r, ours, marked
}

// anything returns the prefix of a message that names no address.
func anything(family, bits uint8) netip.Prefix {
	if family == unix.AF_INET6 {
		return netip.PrefixFrom(netip.IPv6Unspecified(), int(bits))
	}
	return netip.PrefixFrom(netip.IPv4Unspecified(), int(bits))
}

// prefix returns an address with a prefix length.
func prefix(value []byte, bits uint8) netip.Prefix {
	a, _ := netip.AddrFromSlice(value)
	return netip.PrefixFrom(a, int(bits))
}
