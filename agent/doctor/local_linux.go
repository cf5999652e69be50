package doctor

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"

	"hactl/agent/sealed"

	"github.com/mdlayher/packet"
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

// The times of an ARP probe: how often it is sent, and how long it waits each time.
const (
	probes   = 3
	patience = 200 * time.Millisecond
)

// Holders implements Machine: it sends ARP probes, which change no cache (RFC 5227
// section 2.1.1), for all addresses at once.
func (Local) Holders(l Link, addrs []netip.Addr) (map[netip.Addr]net.HardwareAddr, error) {
	conn, err := packet.Listen(&net.Interface{Index: l.Index, Name: l.Name}, packet.Raw, syscall.ETH_P_ARP, nil)
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("open packet socket: %w: that takes root", err)
	}
	if err != nil {
		return nil, fmt.Errorf("open packet socket: %w", err)
	}
	defer conn.Close()
	holders := map[netip.Addr]net.HardwareAddr{}
	for range probes {
		for _, a := range addrs {
			if _, err := conn.WriteTo(probe(l.MAC, a), &packet.Addr{HardwareAddr: everybody}); err != nil {
				return nil, fmt.Errorf("send ARP probe: %w", err)
			}
		}
		if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
			return nil, fmt.Errorf("wait for ARP: %w", err)
		}
		if err := answers(conn, l.MAC, holders); err != nil {
			return nil, err
		}
	}
	for a := range holders {
		if !slices.Contains(addrs, a) {
			delete(holders, a)
		}
	}
	return holders, nil
}

// everybody is the broadcast address.
var everybody = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// The layout of an ARP frame of Ethernet and IPv4 (RFC 826).
const (
	arpAt     = 14 // behind the Ethernet header
	senderAt  = arpAt + 8
	addressAt = senderAt + 6
	frameSize = arpAt + 28
)

// probe is an ARP request of nobody for an address.
func probe(mac net.HardwareAddr, addr netip.Addr) []byte {
	b := append(append([]byte{}, everybody...), mac...)
	b = binary.BigEndian.AppendUint16(b, syscall.ETH_P_ARP)
	b = append(b, 0, 1, 8, 0, 6, 4, 0, 1)
	b = append(append(b, mac...), 0, 0, 0, 0)
	return append(append(b, 0, 0, 0, 0, 0, 0), addr.AsSlice()...)
}

// answers notes until the deadline which station, other than own, says that it has
// which address.
func answers(conn *packet.Conn, own net.HardwareAddr, holders map[netip.Addr]net.HardwareAddr) error {
	frame := make([]byte, 1514)
	for {
		n, _, err := conn.ReadFrom(frame)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read ARP: %w", err)
		}
		if n < frameSize {
			continue
		}
		mac := net.HardwareAddr(bytes.Clone(frame[senderAt:addressAt]))
		if addr, _ := netip.AddrFromSlice(frame[addressAt : addressAt+4]); !bytes.Equal(mac, own) {
			holders[addr] = mac
		}
	}
}
