package track

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"time"

	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"

	"hactl/schemas/plan"
)

// pingProbe sends one ICMP echo request.
type pingProbe struct{ plan.PingProbe }

// echo is how a family pings.
type echo struct {
	datagram, raw string // networks: one that the kernel may allow everybody, and one for CAP_NET_RAW
	any           string // address to send from
	protocol      int
	request       icmp.Type
	reply         icmp.Type
}

var (
	echo4 = echo{"udp4", "ip4:icmp", "0.0.0.0", 1, ipv4.ICMPTypeEcho, ipv4.ICMPTypeEchoReply}
	echo6 = echo{"udp6", "ip6:ipv6-icmp", "::", 58, ipv6.ICMPTypeEchoRequest, ipv6.ICMPTypeEchoReply}
)

func (p pingProbe) look(ctx context.Context) outcome {
	to := netip.MustParseAddr(p.Address)
	e := echo4
	if to.Is6() {
		e = echo6
	}
	conn, target, err := e.open(to)
	if err != nil {
		return outcome{err: err}
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	// Others may ping the same host: the reply is known by its data.
	data := binary.BigEndian.AppendUint64(nil, uint64(time.Now().UnixNano()))
	ask := icmp.Message{Type: e.request, Body: &icmp.Echo{ID: os.Getpid() & 0xffff, Seq: 1, Data: data}}
	packet, err := ask.Marshal(nil)
	if err == nil {
		_, err = conn.WriteTo(packet, target)
	}
	if err != nil {
		return outcome{err: err}
	}
	err = e.await(conn, to, data)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = ctx.Err()
	}
	return outcome{err: err}
}

// open opens a socket to ping from, and returns the address in its form. A
// datagram socket needs the group range of sysctl net.ipv4.ping_group_range, a
// raw one CAP_NET_RAW.
func (e echo) open(to netip.Addr) (*icmp.PacketConn, net.Addr, error) {
	conn, err := icmp.ListenPacket(e.datagram, e.any)
	if err == nil {
		return conn, net.UDPAddrFromAddrPort(netip.AddrPortFrom(to, 0)), nil
	}
	if conn, rawErr := icmp.ListenPacket(e.raw, e.any); rawErr == nil {
		return conn, &net.IPAddr{IP: to.AsSlice()}, nil
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, nil, fmt.Errorf("CAP_NET_RAW is missing, and sysctl net.ipv4.ping_group_range does not hold this process's group: %w", err)
	}
	return nil, nil, err
}

// await waits for the reply from an address with the data that was sent.
func (e echo) await(conn *icmp.PacketConn, from netip.Addr, data []byte) error {
	packet := make([]byte, 1500)
	for {
		n, sender, err := conn.ReadFrom(packet)
		if err != nil {
			return err
		}
		m, err := icmp.ParseMessage(e.protocol, packet[:n])
		if err != nil || m.Type != e.reply || addressOf(sender) != from {
			continue
		}
		if body, ok := m.Body.(*icmp.Echo); ok && bytes.Equal(body.Data, data) {
			return nil
		}
	}
}

// addressOf returns the IP address of a socket's.
func addressOf(a net.Addr) netip.Addr {
	var ip net.IP
	switch a := a.(type) {
	case *net.UDPAddr:
		ip = a.IP
	case *net.IPAddr:
		ip = a.IP
	}
	addr, _ := netip.AddrFromSlice(ip)
	return addr.Unmap()
}
