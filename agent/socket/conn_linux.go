package socket

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Conn receives and sends VRRP packets of one family on one interface. Its
// methods may be called from several goroutines.
type Conn struct {
	ifi   Interface
	ip    *net.IPConn
	raw   syscall.RawConn
	stack stack

	reading sync.Mutex // held while a packet is in buf
	buf     []byte
	oob     []byte
}

// stack is in what the families differ.
type stack interface {
	// configure makes the socket send as RFC 9568 section 5.1 demands, and hear
	// nothing of itself.
	configure() error
	JoinGroup(*net.Interface, net.Addr) error
	LeaveGroup(*net.Interface, net.Addr) error
	// address returns what sendmsg needs to send from src, out of interface
	// index, to dst.
	address(src, dst netip.Addr, index int) (unix.Sockaddr, []byte)
	// received takes what recvmsg returned apart.
	received(b, oob []byte, from unix.Sockaddr) (Received, bool)
}

// Listen opens a socket for VRRP of a family, 4 or 6, on an interface, and joins
// groups there; unicast needs none. Groups that other sockets of the interface
// have joined are received too: raw sockets do not tell them apart, package
// packet's Expect does. Listen needs CAP_NET_RAW, and the error says so when that
// is missing.
func Listen(ifi Interface, family int, groups []netip.Addr) (*Conn, error) {
	c, err := listen(ifi, family)
	if err != nil {
		return nil, fmt.Errorf("open VRRP socket for IPv%d on %s: %w", family, ifi.Name, explain(err))
	}
	for _, group := range groups {
		if err := c.Join(group); err != nil {
			_ = c.Close()
			return nil, err
		}
	}
	return c, nil
}

// listen opens and configures the socket.
func listen(ifi Interface, family int) (*Conn, error) {
	if family != 4 && family != 6 {
		panic(fmt.Sprintf("socket: family %d", family))
	}
	network, anywhere := "ip4:112", "0.0.0.0"
	if family == 6 {
		network, anywhere = "ip6:112", "::"
	}
	config := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		return control(raw, func(fd int) error { return bind(fd, ifi) })
	}}
	conn, err := config.ListenPacket(context.Background(), network, anywhere)
	if err != nil {
		return nil, err
	}
	c := &Conn{ifi: ifi, ip: conn.(*net.IPConn), buf: make([]byte, readBuffer), oob: make([]byte, 256)}
	if err := c.configure(family); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return c, nil
}

// configure sets the options and forgets what came in before: a raw socket
// receives from its first instant, when it is not yet bound to the interface.
func (c *Conn) configure(family int) (err error) {
	if c.raw, err = c.ip.SyscallConn(); err != nil {
		return err
	}
	c.stack = newStack4(c.ip, c.raw)
	if family == 6 {
		c.stack = newStack6(c.ip)
	}
	if err := c.stack.configure(); err != nil {
		return err
	}
	return c.Drain(func(Received) {})
}

// Join makes the interface receive what is sent to a multicast group.
func (c *Conn) Join(group netip.Addr) error {
	return c.member("join", c.stack.JoinGroup, group)
}

// Leave ends a Join.
func (c *Conn) Leave(group netip.Addr) error {
	return c.member("leave", c.stack.LeaveGroup, group)
}

// member joins or leaves a group.
func (c *Conn) member(verb string, do func(*net.Interface, net.Addr) error, group netip.Addr) error {
	// Index alone is looked at.
	err := do(&net.Interface{Index: c.ifi.Index, Name: c.ifi.Name}, &net.IPAddr{IP: group.AsSlice()})
	if err != nil {
		return fmt.Errorf("%s group %v on %s: %w", verb, group, c.ifi.Name, err)
	}
	return nil
}

// Send sends payload from src, an address of this host, to dst, with TTL or hop
// limit 255, out of c's interface. It does not block: a full send buffer is an
// error.
func (c *Conn) Send(payload []byte, src, dst netip.Addr) error {
	to, oob := c.stack.address(src, dst, c.ifi.Index)
	err := control(c.raw, func(fd int) error {
		_, err := unix.SendmsgN(fd, payload, oob, to, unix.MSG_DONTWAIT)
		return err
	})
	if err != nil {
		return fmt.Errorf("send advert from %v to %v on %s: %w", src, dst, c.ifi.Name, err)
	}
	return nil
}

// Wait blocks until a packet waits to be read, or c is closed: then it returns
// net.ErrClosed. It reads nothing: with Wait in a goroutine of its own and Drain
// in the one loop that owns the state, no advert is ever on its way between the
// two.
func (c *Conn) Wait() error {
	err := c.raw.Read(func(fd uintptr) bool {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		return n != 0 || err != nil // what is wrong, reading will tell
	})
	return c.failed(err)
}

// Drain hands what waits in the socket to handle, in order, and returns without
// waiting for more. What had arrived when it was called has been handled when it
// returns, here or by a Receive that was under way.
func (c *Conn) Drain(handle func(Received)) error {
	c.reading.Lock()
	defer c.reading.Unlock()
	for range queueLength { // a flood must not hold the caller for ever
		r, ok, err := c.read()
		if errors.Is(err, unix.EAGAIN) {
			return nil
		}
		if err != nil {
			return c.failed(err)
		}
		if ok {
			handle(r)
		}
	}
	return nil
}

// Receive hands packets to handle as they arrive, until c is closed: then it
// returns net.ErrClosed. Handlers never run at the same time: a Drain waits for
// the handler of Receive, which must therefore not wait for who calls Drain.
func (c *Conn) Receive(handle func(Received)) error {
	for {
		if err := c.Wait(); err != nil {
			return err
		}
		if err := c.Drain(handle); err != nil {
			return err
		}
	}
}

// Close closes the socket, which leaves its groups, and ends Wait and Receive.
func (c *Conn) Close() error { return c.ip.Close() }

// read reads one packet, or returns EAGAIN. ok is false when it is none that can
// be understood.
func (c *Conn) read() (r Received, ok bool, err error) {
	var n, oobn int
	var from unix.Sockaddr
	err = control(c.raw, func(fd int) (err error) {
		n, oobn, _, from, err = unix.Recvmsg(fd, c.buf, c.oob, unix.MSG_DONTWAIT)
		return err
	})
	if errors.Is(err, unix.EINTR) {
		return Received{}, false, nil
	}
	if err != nil {
		return Received{}, false, err
	}
	r, ok = c.stack.received(c.buf[:n], c.oob[:oobn], from)
	return r, ok, nil
}

// failed wraps what ended a Wait or a Drain, but for net.ErrClosed.
func (c *Conn) failed(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, net.ErrClosed) {
		return net.ErrClosed
	}
	return fmt.Errorf("receive adverts on %s: %w", c.ifi.Name, err)
}
