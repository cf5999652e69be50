package socket

import (
	"net"
	"syscall"
	"unsafe"

	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"
)

// internetworkControl is the IPv4 type of service and the IPv6 traffic class of
// adverts: precedence 6, as in keepalived.
const internetworkControl = 0xc0

// hops is the TTL and hop limit of adverts, RFC 9568 sections 5.1.1.3 and 5.1.2.3.
const hops = 255

// stack4 is IPv4.
type stack4 struct {
	*ipv4.PacketConn
	raw syscall.RawConn
}

// newStack4 returns the stack of an IPv4 socket.
func newStack4(c *net.IPConn, raw syscall.RawConn) stack4 {
	return stack4{ipv4.NewPacketConn(c), raw}
}

// configure implements stack. An advert over a unicast path with a smaller MTU
// is fragmented, not lost.
func (s stack4) configure() error {
	if err := s.SetTTL(hops); err != nil {
		return err
	}
	if err := s.SetMulticastTTL(hops); err != nil {
		return err
	}
	if err := s.SetTOS(internetworkControl); err != nil {
		return err
	}
	if err := s.SetMulticastLoopback(false); err != nil {
		return err
	}
	return control(s.raw, func(fd int) error {
		return unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_DONT)
	})
}

// address implements stack.
func (stack4) address(p Packet, index int, name *unix.RawSockaddrInet6, control []byte) (nameLen, controlLen int) {
	to := (*unix.RawSockaddrInet4)(unsafe.Pointer(name))
	*to = unix.RawSockaddrInet4{Family: unix.AF_INET, Addr: p.Destination.As4()}
	info := unix.Inet4Pktinfo{Ifindex: int32(index), Spec_dst: p.Source.As4()}
	return unix.SizeofSockaddrInet4, putControl(control, unix.IPPROTO_IP, unix.IP_PKTINFO, info)
}

// received implements stack. A raw IPv4 socket gives the whole packet.
func (stack4) received(b []byte, _ *unix.RawSockaddrInet6, _ beside) (Received, bool) {
	return parseIPv4(b)
}
