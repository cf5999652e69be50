package packet

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"
)

var (
	us    = netip.MustParseAddr("10.0.0.2")
	them  = netip.MustParseAddr("10.0.0.1")
	group = netip.MustParseAddr("224.0.0.18")
	vip   = netip.MustParseAddr("10.0.0.254")

	us6    = netip.MustParseAddr("fe80::2")
	them6  = netip.MustParseAddr("fe80::1")
	group6 = netip.MustParseAddr("ff02::12")
	vip6   = netip.MustParseAddr("fe80::200:5eff:fe00:233")

	multicast  = Header{Source: them, Destination: group, TTL: 255}
	unicast    = Header{Source: them, Destination: us, TTL: 255}
	multicast6 = Header{Source: them6, Destination: group6, TTL: 255}
)

// advert returns a valid advert of a version for one address.
func advert(version uint8, addr netip.Addr) Advert {
	return Advert{Version: version, VRID: 51, Priority: 150, Interval: time.Second, Addresses: []netip.Addr{addr}}
}

// encode returns a as sent with h, in the default form.
func encode(t testing.TB, a Advert, h Header) []byte {
	t.Helper()
	b, err := a.Append(nil, h.Source, h.Destination, PseudoHeader)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// reseal gives pdu the checksum that fits its bytes again, so that a test of
// another field cannot be passed by a wrong checksum.
func reseal(pdu []byte, h Header, pseudo bool) []byte {
	if len(pdu) >= headerLen {
		binary.BigEndian.PutUint16(pdu[checksumOffset:], 0)
		binary.BigEndian.PutUint16(pdu[checksumOffset:], ^sumAs(pdu, h.Source, h.Destination, pseudo))
	}
	return pdu
}

// TestParseRefuses has one case for each claim of the RFCs about which received
// packets are discarded without knowing the router.
func TestParseRefuses(t *testing.T) {
	v2, v3, v6 := advert(2, vip), advert(3, vip), advert(3, vip6)
	tests := []struct {
		claim  string
		advert Advert
		header Header
		change func(b []byte, h *Header) []byte
		want   error
	}{
		{"RFC 9568 5.1.1.3: TTL 255", v3, multicast, func(b []byte, h *Header) []byte { h.TTL = 254; return b }, BadTTL},
		{"RFC 9568 5.1.2.3: hop limit 255", v6, multicast6, func(b []byte, h *Header) []byte { h.TTL = 64; return b }, BadTTL},
		{"unicast may be routed: any TTL", v3, unicast, func(b []byte, h *Header) []byte { h.TTL = 61; return b }, nil},
		{"RFC 9568 5.2.1: version 4", v3, multicast, set(0, 0x41), BadVersion},
		{"RFC 9568 5.2.1: version 1", v3, multicast, set(0, 0x11), BadVersion},
		{"RFC 3768 is for IPv4", v6, multicast6, set(0, 0x21), BadVersion},
		{"RFC 9568 5.2.2: type 2", v3, multicast, set(0, 0x32), BadType},
		{"RFC 3768 5.3.2: type 0", v2, multicast, set(0, 0x20), BadType},
		{"RFC 9568 5.2.5: count 0", v3, multicast, set(3, 0), NoAddresses},
		{"RFC 9568 5.2.6: reserved bits are ignored", v3, multicast, set(4, 0xf0), nil},
		{"RFC 9568 7.1: complete, no byte", v3, multicast, cut(0), BadLength},
		{"RFC 9568 7.1: complete, half a header", v3, multicast, cut(7), BadLength},
		{"RFC 9568 7.1: complete, no addresses", v3, multicast, cut(8), BadLength},
		{"RFC 9568 7.1: complete, count too high", v3, multicast, set(3, 255), BadLength},
		{"RFC 9568 7.1: complete, IPv6 count too high", v6, multicast6, set(3, 2), BadLength},
		{"longer than its header says", v3, multicast, grow(28), BadLength},
		{"RFC 3768 7.1: no authentication data", v2, multicast, cut(12), BadLength},
		{"version 3 has no authentication data", v3, multicast, grow(8), BadLength},
		{"interval 0, version 2", v2, multicast, set(5, 0), ZeroInterval},
		{"interval 0, version 3", v3, multicast, func(b []byte, _ *Header) []byte { b[4], b[5] = 0xf0, 0; return b }, ZeroInterval},
		{"RFC 9568 5.2.4: priority 0 is valid", v3, multicast, set(2, 0), nil},
		{"RFC 9568 5.2.4: priority 255 is valid", v3, multicast, set(2, 255), nil},
	}
	for _, test := range tests {
		t.Run(test.claim, func(t *testing.T) {
			h := test.header
			b := test.change(encode(t, test.advert, h), &h)
			reseal(b, h, test.advert.Version == 3)
			if _, err := Parse(b, h); err != test.want {
				t.Errorf("Parse: %v, want %v", err, test.want)
			}
		})
	}
}

type change = func(b []byte, h *Header) []byte

func set(at int, value byte) change {
	return func(b []byte, _ *Header) []byte { b[at] = value; return b }
}

func cut(n int) change {
	return func(b []byte, _ *Header) []byte { return b[:n] }
}

func grow(n int) change {
	return func(b []byte, _ *Header) []byte { return append(b, make([]byte, n)...) }
}

// RFC 9568 section 5.2.8, RFC 3768 section 5.3.8: of each advert, which checksums
// are right. The wrong ones are those of the next form, and of other addresses.
func TestChecksumForms(t *testing.T) {
	elsewhere := Header{Source: them, Destination: netip.MustParseAddr("10.0.0.3"), TTL: 255}
	tests := []struct {
		name   string
		advert Advert
		header Header
		sealed Header // the addresses that the checksum covers
		pseudo bool
		want   error
	}{
		{"version 3, pseudo-header", advert(3, vip), multicast, multicast, true, nil},
		{"version 3, RFC 9568", advert(3, vip), multicast, multicast, false, nil},
		{"version 3, unicast, pseudo-header", advert(3, vip), unicast, unicast, true, nil},
		{"version 3, unicast, another peer's", advert(3, vip), unicast, elsewhere, true, BadChecksum},
		{"version 3, IPv6", advert(3, vip6), multicast6, multicast6, true, nil},
		{"version 3, IPv6 without pseudo-header", advert(3, vip6), multicast6, multicast6, false, BadChecksum},
		{"version 2", advert(2, vip), multicast, multicast, false, nil},
		{"version 2 with pseudo-header", advert(2, vip), multicast, multicast, true, BadChecksum},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := reseal(encode(t, test.advert, test.header), test.sealed, test.pseudo)
			if _, err := Parse(b, test.header); err != test.want {
				t.Errorf("Parse: %v, want %v", err, test.want)
			}
		})
	}
}

