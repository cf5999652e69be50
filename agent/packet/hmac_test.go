package packet

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// testKey is that of the vectors: 00 01 .. 1f.
var testKey = Key{ID: 1, Secret: "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f"}

// vectors are the signed adverts of draft-cassen-vrrp-auth-hmac, which
// keepalived's test/auth_hmac_test.c has, too. They are of VRID 51, priority 200
// and sequence number 0x6800000080000000.
var vectors = []struct {
	name, vip, bytes string
	header           Header
}{
	{"ipv4", "192.0.2.100", "3133c80100644402c0000264" + "010100006800000080000000" + "1b84bc4e8e43892dc6d98448f8ee2265",
		Header{Source: netip.MustParseAddr("198.51.100.10"), Destination: group, TTL: 255}},
	{"ipv6", "fe80::100", "3133c8010064a2e9fe800000000000000000000000000100" + "010100006800000080000000" + "c8c56146ebfd66ee10ec4d8186461b78",
		Header{Source: netip.MustParseAddr("fe80::10"), Destination: netip.MustParseAddr("fe80::20"), TTL: 255}},
}

func TestVectors(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			want, err := hex.DecodeString(v.bytes)
			if err != nil {
				t.Fatal(err)
			}
			a := Advert{Version: 3, VRID: 51, Priority: 200, Interval: time.Second, Addresses: []netip.Addr{netip.MustParseAddr(v.vip)}}
			got, err := a.AppendSigned([]byte("before"), v.header.Source, v.header.Destination, RFC9568, testKey, 0x6800000080000000)
			if err != nil || string(got) != "before"+string(want) {
				t.Errorf("signed it is\n%x, want\n%x, %v", got, "before"+string(want), err)
			}
			read, err := Parse(want, v.header)
			if err != nil || read.Signature == nil {
				t.Fatalf("Parse: %v", err)
			}
			equal(t, "priority", read.Priority, 200)
			equal(t, "key", read.Signature.Key, 1)
			equal(t, "sequence", read.Signature.Sequence, 0x6800000080000000)
			if err := read.Signature.Verify(want, v.header, []Key{{ID: 2, Secret: "x"}, testKey}); err != nil {
				t.Errorf("Verify: %v", err)
			}
		})
	}
}

// signed returns a as sent with h, signed by testKey.
func signed(t testing.TB, a Advert, h Header) []byte {
	t.Helper()
	b, err := a.AppendSigned(nil, h.Source, h.Destination, PseudoHeader, testKey, SequenceAt(time.Unix(1000, 0)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Whatever is changed on the way is noticed, though the checksum is made to fit.
func TestSignatureCovers(t *testing.T) {
	at := func(n int) int { return headerLen + 4 + n } // in the signature
	tests := []struct {
		what   string
		change change
		want   error
	}{
		{"nothing", grow(0), nil},
		{"VRID", set(1, 52), BadSignature},
		{"priority", set(2, 255), BadSignature},
		{"interval", set(5, 101), BadSignature},
		{"address", set(11, 253), BadSignature},
		{"type", set(at(0), 2), BadSignature},
		{"another key", set(at(1), 2), BadSignature},
		{"no such key", set(at(1), 3), UnknownKey},
		{"reserved", set(at(2), 1), BadSignature},
		{"reserved, second", set(at(3), 1), BadSignature},
		{"seconds", set(at(7), 9), BadSignature},
		{"counter", set(at(11), 9), BadSignature},
		{"digest", set(at(27), 0), BadSignature},
		{"source", func(b []byte, h *Header) []byte { h.Source = us; return b }, BadSignature},
		{"destination", func(b []byte, h *Header) []byte { h.Destination = us; return b }, nil},
		{"one byte less", cut(headerLen + 4 + 27), BadLength},
		{"one byte more", grow(1), BadLength},
	}
	keys := []Key{testKey, {ID: 2, Secret: strings.Repeat("k", 32)}}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			h := multicast
			b := test.change(signed(t, advert(3, vip), h), &h)
			reseal(b[:headerLen+4], h, true)
			a, err := Parse(b, h)
			if err == nil {
				err = a.Signature.Verify(b, h, keys)
			}
			if err != test.want {
				t.Errorf("%v, want %v", err, test.want)
			}
		})
	}
}

