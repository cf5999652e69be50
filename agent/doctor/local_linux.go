package doctor

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"time"

	"hactl/agent/packet"
	"hactl/agent/sealed"
	"hactl/agent/socket"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Local is the Machine that this process runs on.
type Local struct{}

var _ Machine = Local{}

// Links implements Machine.
func (Local) Links() ([]Link, error) {
	links, err := netlink.LinkList()
	if err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	addresses, err := netlink.AddrList(nil, netlink.FAMILY_ALL)
	if err != nil {
		return nil, fmt.Errorf("list addresses: %w", err)
	}
	var all []Link
	for _, l := range links {
		a := l.Attrs()
		link := Link{Index: a.Index, Name: a.Name, MAC: a.HardwareAddr, MTU: a.MTU,
			Up: a.Flags&net.FlagUp != 0, Running: a.Flags&net.FlagRunning != 0}
		for _, addr := range addresses {
			if addr.LinkIndex == a.Index {
				link.Addresses = append(link.Addresses, assigned(addr))
			}
		}
		all = append(all, link)
	}
	return all, nil
}

// assigned returns an address of the kernel's table.
func assigned(a netlink.Addr) Address {
	ip, _ := netip.AddrFromSlice(a.IP)
	ones, _ := a.Mask.Size()
	return Address{Prefix: netip.PrefixFrom(ip.Unmap(), ones), Mark: a.Protocol, Expires: a.Flags&unix.IFA_F_PERMANENT == 0}
}

// WayTo implements Machine.
func (Local) WayTo(addr netip.Addr) (string, error) {
	routes, err := netlink.RouteGet(addr.AsSlice())
	if errors.Is(err, unix.ENETUNREACH) || err == nil && len(routes) == 0 {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("find the way to %s: %w", addr, err)
	}
	link, err := netlink.LinkByIndex(routes[0].LinkIndex)
	if err != nil {
		return "", fmt.Errorf("find the link to %s: %w", addr, err)
	}
	return link.Attrs().Name, nil
}

// Ruleset implements Machine.
func (Local) Ruleset() ([]byte, error) {
	nft, err := exec.LookPath("nft")
	if err != nil {
		nft = "/usr/sbin/nft"
	}
	var out, complaint bytes.Buffer
	cmd := exec.Command(nft, "-j", "list", "ruleset")
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("nft -j list ruleset: %w %s", err, bytes.Join(bytes.Fields(complaint.Bytes()), []byte(" ")))
	}
	return out.Bytes(), nil
}

// Synchronised implements Machine, by adjtimex(2).
func (Local) Synchronised() (bool, error) {
	state, err := unix.Adjtimex(new(unix.Timex))
	if err != nil {
		return false, os.NewSyscallError("adjtimex", err)
	}
	return state != timeError, nil
}

// timeError is TIME_ERROR of adjtimex(2): the clock is not synchronised.
const timeError = 5

// Free implements Machine.
func (Local) Free(path string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, os.NewSyscallError("statfs", err)
	}
	return s.Bavail * uint64(s.Bsize), nil
}

// Guarded implements Machine.
func (Local) Guarded(path string, secret bool) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if secret {
		if err := sealed.Reading(path, info); err != nil {
			return err
		}
	}
	return sealed.Writing(path)
}

// The times of asking for addresses: how often it is done, and how long answers are
// waited for each time.
const (
	probes   = 3
	patience = 200 * time.Millisecond
)

// Holders implements Machine, for all addresses at once. ARP probes change no cache
// (RFC 5227 section 2.1.1). What corresponds to them in IPv6 would make a station that
// is just starting give its address up, so there it asks as one that wants to send
// does.
func (Local) Holders(l Link, addrs []netip.Addr) (Holders, error) {
	segment := socket.Interface{Name: l.Name, Index: l.Index}
	own, err := ownMACs()
	if err != nil {
		return nil, err
	}
	heard, err := socket.ListenAnnouncements(segment)
	if err != nil {
		return nil, err
	}
	holders, ended := Holders{}, make(chan error, 1)
	go func() { ended <- heard.Receive(func(frame []byte) { holders.note(frame, own, addrs) }) }()
	err = ask(segment, l, addrs)
	failed := heard.Close()
	if received := <-ended; !errors.Is(received, net.ErrClosed) {
		failed = received
	}
	return holders, cmp.Or(err, failed)
}

// ask sends the questions for all addresses, and waits for answers.
func ask(segment socket.Interface, l Link, addrs []netip.Addr) error {
	frames, err := socket.OpenFrames(segment)
	if err != nil {
		return err
	}
	for range probes {
		for _, a := range addrs {
			if err := frames.Send(question(l, a)); err != nil {
				return errors.Join(err, frames.Close())
			}
		}
		time.Sleep(patience)
	}
	return frames.Close()
}

// question is the frame that asks on a link who has an address.
func question(l Link, addr netip.Addr) []byte {
	if addr.Is6() {
		return packet.AppendSolicitation(nil, l.MAC, l.Local(), addr)
	}
	return packet.AppendProbe(nil, l.MAC, addr)
}

// ownMACs returns those of this host: several of its links may be on one segment.
func ownMACs() ([]net.HardwareAddr, error) {
	links, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("list interfaces: %w", err)
	}
	var all []net.HardwareAddr
	for _, l := range links {
		all = append(all, l.HardwareAddr)
	}
	return all, nil
}

// note notes a frame by which a station, none of own, says that it has one of these
// addresses.
func (h Holders) note(frame []byte, own []net.HardwareAddr, addrs []netip.Addr) {
	mac, addr, ok := packet.ParseClaim(frame)
	if ok && slices.Contains(addrs, addr) && !has(own, mac) && !has(h[addr], mac) {
		h[addr] = append(h[addr], mac)
	}
}