// Any one bit that flips on the way is noticed by some check.
func TestEveryBitCounts(t *testing.T) {
	for _, h := range []Header{multicast, multicast6} {
		addr := vip
		if h.Source.Is6() {
			addr = vip6
		}
		good := encode(t, advert(3, addr), h)
		for bit := range len(good) * 8 {
			b := append([]byte(nil), good...)
			b[bit/8] ^= 1 << (bit % 8)
			if _, err := Parse(b, h); err == nil {
				t.Errorf("from %v, bit %d of byte %d: accepted", h.Source, bit%8, bit/8)
			}
		}
	}
}

// The sum of an advert for 10.0.0.254, with a pencil:
//
//	version 3: 3133 + 9601 + 0064 + 0a00 + 00fe             = d296, ^ = 2d69
//	and 10.0.0.1, 224.0.0.18, 112, 12: 0a00 0001 e000 0012 0070 000c = ea8f,
//	d296 + ea8f = 1bd25 = bd26 with the carry,                        ^ = 42d9
//	version 2: 2133 + 9601 + 0001 + 0a00 + 00fe             = c233, ^ = 3dcc
func TestChecksumByHand(t *testing.T) {
	tests := []struct {
		version uint8
		form    Checksum
		want    uint16
	}{
		{3, RFC9568, 0x2d69},
		{3, PseudoHeader, 0x42d9},
		{2, RFC9568, 0x3dcc},
		{2, PseudoHeader, 0x3dcc},
	}
	for _, test := range tests {
		b, err := advert(test.version, vip).Append(nil, them, group, test.form)
		if err != nil {
			t.Fatal(err)
		}
		if got := binary.BigEndian.Uint16(b[checksumOffset:]); got != test.want {
			t.Errorf("version %d, form %d: checksum %04x, want %04x", test.version, test.form, got, test.want)
		}
	}
}
