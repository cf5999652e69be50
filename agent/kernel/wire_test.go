package kernel

import (
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// setBuffer makes a socket's receive buffer small.
func setBuffer(fd, bytes int) error {
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, bytes)
}

// TestFlagsAndMarkInTheKernel reads back how an address is installed: iproute2
// of Debian 12 does not show the mark (PROTOCOL-NOTES A10).
func TestFlagsAndMarkInTheKernel(t *testing.T) {
	b := newBench(t)
	b.fine(b.converge("10.0.0.100/32", "2001:db8::100/128", "192.0.2.1/24 route"))
	const all = unix.IFA_F_PERMANENT | unix.IFA_F_NOPREFIXROUTE | unix.IFA_F_NODAD | unix.IFA_F_DEPRECATED | unix.IFA_F_TENTATIVE
	bodies, err := b.kernel.table.(*rtnetlink).requests.addresses()
	b.must(err)
	want := map[string]uint32{
		"10.0.0.100/32":     unix.IFA_F_PERMANENT | unix.IFA_F_NOPREFIXROUTE,
		"192.0.2.1/24":      unix.IFA_F_PERMANENT,
		"2001:db8::100/128": unix.IFA_F_PERMANENT | unix.IFA_F_NOPREFIXROUTE | unix.IFA_F_NODAD | unix.IFA_F_DEPRECATED,
	}
	for _, body := range bodies {
		_, a, err := decodeAddress(body)
		b.must(err)
		flags, ok := want[a.prefix.String()]
		if !ok {
			continue
		}
		delete(want, a.prefix.String())
		if a.flags&all != flags {
			t.Errorf("%s has flags %#x, want %#x", a.prefix, a.flags&all, flags)
		}
		if b.kernel.marks && a.mark != Mark {
			t.Errorf("%s has protocol %d, want %d", a.prefix, a.mark, Mark)
		}
	}
	for p := range want {
		t.Errorf("%s is not there", p)
	}
	if !b.kernel.marks {
		t.Skip("needs Linux 5.18 for the rest: address protocol numbers")
	}
}

// TestDecodeAddressOfAPointToPointLink: the peer's address is not ours.
func TestDecodeAddressOfAPointToPointLink(t *testing.T) {
	body := []byte{unix.AF_INET, 24, 0x80, 0, 0, 0, 0, 0}
	order.PutUint32(body[4:], 3)
	body = append(body, attr(unix.IFA_ADDRESS, 10, 0, 0, 2)...)
	body = append(body, attr(unix.IFA_LOCAL, 10, 0, 0, 1)...)
	index, a, err := decodeAddress(body)
	if err != nil || index != 3 || a.prefix != netip.MustParsePrefix("10.0.0.1/32") {
		t.Errorf("index %d, %v, %v", index, a, err)
	}
}

// TestDecodeLinkOfABridge: that a link is no longer a port does not mean that it
// is gone.
func TestDecodeLinkOfABridge(t *testing.T) {
	body := make([]byte, unix.SizeofIfInfomsg)
	body[0] = unix.AF_BRIDGE
	if _, ok, err := decodeLink(body); ok || err != nil {
		t.Errorf("ok %t, %v", ok, err)
	}
}

// attr returns an attribute with four bytes.
func attr(kind uint16, value ...byte) []byte {
	b := order.AppendUint16(nil, uint16(4+len(value)))
	return append(order.AppendUint16(b, kind), value...)
}

// FuzzDecode: whatever a message holds, reading it ends, and an address that was
// read is one.
func FuzzDecode(f *testing.F) {
	f.Add([]byte{})
	f.Add(append(make([]byte, 8), attr(unix.IFA_ADDRESS, 10, 0, 0, 2)...))
	f.Add(append(make([]byte, 16), attr(unix.IFLA_IFNAME, 'e', 't', 'h', 0)...))
	f.Add(append([]byte{unix.AF_INET, 24, 0, 0, 254, Mark, 0, 1, 0, 0, 0, 0}, attr(unix.RTA_DST, 10, 0, 0, 0)...))
	f.Add(append([]byte{unix.AF_INET, 0, 32, 0, 100, 0, 0, 1, 0, 0, 0, 0}, attr(unix.FRA_SRC, 10, 0, 0, 1)...))
	f.Add(append(make([]byte, 4), attr(netconfIndex, 1, 0, 0, 0)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, a, err := decodeAddress(b); err == nil && !a.prefix.IsValid() {
			t.Errorf("read %v", a)
		}
		if e, _, err := decodeLink(b); err == nil && strings.HasSuffix(e.name, "\x00") {
			t.Errorf("read name %q", e.name)
		}
		decodePromotes(b)
		if r, ours := decodeRoute(b); ours && !r.Destination.IsValid() {
			t.Errorf("read route %v", r)
		}
		if _, ours, marked := decodeRule(b); ours && !marked {
			t.Error("read a rule of ours without a mark")
		}
		if index, _, ok := decodeForwards(b); ok && index <= 0 {
			t.Errorf("read index %d", index)
		}
	})
}
