package socket

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/mdlayher/packet"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// sendLimit is how long a frame may wait for room in the send buffer.
const sendLimit = 100 * time.Millisecond

// Frames sends Ethernet frames out of one interface. It receives nothing.
type Frames struct {
	ifi  Interface
	conn *packet.Conn
}

// OpenFrames opens a socket for sending frames. It needs CAP_NET_RAW.
func OpenFrames(ifi Interface) (*Frames, error) {
	conn, err := openPacket(ifi, 0, nil) // protocol 0 receives nothing
	if err != nil {
		return nil, fmt.Errorf("open socket for Ethernet frames on %s: %w", ifi.Name, explain(err))
	}
	return &Frames{ifi, conn}, nil
}

// Send sends a frame, from the destination address on. It waits at most a tenth
// of a second for room in the send buffer.
func (f *Frames) Send(frame []byte) error {
	if len(frame) < 14 {
		panic("socket: Ethernet frame without header")
	}
	if err := f.conn.SetWriteDeadline(time.Now().Add(sendLimit)); err != nil {
		return fmt.Errorf("send frame on %s: %w", f.ifi.Name, err)
	}
	if _, err := f.conn.WriteTo(frame, &packet.Addr{HardwareAddr: frame[:6]}); err != nil {
		return fmt.Errorf("send frame on %s: %w", f.ifi.Name, err)
	}
	return nil
}

// Close closes the socket.
func (f *Frames) Close() error { return f.conn.Close() }

// Announcements receives the ARP packets and neighbour advertisements of other
// stations on one interface: every one of them, which is for the short time that a
// router yields, or those that ListenClaims chooses.
type Announcements struct {
	ifi    Interface
	conn   *packet.Conn
	closed atomic.Bool
}

// ListenAnnouncements opens a socket that queues announcements from now on. It
// needs CAP_NET_RAW.
func ListenAnnouncements(ifi Interface) (*Announcements, error) {
	conn, err := openPacket(ifi, unix.ETH_P_ALL, announcements())
	if err != nil {
		return nil, fmt.Errorf("open socket for announcements on %s: %w", ifi.Name, explain(err))
	}
	return &Announcements{ifi: ifi, conn: conn}, nil
}

// ListenClaims opens a socket that queues, from now on, the ARP packets and neighbour
// advertisements of other stations that say that they have one of these addresses:
// the kernel passes over all others, so it may stay open. Of each family the first
// MaxClaims addresses count. It needs CAP_NET_RAW.
func ListenClaims(ifi Interface, addresses []netip.Addr) (*Announcements, error) {
	conn, err := openPacket(ifi, unix.ETH_P_ALL, claims(addresses))
	if err != nil {
		return nil, fmt.Errorf("open socket for claims on %s: %w", ifi.Name, explain(err))
	}
	return &Announcements{ifi: ifi, conn: conn}, nil
}

// Attend makes a, of ListenClaims, queue the claims of these addresses from now on, and
// no others. It is done at once, where closing a takes the kernel milliseconds.
func (a *Announcements) Attend(addresses []netip.Addr) error {
	filter := claims(addresses)
	err := a.conn.SetBPF(filter)
	if errors.Is(err, unix.ENOMEM) { // Linux before 6.8 has no room for two long ones
		if err = a.unfiltered(); err == nil {
			err = a.conn.SetBPF(filter)
		}
	}
	if err != nil {
		return fmt.Errorf("choose announcements on %s: %w", a.ifi.Name, explain(err))
	}
	return nil
}

// unfiltered takes the filter away. What arrives then is no claim of the addresses, mostly,
// and Receive hands it over all the same.
func (a *Announcements) unfiltered() error {
	raw, err := a.conn.SyscallConn()
	if err != nil {
		return err
	}
	return control(raw, func(fd int) error { return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0) })
}

// Receive hands frames to handle as they arrive, until a is closed: then it
// returns net.ErrClosed. A frame is valid until handle returns.
func (a *Announcements) Receive(handle func(frame []byte)) error {
	buf := make([]byte, readBuffer)
	for {
		n, _, err := a.conn.ReadFrom(buf)
		if a.closed.Load() { // no exported error says so
			return net.ErrClosed
		}
		if err != nil {
			return fmt.Errorf("receive announcements on %s: %w", a.ifi.Name, err)
		}
		handle(buf[:n])
	}
}

// Close closes the socket and ends Receive. The kernel may take 20 ms for it, until no
// processor looks at the socket any more.
func (a *Announcements) Close() error {
	a.closed.Store(true)
	return a.conn.Close()
}

// openPacket opens a packet socket with large buffers. The filter works from its
// first packet on.
func openPacket(ifi Interface, protocol int, filter []bpf.RawInstruction) (*packet.Conn, error) {
	conn, err := packet.Listen(&net.Interface{Index: ifi.Index, Name: ifi.Name}, packet.Raw, protocol, &packet.Config{Filter: filter})
	if err != nil {
		return nil, err
	}
	raw, err := conn.SyscallConn()
	if err == nil {
		err = control(raw, enlarge)
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}
