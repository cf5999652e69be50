package compiler

import (
	"net/netip"
	"slices"

	"hactl/lang"
	"hactl/schemas/plan"
)

// signature is how many bytes of an advert prove it with HMAC
// (draft-cassen-vrrp-auth-hmac).
const signature = 28

// capacity returns how many addresses one advert of v's in family f carries
// within an MTU of 1500: Count IPvX Addr has eight bits (RFC 9568 section 5.2.5),
// and behind the IPv6 header and 8 bytes of VRRP there is room for 90, or 89
// before a signature.
func (v *vip) capacity(f plan.Family) int {
	if f == plan.IPv4 {
		return 255
	}
	room := 1500 - 40 - 8
	if v.auth != nil && v.auth.kind.V == hmac {
		room -= signature
	}
	return room / 16
}

// advertised returns v's addresses of family f, which it has, in advertised order. Those of
// IPv6 begin with a link-local one (RFC 9568 section 5.2.9): the compiler's,
// which is not Set, unless the first one written is.
func (v *vip) advertised(f plan.Family) []lang.Value[netip.Prefix] {
	addresses := v.addresses
	if len(v.families()) > 1 {
		addresses = slices.DeleteFunc(slices.Clone(addresses), func(a lang.Value[netip.Prefix]) bool { return plan.Of(a.V.Addr()) != f })
	}
	if f == plan.IPv4 || len(addresses) == 0 || addresses[0].V.Addr().IsLinkLocalUnicast() || !v.vrid.Set {
		return addresses
	}
	own := lang.Value[netip.Prefix]{V: linkLocal(v.vrid.V), Range: v.vrid.Range}
	written := slices.DeleteFunc(slices.Clone(addresses), func(a lang.Value[netip.Prefix]) bool { return a.V.Addr() == own.V.Addr() })
	return append([]lang.Value[netip.Prefix]{own}, written...)
}

// linkLocal returns the link-local address of an IPv6 router, made of its VRID
// as from the virtual MAC address (RFC 9568 section 7.3, RFC 4291 appendix A):
// the same on every member.
func linkLocal(vrid int) netip.Prefix {
	ip := netip.AddrFrom16([16]byte{0: 0xfe, 1: 0x80, 8: 0x02, 10: 0x5e, 11: 0xff, 12: 0xfe, 14: 0x02, 15: byte(vrid)})
	return netip.PrefixFrom(ip, 128)
}
