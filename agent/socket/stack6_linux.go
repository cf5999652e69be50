package socket

import (
	"net"
	"net/netip"

	"golang.org/x/net/ipv6"
	"golang.org/x/sys/unix"
)

// stack6 is IPv6. The checksum is the sender's, as over IPv4: the kernel neither
// writes nor checks it.
type stack6 struct{ *ipv6.PacketConn }

// newStack6 returns the stack of an IPv6 socket.
func newStack6(c *net.IPConn) stack6 {
	return stack6{ipv6.NewPacketConn(c)}
}

// configure implements stack.
func (s stack6) configure() error {
	if err := s.SetHopLimit(hops); err != nil {
		return err
	}
	if err := s.SetMulticastHopLimit(hops); err != nil {
		return err
	}
	if err := s.SetTrafficClass(internetworkControl); err != nil {
		return err
	}
	if err := s.SetMulticastLoopback(false); err != nil {
		return err
	}
	return s.SetControlMessage(ipv6.FlagDst|ipv6.FlagHopLimit, true)
}

// address implements stack. The socket is bound to its interface, so a
// link-local destination needs no zone.
func (stack6) address(p Packet, index int, name *unix.RawSockaddrInet6, control []byte) (nameLen, controlLen int) {
	*name = unix.RawSockaddrInet6{Family: unix.AF_INET6, Addr: p.Destination.As16()}
	info := unix.Inet6Pktinfo{Addr: p.Source.As16(), Ifindex: uint32(index)}
	return unix.SizeofSockaddrInet6, putControl(control, unix.IPPROTO_IPV6, unix.IPV6_PKTINFO, info)
}

// received implements stack. A raw IPv6 socket gives the payload; the header's
// fields come beside it.
func (stack6) received(b []byte, from *unix.RawSockaddrInet6, beside beside) (Received, bool) {
	return Received{
		Source: netip.AddrFrom16(from.Addr), Destination: beside.destination, TTL: beside.hopLimit, Payload: b,
	}, from.Family == unix.AF_INET6 && beside.destination.IsValid()
}
