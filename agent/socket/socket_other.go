//go:build !linux

package socket

import (
	"errors"
	"net/netip"
	"runtime"
)

// errSystem is what everything returns here: the agent needs Linux.
var errSystem = errors.New("raw sockets are not supported on " + runtime.GOOS + ": the agent runs on Linux only")

// Conn cannot be had on this system.
type Conn struct{}

// Listen returns an error on this system.
func Listen(Interface, int, []netip.Addr) (*Conn, error) { return nil, errSystem }

// Join returns an error on this system.
func (*Conn) Join(netip.Addr) error { return errSystem }

// Leave returns an error on this system.
func (*Conn) Leave(netip.Addr) error { return errSystem }

// Send returns an error on this system.
func (*Conn) Send(...Packet) map[int]error { return map[int]error{0: errSystem} }

// Wait returns an error on this system.
func (*Conn) Wait() error { return errSystem }

// Drain returns an error on this system.
func (*Conn) Drain(func(Received)) error { return errSystem }

// Batches returns an error on this system.
func (*Conn) Batches(func([]Received)) error { return errSystem }

// Receive returns an error on this system.
func (*Conn) Receive(func(Received)) error { return errSystem }

// Close returns an error on this system.
func (*Conn) Close() error { return errSystem }

// Keep returns an error on this system.
func Keep(any) (int, error) { return 0, errSystem }

// Keep returns an error on this system.
func (*Conn) Keep() (int, error) { return 0, errSystem }

// Inherit returns an error on this system.
func Inherit(int, Interface, int) (*Conn, error) { return nil, errSystem }

// Frames cannot be had on this system.
type Frames struct{}

// OpenFrames returns an error on this system.
func OpenFrames(Interface) (*Frames, error) { return nil, errSystem }

// Send returns an error on this system.
func (*Frames) Send([]byte) error { return errSystem }

// Close returns an error on this system.
func (*Frames) Close() error { return errSystem }

// Announcements cannot be had on this system.
type Announcements struct{}

// ListenAnnouncements returns an error on this system.
func ListenAnnouncements(Interface) (*Announcements, error) { return nil, errSystem }

// ListenClaims returns an error on this system.
func ListenClaims(Interface, []netip.Addr) (*Announcements, error) { return nil, errSystem }

// Attend returns an error on this system.
func (*Announcements) Attend([]netip.Addr) error { return errSystem }

// Receive returns an error on this system.
func (*Announcements) Receive(func([]byte)) error { return errSystem }

// Close returns an error on this system.
func (*Announcements) Close() error { return errSystem }
