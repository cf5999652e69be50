package socket

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/mdlayher/packet"
	"golang.org/x/sys/unix"
)

// wire returns a function that returns the next Ethernet frame with protocol 112
// that comes in on a station's eth0.
func (s station) wire() func() []byte {
	s.t.Helper()
	ifi := s.device("eth0")
	var conn *packet.Conn
	s.do(func() (err error) {
		conn, err = packet.Listen(ifi, packet.Raw, unix.ETH_P_ALL, nil)
		return err
	})
	s.t.Cleanup(func() { _ = conn.Close() })
	return func() []byte {
		s.t.Helper()
		_ = conn.SetReadDeadline(time.Now().Add(patience))
		for buf := make([]byte, 2000); ; {
			n, _, err := conn.ReadFrom(buf)
			if err != nil {
				s.t.Fatal(err)
			}
			ipv4 := buf[12] == 0x08 && buf[13] == 0x00 && buf[23] == 112
			if ipv6 := buf[12] == 0x86 && buf[13] == 0xdd && buf[20] == 112; ipv4 || ipv6 {
				return buf[:n]
			}
		}
	}
}

// RFC 9568 sections 5.1.1 and 5.1.2, field by field, and the multicast MAC of
// the group; beyond the RFC the type of service of keepalived, and no DF.
func TestHeaders(t *testing.T) {
	a, b := pair(t)
	next := b.wire()
	a.send(a.listen("eth0", 4), "payload", a.address(4), group4)
	f := next()
	equal(t, "Ethernet destination", net.HardwareAddr(f[:6]).String(), "01:00:5e:00:00:12")
	equal(t, "version and header length", f[14], 0x45)
	equal(t, "type of service", f[15], 0xc0)
	equal(t, "total length", binary.BigEndian.Uint16(f[16:]), 27)
	equal(t, "flags and fragment offset", binary.BigEndian.Uint16(f[20:]), 0)
	equal(t, "TTL", f[22], 255)
	equal(t, "source", netip.AddrFrom4([4]byte(f[26:])), a.address(4))
	equal(t, "destination", netip.AddrFrom4([4]byte(f[30:])), group4)
	equal(t, "payload", string(f[34:41]), "payload")

	a.send(a.listen("eth0", 6), "payload", a.address(6), group6)
	f = next()
	equal(t, "Ethernet destination", net.HardwareAddr(f[:6]).String(), "33:33:00:00:00:12")
	equal(t, "version and traffic class", binary.BigEndian.Uint16(f[14:])&0xfff0, 0x6c00)
	equal(t, "payload length", binary.BigEndian.Uint16(f[18:]), 7)
	equal(t, "hop limit", f[21], 255)
	equal(t, "source", netip.AddrFrom16([16]byte(f[22:])), a.address(6))
	equal(t, "destination", netip.AddrFrom16([16]byte(f[38:])), group6)
	equal(t, "payload", string(f[54:61]), "payload")
}

func equal[T comparable](t *testing.T, field string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", field, got, want)
	}
}

// What a stranger made by hand arrives as it was sent: whatever TTL, behind
// options, without Ethernet padding.
func TestReceiveByHand(t *testing.T) {
	a, b := pair(t)
	packets := receive(t, b.listen("eth0", 4, group4))
	frames := a.frames("eth0")
	src := a.address(4)
	tests := []struct {
		name    string
		ttl     uint8
		options []byte
		payload string
		padding int
	}{
		{"TTL 255", 255, nil, "an advert", 0},
		{"TTL 64", 64, nil, "from afar", 0},
		{"router alert", 255, []byte{0x94, 4, 0, 0}, "behind an option", 0},
		{"40 bytes of options", 255, make([]byte, 40), "behind many", 0},
		{"padding", 255, nil, "short", 20},
		{"no payload", 255, nil, "", 26},
		{"longer than any advert", 255, nil, fmt.Sprintf("%01400d", 0), 0},
	}
	for _, test := range tests {
		frame := ipv4Frame(src, group4, test.ttl, test.options, test.payload)
		if err := frames.Send(append(frame, make([]byte, test.padding)...)); err != nil {
			t.Fatal(err)
		}
		want := got{src, group4, test.ttl, test.payload}
		if p := await(t, packets); p != want {
			t.Errorf("%s: received %v, want %v", test.name, p, want)
		}
	}
}

// frames opens a Frames that ends with the test.
func (s station) frames(name string) (f *Frames) {
	s.t.Helper()
	ifi := s.ifi(name)
	s.do(func() (err error) {
		f, err = OpenFrames(ifi)
		return err
	})
	s.t.Cleanup(func() { _ = f.Close() })
	return f
}
