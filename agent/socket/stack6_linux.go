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
func (s stack6) address(src, dst netip.Addr, index int) (unix.Sockaddr, []byte) {
	cm := ipv6.ControlMessage{Src: src.AsSlice(), IfIndex: index}
	return &unix.SockaddrInet6{Addr: dst.As16()}, cm.Marshal()
}

// received implements stack. A raw IPv6 socket gives the payload; the header's
// fields come beside it.
func (s stack6) received(b, oob []byte, from unix.Sockaddr) (Received, bool) {
	var cm ipv6.ControlMessage
	sender, ok := from.(*unix.SockaddrInet6)
	if !ok || cm.Parse(oob) != nil {
		return Received{}, false
	}
	dst, ok := netip.AddrFromSlice(cm.Dst)
	return Received{netip.AddrFrom16(sender.Addr), dst, uint8(cm.HopLimit), b}, ok
}
