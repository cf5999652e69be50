package netlab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// EchoPort is the UDP port of echoes: the echo service's (RFC 862).
const EchoPort = 7

// echo answers probes on one host. It is not quite RFC 862: the answer is the
// probe with the host's name behind it.
type echo struct {
	name  string
	conns []*net.UDPConn
	ended sync.WaitGroup
}

// Echo starts to answer probes, over IPv4 and IPv6, on every address that the
// host has or will have. The answer comes from the address that was asked. It
// ends with the lab, or with the Closer.
func (h *Host) Echo() (io.Closer, error) {
	e := &echo{name: h.Name}
	err := h.Do(func() error {
		return errors.Join(e.listen("udp4"), e.listen("udp6"))
	})
	if err != nil {
		_ = e.Close()
		return nil, fmt.Errorf("echo on %s: %w", h.Name, err)
	}
	h.lab.running = append(h.lab.running, e)
	return e, nil
}

// listen starts to serve one family.
func (e *echo) listen(network string) error {
	config := net.ListenConfig{Control: askDestination}
	conn, err := config.ListenPacket(context.Background(), network, fmt.Sprintf(":%d", EchoPort))
	if err != nil {
		return err
	}
	udp := conn.(*net.UDPConn)
	e.conns = append(e.conns, udp)
	e.ended.Go(func() { e.serve(udp) })
	return nil
}

// askDestination asks the kernel to tell each packet's destination.
func askDestination(network, _ string, c syscall.RawConn) error {
	var err error
	controlErr := c.Control(func(fd uintptr) {
		if network == "udp4" {
			err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
		} else {
			err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1)
		}
	})
	return errors.Join(err, controlErr)
}

// serve answers until the socket is closed. The control message that tells a
// request's destination and interface tells, sent back, the answer's source and
// interface: in_pktinfo and in6_pktinfo are made that way.
func (e *echo) serve(conn *net.UDPConn) {
	packet, control := make([]byte, 1500), make([]byte, 64)
	for {
		n, c, _, from, err := conn.ReadMsgUDPAddrPort(packet, control)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil || n < probeSize {
			continue
		}
		answer := append(packet[:probeSize:probeSize], e.name...)
		_, _, _ = conn.WriteMsgUDPAddrPort(answer, control[:c], from)
	}
}

// Close stops to answer.
func (e *echo) Close() error {
	for _, c := range e.conns {
		_ = c.Close()
	}
	e.ended.Wait()
	return nil
}
