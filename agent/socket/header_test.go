package socket

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"testing"
)

// A header that lies about lengths is no packet; TestReceiveByHand has the
// honest ones, which are all that the kernel lets through.
func TestParseIPv4(t *testing.T) {
	good := ipv4Frame(netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("224.0.0.18"), 255, []byte{0x94, 4, 0, 0}, "payload")[14:]
	tests := []struct {
		name   string
		change func(b []byte) []byte
		want   string
		ok     bool
	}{
		{"unchanged", func(b []byte) []byte { return b }, "payload", true},
		{"padded", func(b []byte) []byte { return append(b, 0, 0, 0) }, "payload", true},
		{"cut", func(b []byte) []byte { return b[:len(b)-3] }, "payl", true},
		{"cut in the options", func(b []byte) []byte { return b[:22] }, "", false},
		{"cut in the header", func(b []byte) []byte { return b[:19] }, "", false},
		{"nothing", func(_ []byte) []byte { return nil }, "", false},
		{"version 6", func(b []byte) []byte { b[0] = 0x66; return b }, "", false},
		{"header of 16 bytes", func(b []byte) []byte { b[0] = 0x44; return b }, "", false},
		{"header longer than the packet", func(b []byte) []byte { b[0] = 0x4f; return b }, "", false},
		{"total shorter than the header", func(b []byte) []byte { b[3] = 23; return b }, "", false},
	}
	for _, test := range tests {
		r, ok := parseIPv4(test.change(bytes.Clone(good)))
		if ok != test.ok || string(r.Payload) != test.want {
			t.Errorf("%s: payload %q, %v", test.name, r.Payload, ok)
		}
	}
}

// FuzzParseIPv4: whatever comes out of the socket, it does not panic.
func FuzzParseIPv4(f *testing.F) {
	f.Add(ipv4Frame(netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("224.0.0.18"), 255, []byte{0x94, 4, 0, 0}, "payload")[14:])
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, ok := parseIPv4(b); ok && (!r.Source.Is4() || len(r.Payload) > len(b)-20) {
			t.Errorf("parseIPv4(%x) = %v", b, r)
		}
	})
}

// ipv4Frame makes an Ethernet frame with an IPv4 packet of protocol 112.
func ipv4Frame(src, dst netip.Addr, ttl uint8, options []byte, payload string) []byte {
	h := []byte{byte(0x45 + len(options)/4), 0xc0, 0, 0, 0, 1, 0, 0, ttl, 112, 0, 0}
	h = append(append(append(h, src.AsSlice()...), dst.AsSlice()...), options...)
	binary.BigEndian.PutUint16(h[2:], uint16(len(h)+len(payload)))
	sum := uint32(0)
	for i := 0; i < len(h); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(h[i:]))
	}
	binary.BigEndian.PutUint16(h[10:], ^uint16(sum>>16+sum))
	frame := []byte{0x01, 0, 0x5e, 0, 0, 0x12, 2, 0, 0, 0, 0, 1, 0x08, 0x00}
	return append(append(frame, h...), payload...)
}
