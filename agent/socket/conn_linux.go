package socket

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Conn receives and sends VRRP packets of one family on one interface. Its
// methods may be called from several goroutines.
type Conn struct {
	ifi   Interface
	ip    *net.IPConn
	raw   syscall.RawConn
	stack stack

	reading sync.Mutex // held while packets are handled
}

// stack is in what the families differ.
type stack interface {
	// configure makes the socket send as RFC 9568 section 5.1 demands, and hear
	// nothing of itself.
	configure() error
	JoinGroup(*net.Interface, net.Addr) error
	LeaveGroup(*net.Interface, net.Addr) error
	// address writes what sendmsg needs to send p out of interface index, and returns
	// the lengths.
	address(p Packet, index int, name *unix.RawSockaddrInet6, control []byte) (nameLen, controlLen int)
	// received takes what recvmsg returned apart.
	received(b []byte, from *unix.RawSockaddrInet6, beside beside) (Received, bool)
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
	c := newConn(ifi, conn.(*net.IPConn))
	if err := c.configure(family); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return c, nil
}

// newConn returns a Conn that is not configured yet.
func newConn(ifi Interface, ip *net.IPConn) *Conn {
	return &Conn{ifi: ifi, ip: ip}
}

// configure sets the options and forgets what came in before: a raw socket
// receives from its first instant, when it is not yet bound to the interface.
func (c *Conn) configure(family int) error {
	if err := c.options(family); err != nil {
		return err
	}
	return c.Drain(func(Received) {})
}

// options sets the options.
func (c *Conn) options(family int) (err error) {
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
	err = control(c.raw, func(fd int) error {
		return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	})
	if err != nil {
		return fmt.Errorf("ask for times of arrival: %w", err)
	}
	return nil
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

// Send sends packets with TTL or hop limit 255 out of c's interface, in order. It does
// not block: a full send buffer is an error. It returns the error of each packet that
// could not be sent, by its place; nil when all were.
func (c *Conn) Send(packets ...Packet) map[int]error {
	var failed map[int]error
	b := batches.Get().(*batch)
	defer batches.Put(b)
	for start := 0; start < len(packets); start += batchLength {
		part := packets[start:min(start+batchLength, len(packets))]
		for i, p := range part {
			nameLen, controlLen := c.stack.address(p, c.ifi.Index, &b.names[i], b.control(i))
			b.prepare(i, p.Payload, nameLen, controlLen)
		}
		for b.first, b.end = 0, len(part); b.first < b.end; b.first += max(b.moved, 1) {
			if err := c.move(b, b.send); err != nil {
				if failed == nil {
					failed = map[int]error{}
				}
				p := part[b.first]
				failed[start+b.first] = fmt.Errorf("send advert from %v to %v on %s: %w", p.Source, p.Destination, c.ifi.Name, err)
			}
		}
	}
	return failed
}

// move makes one system call.
func (c *Conn) move(b *batch, call func(fd uintptr)) error {
	b.moved, b.err = 0, nil
	if err := c.raw.Control(call); err != nil {
		return err
	}
	return b.err
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

// Drain hands what waits in the socket to handle, one by one and in order, and
// returns without waiting for more. What had arrived when it was called has been
// handled when it returns, here or by a Receive that was under way.
func (c *Conn) Drain(handle func(Received)) error {
	return c.Batches(func(all []Received) {
		for _, r := range all {
			handle(r)
		}
	})
}

// Batches is Drain, with all that one system call returned at once.
func (c *Conn) Batches(handle func([]Received)) error {
	c.reading.Lock()
	defer c.reading.Unlock()
	b := batches.Get().(*batch)
	defer batches.Put(b)
	for range queueLength / batchLength { // a flood must not hold the caller for ever
		more, err := c.read(b, handle)
		if err != nil {
			return c.failed(err)
		}
		if !more {
			return nil
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

// Descriptor returns the socket's file descriptor, for who waits for several in one
// system call. It is another file's as soon as c is closed.
func (c *Conn) Descriptor() (fd int, err error) {
	err = control(c.raw, func(raw int) error { fd = raw; return nil })
	return fd, err
}

// Close closes the socket, which leaves its groups, and ends Wait and Receive.
func (c *Conn) Close() error { return c.ip.Close() }

// read reads as many packets as wait, a batch at most, and hands those that can be
// understood to handle. More says that others may wait.
func (c *Conn) read(b *batch, handle func([]Received)) (more bool, err error) {
	for i := range b.headers {
		b.prepare(i, b.buffers[i][:], unix.SizeofSockaddrInet6, controlBuffer)
	}
	b.first, b.end = 0, batchLength
	err = c.move(b, b.receive)
	switch {
	case errors.Is(err, unix.EAGAIN):
		return false, nil
	case errors.Is(err, unix.EINTR):
		return true, nil
	case err != nil:
		return false, err
	}
	if all := c.understood(b); len(all) > 0 {
		handle(all)
	}
	return b.moved == batchLength, nil
}

// understood returns what a batch has received, but for what cannot be understood.
func (c *Conn) understood(b *batch) []Received {
	now := time.Duration(time.Now().UnixNano())
	all := b.received[:0]
	for i, h := range b.headers[:b.moved] {
		told := parseBeside(b.control(i)[:h.header.Controllen])
		r, ok := c.stack.received(b.buffers[i][:h.length], &b.names[i], told)
		if !ok {
			continue
		}
		if told.arrived != 0 {
			r.Age = max(0, now-told.arrived)
		}
		all = append(all, r)
	}
	return all
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
