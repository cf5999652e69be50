package packet

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// genAdvert draws a valid advert with the header of a packet that carries it.
func genAdvert(t *rapid.T) (Advert, Header) {
	a := Advert{
		Version:  rapid.SampledFrom([]uint8{2, 3}).Draw(t, "version"),
		VRID:     rapid.Uint8Range(1, 255).Draw(t, "vrid"),
		Priority: rapid.Uint8().Draw(t, "priority"),
	}
	size := 4
	if a.Version == 2 {
		a.Interval = time.Duration(rapid.IntRange(1, 255).Draw(t, "seconds")) * time.Second
		a.Auth.Type = AuthType(rapid.Uint8().Draw(t, "auth type"))
		copy(a.Auth.Data[:], rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "auth data"))
	} else {
		a.Interval = time.Duration(rapid.IntRange(1, 4095).Draw(t, "centiseconds")) * 10 * time.Millisecond
		size = rapid.SampledFrom([]int{4, 16}).Draw(t, "address size")
	}
	addr := rapid.Custom(func(t *rapid.T) netip.Addr {
		addr, _ := netip.AddrFromSlice(rapid.SliceOfN(rapid.Byte(), size, size).Draw(t, "address"))
		return addr
	})
	a.Addresses = rapid.SliceOfN(addr, 1, 255).Draw(t, "addresses")
	return a, Header{Source: addr.Draw(t, "source"), Destination: addr.Draw(t, "destination"), TTL: 255}
}

// What is encoded, in either form, behind whatever bytes, is what is read.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, h := genAdvert(t)
		form := rapid.SampledFrom([]Checksum{PseudoHeader, RFC9568}).Draw(t, "form")
		b, err := a.Append([]byte("before"), h.Source, h.Destination, form)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse(b[len("before"):], h)
		if err != nil {
			t.Fatal(err)
		}
		if string(b[:6]) != "before" || !reflect.DeepEqual(got, a) {
			t.Fatalf("read %v, sent %v", describe(got), describe(a))
		}
	})
}

// The wire format cannot carry these, and Append never changes what it was told.
func TestAppendRefuses(t *testing.T) {
	tests := []struct {
		want   string
		change func(a *Advert, src, dst *netip.Addr)
	}{
		{"version 4 is neither", func(a *Advert, _, _ *netip.Addr) { a.Version = 4 }},
		{"identifier is 0", func(a *Advert, _, _ *netip.Addr) { a.VRID = 0 }},
		{"interval 0s", func(a *Advert, _, _ *netip.Addr) { a.Interval = 0 }},
		{"interval -1s", func(a *Advert, _, _ *netip.Addr) { a.Interval = -time.Second }},
		{"interval 15ms is not a multiple of 10ms", func(a *Advert, _, _ *netip.Addr) { a.Interval = 15 * time.Millisecond }},
		{"interval 40.96s is not a multiple of 10ms up to 40.95s", func(a *Advert, _, _ *netip.Addr) { a.Interval = 40960 * time.Millisecond }},
		{"interval 1.5s is not a multiple of 1s", func(a *Advert, _, _ *netip.Addr) { a.Version, a.Interval = 2, 1500*time.Millisecond }},
		{"interval 4m16s", func(a *Advert, _, _ *netip.Addr) { a.Version, a.Interval = 2, 256*time.Second }},
		{"version 3 has no auth", func(a *Advert, _, _ *netip.Addr) { a.Auth = Password("x") }},
		{"version 2 does not work", func(a *Advert, src, dst *netip.Addr) { a.Version, *src, *dst = 2, us6, group6 }},
		{"not of one family", func(_ *Advert, src, _ *netip.Addr) { *src = us6 }},
		{"not of one family", func(_ *Advert, src, dst *netip.Addr) { *src, *dst = netip.Addr{}, netip.Addr{} }},
		{"0 addresses", func(a *Advert, _, _ *netip.Addr) { a.Addresses = nil }},
		{"256 addresses", func(a *Advert, _, _ *netip.Addr) { a.Addresses = slices.Repeat(a.Addresses, 256) }},
		{"address fe80::200:5eff:fe00:233", func(a *Advert, _, _ *netip.Addr) { a.Addresses = []netip.Addr{vip, vip6} }},
		{"address invalid IP", func(a *Advert, src, dst *netip.Addr) {
			a.Addresses, *src, *dst = []netip.Addr{{}}, us6, group6
		}},
	}
	for _, test := range tests {
		a, src, dst := advert(3, vip), us, group
		test.change(&a, &src, &dst)
		b, err := a.Append([]byte("before"), src, dst, PseudoHeader)
		if err == nil || !strings.Contains(err.Error(), test.want) || string(b) != "before" {
			t.Errorf("Append = %q, %v; want an error with %q", b, err, test.want)
		}
	}
}

// RFC 9568 section 5.2.5 limits the count, the MTU the length: an advert of
// exactly so many addresses is encoded and fits, one more does not.
func TestMaxAddresses(t *testing.T) {
	tests := []struct {
		family  int
		version uint8
		signed  bool
		mtu     int
		want    int
	}{
		{4, 2, false, 1500, 255},
		{4, 3, false, 1500, 255},
		{6, 3, false, 1500, 90},
		{4, 2, false, 576, 135}, // (576 - 20 - 8 - 8) / 4
		{4, 3, false, 576, 137}, // (576 - 20 - 8) / 4
		{6, 3, false, 1280, 77}, // (1280 - 40 - 8) / 16
		{6, 3, false, 9000, 255},
		{4, 3, false, 20, 0},
		{4, 2, true, 1500, 255},
		{4, 3, true, 576, 130}, // (576 - 20 - 8 - 28) / 4
		{6, 3, true, 1500, 89}, // (1500 - 40 - 8 - 28) / 16
	}
	for _, test := range tests {
		if got := MaxAddresses(test.family, test.version, test.signed, test.mtu); got != test.want {
			t.Errorf("MaxAddresses(%d, %d, %v, %d) = %d, want %d", test.family, test.version, test.signed, test.mtu, got, test.want)
		}
	}
	a := advert(3, vip6)
	a.Addresses = slices.Repeat(a.Addresses, 255)
	b, err := a.AppendSigned(nil, them6, group6, PseudoHeader, testKey, 1)
	if n := len(b); n != MaxLen || err != nil {
		t.Errorf("the longest advert has %d bytes, MaxLen is %d", n, MaxLen)
	}
}

// Sending costs no allocation, receiving one: the list of addresses.
func TestAllocations(t *testing.T) {
	a, buf := advert(3, vip), make([]byte, 0, 64)
	b := encode(t, a, multicast)
	if n := testing.AllocsPerRun(100, func() { buf, _ = a.Append(buf[:0], them, group, PseudoHeader) }); n != 0 {
		t.Errorf("Append allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { Parse(b, multicast) }); n > 1 {
		t.Errorf("Parse allocates %v times", n)
	}
	lie := set(3, 255)(b, nil) // 255 addresses in the room of one
	if n := testing.AllocsPerRun(100, func() { Parse(lie, multicast) }); n != 0 {
		t.Errorf("Parse of a lying count allocates %v times", n)
	}
}

func BenchmarkAppend(b *testing.B) {
	a, buf := advert(3, vip), make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = a.Append(buf[:0], them, group, PseudoHeader)
	}
}

func BenchmarkParse(b *testing.B) {
	payload := encode(b, advert(3, vip), multicast)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(payload, multicast); err != nil {
			b.Fatal(err)
		}
	}
}
