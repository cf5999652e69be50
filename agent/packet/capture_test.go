package packet

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
)

var update = flag.Bool("update", false, "rewrite the texts in testdata")

// TestKeepalivedFrames reads each frame of the capture, writes down what it
// says, and encodes that again: the bytes must be keepalived's.
func TestKeepalivedFrames(t *testing.T) {
	const file = "testdata/keepalived.txt"
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(old), "\n\n")
	for i, part := range parts[1:] {
		input, _, found := strings.Cut(part, "----")
		if !found {
			t.Fatalf("%s: no ---- in %q", file, part)
		}
		_, digits, _ := strings.Cut(input, "\n")
		parts[i+1] = input + "----\n" + strings.TrimSuffix(readFrame(t, unhex(t, digits)), "\n")
	}
	now := strings.Join(parts, "\n\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := udiff.Unified(file, "read now", string(old), now); diff != "" {
		t.Error(diff)
	}
}

// readFrame returns what an Ethernet frame says, one line, and one for whether
// encoding it again gives the same bytes.
func readFrame(t *testing.T, frame []byte) string {
	if mac, addr, ok := ParseAnnouncement(frame); ok {
		var again []byte
		if addr.Is4() {
			again = AppendGratuitousARP(nil, mac, addr)
		} else {
			again = AppendUnsolicitedNA(nil, mac, addr, false)
		}
		return fmt.Sprintf("announces %v at %v\n%s", addr, mac, compare(frame, again))
	}
	h, payload := ipPacket(frame[etherLen:])
	a, err := Parse(payload, h)
	if err != nil {
		return err.Error() + "\n"
	}
	again, err := a.Append(nil, h.Source, h.Destination, PseudoHeader)
	if err != nil {
		t.Error(err)
	}
	return fmt.Sprintf("%v to %v, ttl %d\n%s\n%s", h.Source, h.Destination, h.TTL, describe(a), compare(payload, again))
}

// describe writes an advert as a line.
func describe(a Advert) string {
	s := fmt.Sprintf("version %d, router %d, priority %d, interval %v", a.Version, a.VRID, a.Priority, a.Interval)
	if a.Auth != (Auth{}) {
		s += fmt.Sprintf(", auth %d %q", a.Auth.Type, bytes.TrimRight(a.Auth.Data[:], "\x00"))
	}
	return s + fmt.Sprintf(", addresses %v", a.Addresses)
}

func compare(want, got []byte) string {
	if bytes.Equal(want, got) {
		return "encodes to the same bytes\n"
	}
	return fmt.Sprintf("encodes to other bytes: %x\n", got)
}

// ipPacket takes an IP packet without options apart.
func ipPacket(b []byte) (Header, []byte) {
	if b[0]>>4 == 4 {
		return Header{netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[16:])), b[8]}, b[20:]
	}
	n := binary.BigEndian.Uint16(b[4:])
	return Header{netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[24:])), b[7]}, b[40:][:n]
}

// unhex decodes hexadecimal digits with white space between them.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
