package kernel

import (
	"bytes"
	"encoding/binary"
	"errors"
	"iter"
	"net/netip"
	"slices"

	"hactl/agent/node"

	"golang.org/x/sys/unix"
)

// Attributes and fields that x/sys/unix does not name.
const (
	ifaProto         = 11 // IFA_PROTO, of an address: u8
	netconfForwards  = 2  // NETCONFA_FORWARDING
	netconfIndex     = 1  // NETCONFA_IFINDEX
	inetConf         = 1  // IFLA_INET_CONF, in IFLA_AF_SPEC, AF_INET
	promoteSecondary = 20 // IPV4_DEVCONF_PROMOTE_SECONDARIES, counted from 1
)

// errShort is the error of a message that ends too early.
var errShort = errors.New("read netlink message: too short")

// order is the byte order of netlink: the machine's.
var order = binary.NativeEndian

// attributes yields type and value of each attribute in b, until the first one
// that is not whole.
func attributes(b []byte) iter.Seq2[uint16, []byte] {
	return func(yield func(uint16, []byte) bool) {
		for len(b) >= unix.SizeofRtAttr {
			size, kind := int(order.Uint16(b)), order.Uint16(b[2:])
			if size < unix.SizeofRtAttr || size > len(b) {
				return
			}
			if !yield(kind&^unix.NLA_F_NESTED, b[unix.SizeofRtAttr:size]) {
				return
			}
			b = b[min(len(b), (size+3)&^3):]
		}
	}
}

// u32 reads a number; 0 when b is too short.
func u32(b []byte) uint32 {
	if len(b) < 4 {
		return 0
	}
	return order.Uint32(b)
}

// decodeLink reads the body of an RTM_NEWLINK or RTM_DELLINK message. ok is
// false for one that is not about the link as such, but about its being a port
// of a bridge.
func decodeLink(b []byte) (e entry, ok bool, err error) {
	if len(b) < unix.SizeofIfInfomsg {
		return entry{}, false, errShort
	}
	e.index, e.flags = int(u32(b[4:])), u32(b[8:])
	for kind, value := range attributes(b[unix.SizeofIfInfomsg:]) {
		switch kind {
		case unix.IFLA_IFNAME:
			e.name = text(value)
		case unix.IFLA_ADDRESS:
			e.mac = slices.Clone(value)
		case unix.IFLA_MTU:
			e.mtu = int(u32(value))
		}
	}
	return e, b[0] == unix.AF_UNSPEC, nil
}

// decodePromotes reads from an RTM_NEWLINK message whether the link's own
// setting promote_secondaries is on.
func decodePromotes(b []byte) bool {
	if len(b) < unix.SizeofIfInfomsg {
		return false
	}
	settings := attribute(b[unix.SizeofIfInfomsg:], unix.IFLA_AF_SPEC)
	b = attribute(attribute(settings, unix.AF_INET), inetConf)
	at := (promoteSecondary - 1) * 4
	return len(b) >= at+4 && u32(b[at:]) != 0
}

// attribute returns the value of the first attribute of a type in b, nil when
// there is none.
func attribute(b []byte, kind uint16) []byte {
	for k, value := range attributes(b) {
		if k == kind {
			return value
		}
	}
	return nil
}

// decodeAddress reads the body of an RTM_NEWADDR or RTM_DELADDR message. The
// address of a point-to-point link is the local one, alone.
func decodeAddress(b []byte) (index int, a address, err error) {
	if len(b) < unix.SizeofIfAddrmsg {
		return 0, address{}, errShort
	}
	bits, index := int(b[1]), int(u32(b[4:]))
	a.flags = uint32(b[2])
	if b[0] == unix.AF_INET {
		a.scope = node.Scope(b[3])
	}
	var local, peer netip.Addr
	for kind, value := range attributes(b[unix.SizeofIfAddrmsg:]) {
		switch kind {
		case unix.IFA_LOCAL:
			local, _ = netip.AddrFromSlice(value)
		case unix.IFA_ADDRESS:
			peer, _ = netip.AddrFromSlice(value)
		case unix.IFA_FLAGS:
			a.flags = u32(value)
		case unix.IFA_LABEL:
			a.label = text(value)
		case ifaProto:
			if len(value) > 0 {
				a.mark = value[0]
			}
		}
	}
	switch {
	case !local.IsValid():
		local = peer
	case peer.IsValid() && peer != local:
		bits = local.BitLen()
	}
	a.prefix = netip.PrefixFrom(local, bits)
	if !a.prefix.IsValid() {
		return 0, address{}, errors.New("read netlink message: no address")
	}
	return index, a, nil
}

// decodeForwards reads the body of an RTM_NEWNETCONF message: whether a link
// forwards packets. ok is false when it does not tell.
func decodeForwards(b []byte) (index int, forwards, ok bool) {
	if len(b) < 4 {
		return 0, false, false
	}
	for kind, value := range attributes(b[4:]) { // after struct netconfmsg, padded
		switch kind {
		case netconfIndex:
			index = int(int32(u32(value)))
		case netconfForwards:
			forwards, ok = u32(value) != 0, true
		}
	}
	return index, forwards, ok && index > 0 // below 0: all, default
}

// text returns a text that may end in zeroes.
func text(value []byte) string { return string(bytes.TrimRight(value, "\x00")) }
