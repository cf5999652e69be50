package packet

import (
	"bytes"
	"net/netip"
	"testing"
)

// FuzzParse: whatever arrives, Parse does not panic, and what it accepts is
// encoded to the same bytes again, but for reserved bits, in one of the two
// forms.
func FuzzParse(f *testing.F) {
	f.Add(encode(f, advert(2, vip), multicast), false, true, false, uint8(255))
	f.Add(encode(f, advert(3, vip), multicast), false, true, false, uint8(255))
	f.Add(encode(f, advert(3, vip), unicast), false, false, false, uint8(64))
	f.Add(encode(f, advert(3, vip6), multicast6), true, true, true, uint8(255))
	f.Fuzz(func(t *testing.T, payload []byte, ipv6, toGroup, seal bool, ttl uint8) {
		h := Header{Source: them, Destination: us, TTL: ttl}
		if ipv6 {
			h.Source, h.Destination = them6, us6
		}
		if toGroup {
			h.Destination = map[bool]netip.Addr{false: group, true: group6}[ipv6]
		}
		if seal { // or chance would have to find the checksum
			payload = reseal(bytes.Clone(payload), h, true)
		}
		before := bytes.Clone(payload)
		a, err := Parse(payload, h)
		if !bytes.Equal(payload, before) {
			t.Fatal("Parse wrote to its input")
		}
		if err != nil {
			if _, ok := err.(Reason); !ok {
				t.Fatalf("Parse: %v is not a Reason", err)
			}
			return
		}
		reserved := a.Version == 3 && payload[4]&0xf0 != 0
		negativeZero := payload[checksumOffset] == 0xff && payload[checksumOffset+1] == 0xff
		if a.VRID == 0 || reserved || negativeZero { // not ours to send
			return
		}
		for _, form := range []Checksum{PseudoHeader, RFC9568} {
			again, err := a.Append(nil, h.Source, h.Destination, form)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Equal(again, payload) {
				return
			}
		}
		t.Errorf("%x is read as %s, which has other bytes", payload, describe(a))
	})
}

// FuzzParseAnnouncement: whatever arrives, it does not panic, and says ok only
// with an address and an Ethernet MAC.
func FuzzParseAnnouncement(f *testing.F) {
	f.Add(AppendGratuitousARP(nil, mac, vip))
	f.Add(AppendUnsolicitedNA(nil, mac, vip6, true))
	f.Fuzz(func(t *testing.T, frame []byte) {
		mac, addr, ok := ParseAnnouncement(frame)
		if ok != addr.IsValid() || ok != (len(mac) == 6) {
			t.Errorf("ParseAnnouncement(%x) = %v, %v, %v", frame, mac, addr, ok)
		}
	})
}

// FuzzParseClaim: likewise, and whatever announces an address claims it.
func FuzzParseClaim(f *testing.F) {
	f.Add(AppendGratuitousARP(nil, mac, vip))
	f.Add(AppendUnsolicitedNA(nil, mac, vip6, true))
	f.Fuzz(func(t *testing.T, frame []byte) {
		mac, addr, ok := ParseClaim(frame)
		if ok != addr.IsValid() || ok != (len(mac) == 6) {
			t.Errorf("ParseClaim(%x) = %v, %v, %v", frame, mac, addr, ok)
		}
		if _, announced, is := ParseAnnouncement(frame); is && (!ok || announced != addr) {
			t.Errorf("ParseAnnouncement(%x) = %v, ParseClaim %v, %v", frame, announced, addr, ok)
		}
	})
}
