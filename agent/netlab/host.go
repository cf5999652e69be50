package netlab

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Host is a network namespace that plays a host.
type Host struct {
	Name  string // as given; echoes answer with it
	lab   *Lab
	ns    *namespace
	ports map[string]port // the other end, by interface
}

// port is the bridge's end of a cable.
type port struct {
	bridge *Bridge
	name   string // in the bridge's namespace
}

// Host returns a new host with nothing but lo.
func (l *Lab) Host(name string) (*Host, error) {
	ns, err := l.namespace()
	if err != nil {
		return nil, fmt.Errorf("host %s: %w", name, err)
	}
	return &Host{Name: name, lab: l, ns: ns, ports: map[string]port{}}, nil
}

// Do runs f on a thread inside the host and returns its error. Sockets that f
// opens stay the host's; goroutines that f starts run outside. f must not end
// its goroutine (t.FailNow): it runs on another one than the caller.
func (h *Host) Do(f func() error) error { return h.ns.do(f) }

// Connect adds an interface that is cabled to the segment b, gives it the
// prefixes ("10.0.0.1/24", "2001:db8::1/64") and waits until packets pass and
// every address may be used, the link-local one included.
func (h *Host) Connect(b *Bridge, ifname string, prefixes ...string) error {
	if err := h.cable(b, ifname); err != nil {
		return fmt.Errorf("connect %s %s to %s: %w", h.Name, ifname, b.Name, err)
	}
	for _, p := range prefixes {
		if err := h.AddAddress(ifname, p); err != nil {
			return err
		}
	}
	return h.await(ifname, true)
}

// cable adds the veth pair and sets both ends up.
func (h *Host) cable(b *Bridge, ifname string) error {
	p := port{bridge: b, name: fmt.Sprintf("port%d", b.next)}
	b.next++
	veth := &netlink.Veth{
		LinkAttrs:     netlink.LinkAttrs{Name: ifname},
		PeerName:      p.name,
		PeerNamespace: netlink.NsFd(b.ns.fd),
	}
	if err := h.ns.handle.LinkAdd(veth); err != nil {
		return fmt.Errorf("add veth: %w", err)
	}
	h.ports[ifname] = p
	if err := b.plug(p.name); err != nil {
		return err
	}
	return h.ns.setUp(ifname)
}

// DeleteLink removes an interface with its cable. Connect may make another one
// of the same name.
func (h *Host) DeleteLink(ifname string) error {
	link, err := h.ns.link(ifname)
	if err != nil {
		return err
	}
	if err := h.ns.handle.LinkDel(link); err != nil {
		return fmt.Errorf("delete link %s: %w", ifname, err)
	}
	delete(h.ports, ifname)
	return nil
}

// LinkDown sets an interface down, as ip link set down does: the kernel drops
// its IPv6 addresses and its routes.
func (h *Host) LinkDown(ifname string) error { return h.ns.setDown(ifname) }

// LinkUp sets an interface up and waits until it can be used. A link-local
// address comes back by itself, other IPv6 addresses don't.
func (h *Host) LinkUp(ifname string) error {
	if err := h.ns.setUp(ifname); err != nil {
		return err
	}
	return h.await(ifname, true)
}

// Unplug pulls the cable out of the switch: the interface stays up and keeps
// its addresses, but has no carrier.
func (h *Host) Unplug(ifname string) error {
	p, ok := h.ports[ifname]
	if !ok {
		return fmt.Errorf("unplug %s %s: it is not connected", h.Name, ifname)
	}
	if err := p.bridge.ns.setDown(p.name); err != nil {
		return err
	}
	return h.await(ifname, false)
}

// Plug puts the cable back and waits until packets pass.
func (h *Host) Plug(ifname string) error {
	p, ok := h.ports[ifname]
	if !ok {
		return fmt.Errorf("plug %s %s: it is not connected", h.Name, ifname)
	}
	if err := p.bridge.ns.setUp(p.name); err != nil {
		return err
	}
	return h.await(ifname, true)
}

