package kernel

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// events is a netlink socket that hears of every change to links and addresses,
// to rules, and to routes of ours.
type events struct {
	fd   int
	file *os.File // owns fd
}

// eventBuffer holds the changes of a few thousand addresses, in bytes. Where the
// limit of the machine is less, Linux gives that.
const eventBuffer = 8 << 20

// heard is the groups that events belongs to.
var heard = []int{
	unix.RTNLGRP_LINK, unix.RTNLGRP_IPV4_IFADDR, unix.RTNLGRP_IPV6_IFADDR, unix.RTNLGRP_IPV6_NETCONF,
	unix.RTNLGRP_IPV4_ROUTE, unix.RTNLGRP_IPV6_ROUTE, unix.RTNLGRP_IPV4_RULE, unix.RTNLGRP_IPV6_RULE,
}

// errOverrun: more has happened than the socket could hold.
var errOverrun = errors.New("hear of changes: more than the buffer holds")

// openEvents opens the socket. What happens from now on is heard.
func openEvents() (*events, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("open netlink socket: %w", err)
	}
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, eventBuffer) != nil {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, eventBuffer)
	}
	var groups uint32
	for _, g := range heard {
		groups |= 1 << (g - 1)
	}
	if err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, program(ourRoutes())); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("filter changes of routes: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: groups}); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("subscribe to links and addresses: %w", err)
	}
	return &events{fd: fd, file: os.NewFile(uintptr(fd), "netlink events")}, nil
}

// close closes the socket.
func (e *events) close() error { return e.file.Close() }

// next returns the messages that wait, as many as fit one read; none when
// nothing waits. errOverrun when some are lost: the later ones are still good.
func (e *events) next(buffer []byte) ([]syscall.NetlinkMessage, error) {
	n, _, flags, from, err := unix.Recvmsg(e.fd, buffer, nil, unix.MSG_DONTWAIT)
	sender, _ := from.(*unix.SockaddrNetlink)
	switch {
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
		return nil, nil
	case errors.Is(err, unix.ENOBUFS), err == nil && flags&unix.MSG_TRUNC != 0:
		return nil, errOverrun
	case err != nil:
		return nil, fmt.Errorf("hear of changes: %w", err)
	case sender == nil || sender.Pid != 0:
		return nil, errOverrun // not from the kernel: look for ourselves
	}
	return syscall.ParseNetlinkMessage(buffer[:n])
}

// wait calls ready whenever messages may wait, until ctx ends.
func (e *events) wait(ctx context.Context, ready func()) error {
	conn, err := e.file.SyscallConn()
	if err != nil {
		return fmt.Errorf("wait for changes: %w", err)
	}
	for ctx.Err() == nil {
		err := e.waitOnce(ctx, conn, ready)
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return fmt.Errorf("wait for changes: %w", err)
		}
	}
	return nil
}

// waitOnce waits until ctx ends, or until the end of an earlier wait is felt
// late.
func (e *events) waitOnce(ctx context.Context, conn syscall.RawConn, ready func()) error {
	if err := e.file.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = e.file.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	return conn.Read(func(uintptr) bool {
		ready()
		return ctx.Err() != nil
	})
}