// What a key has signed, but not as it is done here, is none of ours either.
func TestSignatureIsOfOneKind(t *testing.T) {
	for what, at := range map[string]int{"type": 0, "reserved": 2, "reserved, second": 3} {
		b := signed(t, advert(3, vip), multicast)
		signature := b[len(b)-SignatureLen:]
		signature[at]++
		digest := testKey.digest(b[:len(b)-digestLen], them)
		copy(signature[12:], digest[:])
		if _, err := Parse(b, multicast); err != BadSignature {
			t.Errorf("%s: %v, want %v", what, err, BadSignature)
		}
	}
}

// What is signed comes back, in every version and family. The checksum covers the
// signature over IPv6 only.
func TestSignedRoundTrip(t *testing.T) {
	for name, c := range map[string]struct {
		version uint8
		vip     netip.Addr
		header  Header
	}{"version 2": {2, vip, multicast}, "version 3": {3, vip, multicast}, "unicast": {3, vip, unicast}, "ipv6": {3, vip6, multicast6}} {
		a := advert(c.version, c.vip)
		b := signed(t, a, c.header)
		got, err := Parse(b, c.header)
		if err != nil || got.Signature == nil {
			t.Errorf("%s: Parse: %v", name, err)
			continue
		}
		if err := got.Signature.Verify(b, c.header, []Key{testKey}); err != nil {
			t.Errorf("%s: Verify: %v", name, err)
		}
		plain := encode(t, a, c.header)
		equal(t, name+": length", len(b), len(plain)+SignatureLen)
		same := bytes.Equal(b[:len(plain)], plain)
		equal(t, name+": the advert before it is as without", same, c.vip.Is4())
		got.Signature = nil
		equal(t, name+": advert", describe(got), describe(a))
	}
}

// Of the three settings, each takes what it should.
func TestExpectSignatures(t *testing.T) {
	for _, test := range []struct {
		signed      Signatures
		plain, with error
	}{{NoSignatures, nil, BadAuth}, {AnySignatures, nil, nil}, {AllSignatures, Unsigned, nil}} {
		e := Expect{Version: 3, VRID: 51, Source: us, Group: group, Signed: test.signed}
		a := advert(3, vip)
		equal(t, "unsigned", e.Check(&a, multicast), test.plain)
		a.Signature = &Signature{}
		equal(t, "signed", e.Check(&a, multicast), test.with)
	}
}

// FuzzVerify: whatever arrives, Parse and Verify do not panic, and nothing but
// what was signed is taken.
func FuzzVerify(f *testing.F) {
	for _, h := range []Header{multicast, multicast6} {
		b := signed(f, advert(3, map[bool]netip.Addr{true: vip, false: vip6}[h.Source.Is4()]), h)
		f.Add(b, !h.Source.Is4())
		b[len(b)-1]++
		f.Add(b, !h.Source.Is4())
	}
	f.Fuzz(func(t *testing.T, payload []byte, ipv6 bool) {
		h := multicast
		if ipv6 {
			h = multicast6
		}
		a, err := Parse(payload, h)
		if err != nil || a.Signature == nil {
			return
		}
		if a.Signature.Verify(payload, h, []Key{testKey}) != nil {
			return
		}
		plain := a
		plain.Signature = nil
		again, err := plain.AppendSigned(nil, h.Source, h.Destination, PseudoHeader, testKey, a.Signature.Sequence)
		if err == nil && payload[4]&0xf0 == 0 && !bytes.Equal(again[len(again)-digestLen:], payload[len(payload)-digestLen:]) {
			t.Errorf("%x was taken, which would be signed as %x", payload, again)
		}
	})
}
