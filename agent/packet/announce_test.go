package packet

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
)

var mac = net.HardwareAddr{2, 0, 0, 0, 0, 0x0a}

// TestParseAnnouncement has one case for each form of announcement, and for what
// looks like one.
func TestParseAnnouncement(t *testing.T) {
	arp, na := AppendGratuitousARP(nil, mac, vip), AppendUnsolicitedNA(nil, mac, vip6, false)
	const arpAt, ipAt, naAt = etherLen, etherLen, etherLen + ipv6Len
	tests := []struct {
		name   string
		frame  []byte
		change change
		want   netip.Addr // the zero Addr: not an announcement
	}{
		{"RFC 5227 3: ARP request", arp, set(0, 0xff), vip},
		{"RFC 5227 3: ARP reply", arp, set(arpAt+7, arpReply), vip},
		{"padded to 60 bytes", arp, grow(18), vip},
		{"to a single station", arp, set(0, 0x02), vip},
		{"RARP", arp, set(arpAt+7, 3), netip.Addr{}},
		{"RFC 826: an ordinary request", arp, set(arpAt+27, 1), netip.Addr{}},
		{"RFC 5227 2.1.1: a probe", arp, put(arpAt+14, 0, 0, 0, 0), netip.Addr{}},
		{"nobody's address", arp, func(b []byte, h *Header) []byte {
			return put(arpAt+24, 0, 0, 0, 0)(put(arpAt+14, 0, 0, 0, 0)(b, h), h)
		}, netip.Addr{}},
		{"at the broadcast address", arp, put(arpAt+8, 255, 255, 255, 255, 255, 255), netip.Addr{}},
		{"token ring", arp, set(arpAt+1, 6), netip.Addr{}},
		{"cut", arp, cut(etherLen + arpLen - 1), netip.Addr{}},
		{"no frame", arp, cut(13), netip.Addr{}},
		{"802.1Q", arp, put(12, 0x81, 0x00, 0, 10, 0x08, 0x06), netip.Addr{}},

		{"RFC 4861 7.2.6: unsolicited", na, set(naAt+4, naOverride), vip6},
		{"RFC 4861 4.4: from a router", na, set(naAt+4, naOverride|naRouter), vip6},
		{"RFC 4861 4.4: solicited", na, set(naAt+4, naOverride|naSolicited), netip.Addr{}},
		{"RFC 4861 7.1.2: hop limit", na, set(ipAt+7, 254), netip.Addr{}},
		{"RFC 4861 7.1.2: code", na, set(naAt+1, 1), netip.Addr{}},
		{"RFC 4861 7.1.2: multicast target", na, set(naAt+8, 0xff), netip.Addr{}},
		{"RFC 4861 7.1.2: option of length 0", na, set(naAt+25, 0), netip.Addr{}},
		{"RFC 4861 4.6.1: the source's address", na, set(naAt+24, 1), netip.Addr{}},
		{"option longer than the packet", na, set(naAt+25, 2), netip.Addr{}},
		{"a solicitation", na, set(naAt, 135), netip.Addr{}},
		{"not ICMPv6", na, set(ipAt+6, 17), netip.Addr{}},
		{"payload longer than the frame", na, set(ipAt+5, naLen+1), netip.Addr{}},
		{"payload too short", na, set(ipAt+5, 16), netip.Addr{}},
		{"no payload", na, cut(naAt), netip.Addr{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := test.change(append([]byte(nil), test.frame...), nil)
			resealNA(b)
			gotMAC, got, ok := ParseAnnouncement(b)
			if ok != test.want.IsValid() || got != test.want {
				t.Fatalf("ParseAnnouncement = %v, %v, want %v", got, ok, test.want)
			}
			if ok && gotMAC.String() != mac.String() {
				t.Errorf("announced at %v, want %v", gotMAC, mac)
			}
		})
	}
}

// resealNA gives a neighbour advertisement the checksum that fits its bytes.
func resealNA(b []byte) {
	if len(b) < etherLen+ipv6Len+naLen || b[12] != 0x86 {
		return
	}
	na := b[etherLen+ipv6Len:]
	src, dst := netip.AddrFrom16([16]byte(b[22:])), netip.AddrFrom16([16]byte(b[38:]))
	binary.BigEndian.PutUint16(na[2:], 0)
	binary.BigEndian.PutUint16(na[2:], ^fold(sum(pseudoHeader(src, dst, naLen, protoICMPv6), na)))
}

