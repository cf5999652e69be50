package socket

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"testing"

	"github.com/vishvananda/netlink"

	"hactl/agent/packet"
)

var vip4, vip6 = netip.MustParseAddr("10.0.0.254"), netip.MustParseAddr("2001:db8::fe")

// The kernel of a neighbour believes our announcements: what it knew about the
// address is replaced at once.
func TestKernelLearns(t *testing.T) {
	a, b := pair(t)
	mac, frames := a.device("eth0").HardwareAddr, a.frames("eth0")
	for name, announce := range map[string]struct {
		addr  netip.Addr
		frame []byte
	}{
		"gratuitous ARP": {vip4, packet.AppendGratuitousARP(nil, mac, vip4)},
		"unsolicited NA": {vip6, packet.AppendUnsolicitedNA(nil, mac, vip6, true)},
	} {
		t.Run(name, func(t *testing.T) {
			old := net.HardwareAddr{2, 0, 0, 0, 0, 0x99}
			b.learn(announce.addr, old)
			if got := b.neighbour(announce.addr); got != old.String() {
				t.Fatalf("before: %v is at %q", announce.addr, got)
			}
			if err := frames.Send(announce.frame); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the neighbour has our MAC", func() bool {
				return b.neighbour(announce.addr) == mac.String()
			})
		})
	}
}

// learn makes the station's kernel believe that addr is at mac.
func (s station) learn(addr netip.Addr, mac net.HardwareAddr) {
	s.t.Helper()
	index := s.ifi("eth0").Index
	s.do(func() error {
		return netlink.NeighSet(&netlink.Neigh{LinkIndex: index, State: netlink.NUD_STALE, IP: addr.AsSlice(), HardwareAddr: mac})
	})
}

// neighbour returns the MAC at which the station's kernel believes addr to be.
func (s station) neighbour(addr netip.Addr) (mac string) {
	s.t.Helper()
	index, family := s.ifi("eth0").Index, netlink.FAMILY_V4
	if addr.Is6() {
		family = netlink.FAMILY_V6
	}
	s.do(func() error {
		list, err := netlink.NeighList(index, family)
		for _, n := range list {
			if n.IP.Equal(addr.AsSlice()) {
				mac = n.HardwareAddr.String()
			}
		}
		return err
	})
	return mac
}

