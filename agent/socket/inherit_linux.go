package socket

import (
	"fmt"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Keep returns a further descriptor of a socket, which stays open when another
// program takes the place of this one in its process (execve). It is the caller's to
// close.
func Keep(s any) (fd int, err error) {
	conn, ok := s.(syscall.Conn)
	if !ok {
		return 0, fmt.Errorf("keep a socket: %T has no descriptor", s)
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, fmt.Errorf("keep a socket: %w", err)
	}
	err = control(raw, func(open int) (err error) {
		fd, err = unix.FcntlInt(uintptr(open), unix.F_DUPFD, 3)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("keep a socket: %w", err)
	}
	return fd, nil
}

// Keep is Keep of c's socket.
func (c *Conn) Keep() (fd int, err error) { return Keep(c.ip) }

// Inherit makes a descriptor that was kept of a Conn for a family, 4 or 6, on an
// interface a Conn again. It has its groups, and what has come in meanwhile waits in
// it. The descriptor is closed.
func Inherit(fd int, ifi Interface, family int) (*Conn, error) {
	f := os.NewFile(uintptr(fd), "inherited")
	defer f.Close()
	conn, err := net.FilePacketConn(f)
	if err != nil {
		return nil, fmt.Errorf("inherit the socket on %s: %w", ifi.Name, err)
	}
	ip, ok := conn.(*net.IPConn)
	if !ok {
		_ = conn.Close()
		return nil, fmt.Errorf("inherit the socket on %s: it is no raw one", ifi.Name)
	}
	c := newConn(ifi, ip)
	if err := c.options(family); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("inherit the socket on %s: %w", ifi.Name, err)
	}
	return c, nil
}
