package socket

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// control calls f with the file descriptor of a socket, beside whatever reads or
// writes it, and returns the error of either.
func control(raw syscall.RawConn, f func(fd int) error) (err error) {
	if e := raw.Control(func(fd uintptr) { err = f(int(fd)) }); e != nil {
		return e
	}
	return err
}

// bind binds a new socket to an interface and gives it its buffers.
func bind(fd int, ifi Interface) error {
	if err := unix.BindToDevice(fd, ifi.Name); err != nil {
		return fmt.Errorf("bind to interface: %w", err)
	}
	return enlarge(fd)
}

// enlarge gives a socket buffers of queueBuffer. Without CAP_NET_ADMIN in the
// first user namespace the kernel gives what sysctl net.core.rmem_max and
// wmem_max allow.
func enlarge(fd int) error {
	for _, buffer := range [...]struct{ force, ask int }{
		{unix.SO_RCVBUFFORCE, unix.SO_RCVBUF},
		{unix.SO_SNDBUFFORCE, unix.SO_SNDBUF},
	} {
		err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, buffer.force, queueBuffer)
		if errors.Is(err, unix.EPERM) {
			err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, buffer.ask, queueBuffer)
		}
		if err != nil {
			return fmt.Errorf("enlarge buffer: %w", err)
		}
	}
	return nil
}

// explain adds to the error of an open socket what to do about it.
func explain(err error) error {
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		return fmt.Errorf("%w: CAP_NET_RAW is missing; run as root or give the program that capability", err)
	}
	return err
}
