package netlab

import (
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Lab is a set of hosts and segments. One goroutine at a time builds and
// changes it; echoes, probes and processes run by themselves.
type Lab struct {
	namespaces []*namespace
	running    []io.Closer // echoes, probes and processes
	closed     bool
}

// New returns an empty lab, after a look whether one is possible at all: call
// Enter first. The caller closes it.
func New() (*Lab, error) {
	if err := tryNamespace(); err != nil {
		return nil, missing(err)
	}
	return &Lab{}, nil
}

// Close ends the echoes, probes and processes that were started in the lab and
// removes hosts and segments. A second call does nothing.
func (l *Lab) Close() error {
	if l.closed {
		return nil
	}
	l.closed = true
	var errs []error
	for _, c := range l.running {
		errs = append(errs, c.Close())
	}
	for _, n := range l.namespaces {
		n.close()
	}
	return errors.Join(errs...)
}

// namespace returns a new namespace that ends with the lab.
func (l *Lab) namespace() (*namespace, error) {
	n, err := newNamespace()
	if err != nil {
		return nil, err
	}
	l.namespaces = append(l.namespaces, n)
	return n, nil
}

// Bridge is a segment: a switch that every host connected to it hears all
// multicast of.
type Bridge struct {
	Name string // as given
	ns   *namespace
	next int // number of the next port
}

// bridgeName is the bridge's link in its own namespace.
const bridgeName = "segment"

// Bridge returns a new segment in a namespace of its own. The name serves
// messages only.
func (l *Lab) Bridge(name string) (*Bridge, error) {
	ns, err := l.namespace()
	if err != nil {
		return nil, fmt.Errorf("bridge %s: %w", name, err)
	}
	b := &Bridge{Name: name, ns: ns}
	if err := b.make(); err != nil {
		return nil, fmt.Errorf("bridge %s: %w", name, err)
	}
	return b, nil
}

// make adds the bridge and sets it up. Without snooping it floods multicast as a
// plain switch does.
func (b *Bridge) make() error {
	snooping := false
	link := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: bridgeName}, MulticastSnooping: &snooping}
	if err := b.ns.handle.LinkAdd(link); err != nil {
		return fmt.Errorf("add bridge: %w", err)
	}
	if err := b.mute(bridgeName); err != nil {
		return err
	}
	return b.ns.setUp(bridgeName)
}

// mute keeps a link of the bridge's namespace from taking an IPv6 address: a
// switch says nothing of its own.
func (b *Bridge) mute(name string) error {
	link, err := b.ns.link(name)
	if err != nil {
		return err
	}
	const none = 1 // IN6_ADDR_GEN_MODE_NONE
	err = b.ns.handle.LinkSetIP6AddrGenMode(link, none)
	if err != nil && !errors.Is(err, unix.EAFNOSUPPORT) {
		return fmt.Errorf("mute %s: %w", name, err)
	}
	return nil
}

// plug makes the link called port a port of the bridge and sets it up.
func (b *Bridge) plug(port string) error {
	if err := b.mute(port); err != nil {
		return err
	}
	link, err := b.ns.link(port)
	if err != nil {
		return err
	}
	bridge, err := b.ns.link(bridgeName)
	if err != nil {
		return err
	}
	if err := b.ns.handle.LinkSetMaster(link, bridge); err != nil {
		return fmt.Errorf("add port %s: %w", port, err)
	}
	return b.ns.setUp(port)
}

// running says whether a link is up and has carrier.
func running(link netlink.Link) bool {
	const both = net.FlagUp | net.FlagRunning
	return link.Attrs().Flags&both == both
}