// RFC 4861 section 7.1.2: a neighbour advertisement with a wrong checksum is
// discarded.
func TestAnnouncementChecksum(t *testing.T) {
	na := AppendUnsolicitedNA(nil, mac, vip6, true)
	for bit := range naLen * 8 {
		b := append([]byte(nil), na...)
		b[etherLen+ipv6Len+bit/8] ^= 1 << (bit % 8)
		if _, _, ok := ParseAnnouncement(b); ok {
			t.Errorf("bit %d of byte %d flipped: still an announcement", bit%8, bit/8)
		}
	}
}

// RFC 5227 section 3, field by field: the gratuitous ARP of RFC 9568 section
// 6.4.2, as a request. The MAC is the interface's: docs/decisions/0003.
func TestGratuitousARPByField(t *testing.T) {
	f := AppendGratuitousARP(nil, mac, vip)
	equal(t, "length", len(f), 14+28)
	equal(t, "Ethernet destination", hw(f[0:]), "ff:ff:ff:ff:ff:ff")
	equal(t, "Ethernet source", hw(f[6:]), mac.String())
	equal(t, "EtherType", binary.BigEndian.Uint16(f[12:]), 0x0806)
	equal(t, "hardware, protocol, lengths", string(f[14:20]), "\x00\x01\x08\x00\x06\x04")
	equal(t, "operation", binary.BigEndian.Uint16(f[20:]), 1)
	equal(t, "sender MAC", hw(f[22:]), mac.String())
	equal(t, "sender address", netip.AddrFrom4([4]byte(f[28:])), vip)
	equal(t, "target MAC", hw(f[32:]), "ff:ff:ff:ff:ff:ff") // ignored by RFC 826
	equal(t, "target address", netip.AddrFrom4([4]byte(f[38:])), vip)
}

// RFC 4861 sections 4.4 and 7.2.6, field by field: the unsolicited neighbour
// advertisement of RFC 9568 section 6.4.2. We depart in the Router flag, which
// tells whether the interface forwards, and in the MAC: docs/decisions/0003.
func TestUnsolicitedNAByField(t *testing.T) {
	for flags, router := range map[byte]bool{0x20: false, 0xa0: true} { // Override; and Router; never Solicited
		f := AppendUnsolicitedNA(nil, mac, vip6, router)
		equal(t, "length", len(f), 14+40+32)
		equal(t, "Ethernet destination", hw(f[0:]), "33:33:00:00:00:01")
		equal(t, "Ethernet source", hw(f[6:]), mac.String())
		equal(t, "EtherType", binary.BigEndian.Uint16(f[12:]), 0x86dd)
		equal(t, "payload length", binary.BigEndian.Uint16(f[18:]), 32)
		equal(t, "next header", f[20], 58)
		equal(t, "hop limit", f[21], 255)
		equal(t, "source", netip.AddrFrom16([16]byte(f[22:])), vip6)
		equal(t, "destination", netip.AddrFrom16([16]byte(f[38:])), netip.MustParseAddr("ff02::1"))
		equal(t, "type and code", binary.BigEndian.Uint16(f[54:]), 136<<8)
		equal(t, "flags", f[58], flags)
		equal(t, "target", netip.AddrFrom16([16]byte(f[62:])), vip6)
		equal(t, "option, target link-layer address", string(f[78:80]), "\x02\x01")
		equal(t, "target MAC", hw(f[80:]), mac.String())
	}
}

// hw is the Ethernet address that b begins with.
func hw(b []byte) string { return net.HardwareAddr(b[:6]).String() }