// Isolate, with on, keeps an interface and the other isolated ones of its segment
// from hearing each other, while all other hosts hear both: a segment that is
// split between two of its hosts.
func (h *Host) Isolate(ifname string, on bool) error {
	p, ok := h.ports[ifname]
	if !ok {
		return fmt.Errorf("isolate %s %s: it is not connected", h.Name, ifname)
	}
	link, err := p.bridge.ns.link(p.name)
	if err != nil {
		return err
	}
	if err := p.bridge.ns.handle.LinkSetIsolated(link, on); err != nil {
		return fmt.Errorf("isolate %s %s: %w", h.Name, ifname, err)
	}
	return nil
}

// AddAddress adds an address with its prefix length, "10.0.0.1/24". IPv6
// addresses skip duplicate address detection.
func (h *Host) AddAddress(ifname, prefix string) error {
	return h.changeAddress("add", (*netlink.Handle).AddrAdd, ifname, prefix)
}

// DelAddress removes an address.
func (h *Host) DelAddress(ifname, prefix string) error {
	return h.changeAddress("delete", (*netlink.Handle).AddrDel, ifname, prefix)
}

// changeAddress looks up the link, reads the prefix and does change to both.
func (h *Host) changeAddress(verb string, change func(*netlink.Handle, netlink.Link, *netlink.Addr) error, ifname, prefix string) error {
	link, err := h.ns.link(ifname)
	if err != nil {
		return err
	}
	addr, err := netlink.ParseAddr(prefix)
	if err != nil {
		return err
	}
	if addr.IP.To4() == nil {
		addr.Flags = unix.IFA_F_NODAD
	}
	if err := change(h.ns.handle, link, addr); err != nil {
		return fmt.Errorf("%s address %s of %s %s: %w", verb, prefix, h.Name, ifname, err)
	}
	return nil
}

// Addresses returns the addresses of an interface with their prefix lengths, in
// the kernel's order, IPv4 first.
func (h *Host) Addresses(ifname string) ([]netip.Prefix, error) {
	link, err := h.ns.link(ifname)
	if err != nil {
		return nil, err
	}
	addrs, err := h.ns.handle.AddrList(link, netlink.FAMILY_ALL)
	if err != nil {
		return nil, fmt.Errorf("list addresses of %s: %w", ifname, err)
	}
	var prefixes []netip.Prefix
	for _, a := range addrs {
		ip, _ := netip.AddrFromSlice(a.IP)
		ones, _ := a.Mask.Size()
		prefixes = append(prefixes, netip.PrefixFrom(ip.Unmap(), ones))
	}
	return prefixes, nil
}

// await waits until an interface has carrier and no tentative address, or until
// it has no carrier.
func (h *Host) await(ifname string, up bool) error {
	const patience = 10 * time.Second // DAD takes two, the kernel's link watch one
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		is, err := h.usable(ifname)
		if err != nil || is == up {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("await %s %s (usable: %t): not within %s", h.Name, ifname, up, patience)
		}
	}
}

// usable says whether an interface and its port have carrier and no address is
// tentative.
func (h *Host) usable(ifname string) (bool, error) {
	link, err := h.ns.link(ifname)
	if err != nil || !running(link) {
		return false, err
	}
	if p, ok := h.ports[ifname]; ok {
		other, err := p.bridge.ns.link(p.name)
		if err != nil || !running(other) {
			return false, err
		}
	}
	addrs, err := h.ns.handle.AddrList(link, netlink.FAMILY_V6)
	if err != nil {
		return false, fmt.Errorf("list addresses of %s: %w", ifname, err)
	}
	for _, a := range addrs {
		if a.Flags&unix.IFA_F_TENTATIVE != 0 {
			return false, nil
		}
	}
	return true, nil
}
