package packet

import (
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
		seal(pdu, h.Source, h.Destination, pseudo)
	}
	return pdu
}

// change is what happens to a packet on its way. The checksum is made to fit.
type change = func(b []byte, h *Header) []byte

// set replaces a byte.
func set(at int, value byte) change { return put(at, value) }

// put replaces some bytes.
func put(at int, values ...byte) change {
	return func(b []byte, _ *Header) []byte { copy(b[at:], values); return b }
}

// cut leaves the first n bytes.
func cut(n int) change {
	return func(b []byte, _ *Header) []byte { return b[:n] }
}

// grow appends n zeros.
func grow(n int) change {
	return func(b []byte, _ *Header) []byte { return append(b, make([]byte, n)...) }
}

// ttl replaces the TTL or hop limit.
func ttl(n uint8) change {
	return func(b []byte, h *Header) []byte { h.TTL = n; return b }
}

// parses sends a with h, changes it on its way, and checks what Parse says: nil
// or a Reason. It returns what was read.
func parses(t *testing.T, a Advert, h Header, c change, want error) Advert {
	t.Helper()
	b := reseal(c(encode(t, a, h), &h), h, a.Version == 3)
	got, err := Parse(b, h)
	if err != want {
		t.Errorf("Parse(%x): %v, want %v", b, err, want)
	}
	return got
}

// equal checks one field of a packet.
func equal[T comparable](t *testing.T, field string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", field, got, want)
	}
}