// Announcements gets ARP and neighbour advertisements of other stations, and
// nothing else, not even our own.
func TestAnnouncements(t *testing.T) {
	a, b := pair(t)
	mac, from, own := a.device("eth0").HardwareAddr, a.frames("eth0"), b.frames("eth0")
	listener := b.announcements("eth0")
	frames, ended := make(chan []byte, 100), make(chan error, 1)
	go func() { ended <- listener.Receive(func(f []byte) { frames <- bytes.Clone(f) }) }()

	arp, na := packet.AppendGratuitousARP(nil, mac, vip4), packet.AppendUnsolicitedNA(nil, mac, vip6, false)
	solicitation := bytes.Clone(na)
	solicitation[54] = 135
	udp := bytes.Clone(na)
	udp[20] = 17
	tagged := append(append(bytes.Clone(arp[:12]), 0x81, 0x00, 0, 10), arp[12:]...)
	if err := own.Send(packet.AppendGratuitousARP(nil, b.device("eth0").HardwareAddr, vip4)); err != nil {
		t.Fatal(err)
	}
	for _, frame := range [][]byte{
		ipv4Frame(a.address(4), group4, 255, nil, "an advert"), solicitation, udp, tagged, arp, na,
	} {
		if err := from.Send(frame); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []netip.Addr{vip4, vip6} {
		frame := await(t, frames)
		got, addr, ok := packet.ParseAnnouncement(frame)
		if !ok || addr != want || got.String() != mac.String() {
			t.Errorf("received %x, want the announcement of %v", frame, want)
		}
	}
	_ = listener.Close()
	if err := await(t, ended); err != net.ErrClosed {
		t.Errorf("Receive ended with %v, want net.ErrClosed", err)
	}
}

// Of what others send, ListenClaims gets those frames whose sender says that it has
// one of the addresses, and hardly any other: a filter looks for so many of them. Others
// may take their place.
func TestClaims(t *testing.T) {
	a, b := pair(t)
	mac, from := a.device("eth0").HardwareAddr, a.frames("eth0")
	other4, other6 := netip.MustParseAddr("10.0.0.253"), netip.MustParseAddr("2001:db8::fd")
	guarded := []netip.Addr{vip4, vip6}
	last6 := netip.MustParseAddr("2001:db8::ff00:0").As16()
	for i := range MaxClaims {
		guarded = append(guarded, netip.AddrFrom4([4]byte{192, 9, byte(i >> 8), byte(i)}))
		last6[14], last6[15] = byte(i>>8), byte(i)
		guarded = append(guarded, netip.AddrFrom16(last6))
	}
	last := guarded[2*MaxClaims-2] // the last one that counts
	ifi := b.ifi("eth0")
	var listener *Announcements
	b.do(func() (err error) {
		older := []byte("20480") // what Linux before 6.8 grants
		if err := os.WriteFile("/proc/sys/net/core/optmem_max", older, 0); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		listener, err = ListenClaims(ifi, guarded)
		return err
	})
	defer listener.Close()
	frames := make(chan []byte, 100)
	go func() { _ = listener.Receive(func(f []byte) { frames <- bytes.Clone(f) }) }()

	request := packet.AppendGratuitousARP(nil, mac, vip4) // made an ordinary one: who has 10.0.0.2?
	copy(request[38:], []byte{10, 0, 0, 2})
	asked := packet.AppendGratuitousARP(nil, mac, other4) // who has the address?
	copy(asked[38:], vip4.AsSlice())
	solicitation := packet.AppendUnsolicitedNA(nil, mac, vip6, false)
	solicitation[54] = 135
	if err := b.frames("eth0").Send(packet.AppendGratuitousARP(nil, b.device("eth0").HardwareAddr, vip4)); err != nil {
		t.Fatal(err)
	}
	for _, frame := range [][]byte{
		asked, solicitation, packet.AppendGratuitousARP(nil, mac, other4), packet.AppendUnsolicitedNA(nil, mac, other6, false),
		packet.AppendGratuitousARP(nil, mac, guarded[2*MaxClaims]),
		request, packet.AppendGratuitousARP(nil, mac, last), packet.AppendUnsolicitedNA(nil, mac, vip6, false),
	} {
		if err := from.Send(frame); err != nil {
			t.Fatal(err)
		}
	}
	claimed := func(want netip.Addr) {
		t.Helper()
		frame := await(t, frames)
		got, addr, ok := packet.ParseClaim(frame)
		if !ok || addr != want || got.String() != mac.String() {
			t.Errorf("received %x, want the claim of %v", frame, want)
		}
	}
	claimed(vip4)
	claimed(last)
	claimed(vip6)

	guarded[0] = other4
	if err := listener.Attend(guarded); err != nil {
		t.Fatal(err)
	}
	for _, a := range []netip.Addr{vip4, last, other4} {
		if err := from.Send(packet.AppendGratuitousARP(nil, mac, a)); err != nil {
			t.Fatal(err)
		}
	}
	claimed(last)
	claimed(other4)
}

// The kernel of a station that has an address answers a probe for it, though the
// station has not said a word of itself.
func TestProbe(t *testing.T) {
	a, b := pair(t)
	ifi, mac, from := a.ifi("eth0"), a.device("eth0").HardwareAddr, a.frames("eth0")
	asked := []netip.Addr{netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("2001:db8::2")}
	var listener *Announcements
	a.do(func() (err error) {
		listener, err = ListenClaims(ifi, asked)
		return err
	})
	defer listener.Close()
	frames := make(chan []byte, 100)
	go func() { _ = listener.Receive(func(f []byte) { frames <- bytes.Clone(f) }) }()
	for _, want := range asked {
		if err := from.Send(packet.AppendProbe(nil, mac, want)); err != nil {
			t.Fatal(err)
		}
		got, addr, ok := packet.ParseClaim(await(t, frames))
		if !ok || addr != want || got.String() != b.device("eth0").HardwareAddr.String() {
			t.Errorf("the answer claims %v for %v, want %v for the other station", addr, got, want)
		}
		if b.neighbour(netip.MustParseAddr("10.0.0.1")) != "" {
			t.Error("the other station has learned something from a probe")
		}
	}
}

// announcements opens an Announcements that ends with the test.
func (s station) announcements(name string) (a *Announcements) {
	s.t.Helper()
	ifi := s.ifi(name)
	s.do(func() (err error) {
		a, err = ListenAnnouncements(ifi)
		return err
	})
	s.t.Cleanup(func() { _ = a.Close() })
	return a
}

// A new Active router of 255 addresses may announce each five times in one go:
// neither the sender nor the listener loses a frame.
func TestBurst(t *testing.T) {
	const frames = 255 * 5
	a, b := pair(t)
	from, listener := a.frames("eth0"), b.announcements("eth0")
	mac := a.device("eth0").HardwareAddr
	for i := range frames {
		addr := netip.AddrFrom4([4]byte{10, 9, byte(i >> 8), byte(i)})
		if err := from.Send(packet.AppendGratuitousARP(nil, mac, addr)); err != nil {
			t.Fatalf("frame %d: %v", i, err)
		}
	}
	seen := make(chan uint16, frames)
	go func() {
		_ = listener.Receive(func(f []byte) {
			if _, addr, ok := packet.ParseAnnouncement(f); ok {
				seen <- binary.BigEndian.Uint16(addr.AsSlice()[2:])
			}
		})
	}()
	for i := range frames {
		if got := await(t, seen); int(got) != i {
			t.Fatalf("announcement %d is number %d", i, got)
		}
	}
}

// Taking the interface down and up again does not spoil the first frame after it.
func TestFramesAfterLinkFlap(t *testing.T) {
	a, b := pair(t)
	from, listener := a.frames("eth0"), b.announcements("eth0")
	if err := a.LinkDown("eth0"); err != nil {
		t.Fatal(err)
	}
	arp := packet.AppendGratuitousARP(nil, a.device("eth0").HardwareAddr, vip4)
	if err := from.Send(arp); err == nil {
		t.Error("Send on an interface that is down: no error")
	}
	if err := a.LinkUp("eth0"); err != nil {
		t.Fatal(err)
	}
	if err := from.Send(arp); err != nil {
		t.Errorf("Send after the interface came up: %v", err)
	}
	seen := make(chan struct{}, 100)
	go func() {
		_ = listener.Receive(func(f []byte) {
			if _, addr, ok := packet.ParseAnnouncement(f); ok && addr == vip4 {
				seen <- struct{}{}
			}
		})
	}()
	await(t, seen)
}