// Announcing an address of the wrong family is our own mistake.
func TestAnnouncePanics(t *testing.T) {
	for name, f := range map[string]func(){
		"ARP for IPv6": func() { AppendGratuitousARP(nil, mac, vip6) },
		"NA for IPv4":  func() { AppendUnsolicitedNA(nil, mac, vip, false) },
		"no MAC":       func() { AppendGratuitousARP(nil, nil, vip) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}

func BenchmarkAppendGratuitousARP(b *testing.B) {
	buf := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendGratuitousARP(buf[:0], mac, vip)
	}
}

// TestParseClaim: what is said beside announcements.
func TestParseClaim(t *testing.T) {
	arp, na := AppendGratuitousARP(nil, mac, vip), AppendUnsolicitedNA(nil, mac, vip6, false)
	const arpAt, naAt = etherLen, etherLen + ipv6Len
	tests := []struct {
		name   string
		frame  []byte
		change change
		want   netip.Addr // the zero Addr: no claim
	}{
		{"gratuitous ARP", arp, grow(18), vip},
		{"RFC 826: an ordinary request", arp, set(arpAt+27, 1), vip},
		{"RFC 826: a reply", arp, func(b []byte, h *Header) []byte {
			return set(arpAt+7, arpReply)(set(arpAt+27, 1)(b, h), h)
		}, vip},
		{"RARP", arp, set(arpAt+7, 3), netip.Addr{}},
		{"RFC 5227 2.1.1: a probe", AppendProbe(nil, mac, vip), grow(0), netip.Addr{}},
		{"RFC 4861 7.2.4: solicited", na, set(naAt+4, naOverride|naSolicited), vip6},
		{"RFC 4862 5.4.2: a probe", AppendProbe(nil, mac, vip6), grow(0), netip.Addr{}},
		{"no frame", arp, cut(13), netip.Addr{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := test.change(append([]byte(nil), test.frame...), nil)
			resealNA(b)
			gotMAC, got, ok := ParseClaim(b)
			if ok != test.want.IsValid() || got != test.want || ok && gotMAC.String() != mac.String() {
				t.Errorf("ParseClaim = %v at %v, want %v", got, gotMAC, test.want)
			}
		})
	}
}

// RFC 5227 section 2.1.1 and RFC 4862 section 5.4.2, byte by byte.
func TestAppendProbe(t *testing.T) {
	const (
		arp = "ffffffffffff 02000000000a 0806 0001 0800 06 04 0001 02000000000a 00000000 000000000000 c0000264"
		ns  = "3333ff000064 02000000000a 86dd 60000000 0018 3a ff 00000000000000000000000000000000 ff0200000000000000000001ff000064" +
			"87 00 ???? 00000000 20010db8000000000000000000000064"
	)
	if got, want := fmt.Sprintf("%x", AppendProbe(nil, mac, netip.MustParseAddr("192.0.2.100"))), strings.ReplaceAll(arp, " ", ""); got != want {
		t.Errorf("ARP\n got %s\nwant %s", got, want)
	}
	b := AppendProbe(nil, mac, netip.MustParseAddr("2001:db8::64"))
	message := b[etherLen+ipv6Len:]
	src, dst := netip.IPv6Unspecified(), netip.MustParseAddr("ff02::1:ff00:64")
	if fold(sum(pseudoHeader(src, dst, nsLen, protoICMPv6), message)) != 0xffff {
		t.Error("the checksum is wrong")
	}
	want := strings.ReplaceAll(strings.ReplaceAll(ns, " ", ""), "????", fmt.Sprintf("%x", message[2:4]))
	if got := fmt.Sprintf("%x", b); got != want {
		t.Errorf("NS\n got %s\nwant %s", got, want)
	}
}

// RFC 4861 section 7.2.2, byte by byte.
func TestAppendSolicitation(t *testing.T) {
	const want = "3333ff000064 02000000000a 86dd 60000000 0020 3a ff fe80000000000000000000000000000a ff0200000000000000000001ff000064" +
		"87 00 ???? 00000000 20010db8000000000000000000000064 01 01 02000000000a"
	src, dst := netip.MustParseAddr("fe80::a"), netip.MustParseAddr("ff02::1:ff00:64")
	b := AppendSolicitation(nil, mac, src, netip.MustParseAddr("2001:db8::64"))
	message := b[etherLen+ipv6Len:]
	if fold(sum(pseudoHeader(src, dst, len(message), protoICMPv6), message)) != 0xffff {
		t.Error("the checksum is wrong")
	}
	if got, want := fmt.Sprintf("%x", b), strings.ReplaceAll(strings.ReplaceAll(want, " ", ""), "????", fmt.Sprintf("%x", message[2:4])); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
