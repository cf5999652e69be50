package changeover

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// sever ends the TCP connections to addresses, whoever has them: what waits for their
// bytes hears at once that there will be none.
func sever(addresses []netip.Addr) error {
	var errs []error
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
		all, err := netlink.SocketDiagTCP(family)
		if err != nil && !errors.Is(err, netlink.ErrDumpInterrupted) {
			errs = append(errs, fmt.Errorf("list connections: %w", err))
		}
		for _, s := range all {
			local, _ := netip.AddrFromSlice(s.ID.Source)
			if s.State == netlink.TCP_ESTABLISHED && slices.Contains(addresses, local.Unmap()) {
				errs = append(errs, destroy(s))
			}
		}
	}
	return errors.Join(errs...)
}

// destroy ends one connection, if it is there still.
func destroy(s *netlink.Socket) error {
	r := nl.NewNetlinkRequest(nl.SOCK_DESTROY, unix.NLM_F_ACK)
	r.AddData(doomed{s})
	_, err := r.Execute(unix.NETLINK_INET_DIAG, 0)
	if err != nil && !errors.Is(err, unix.ENOENT) {
		return fmt.Errorf("end the connection of %s port %d: %w", s.ID.Destination, s.ID.DestinationPort, err)
	}
	return nil
}

// doomed is a struct inet_diag_req_v2 of one connection.
type doomed struct{ *netlink.Socket }

// Len implements nl.NetlinkRequestData.
func (d doomed) Len() int { return 56 }

// Serialize implements nl.NetlinkRequestData.
func (d doomed) Serialize() []byte {
	b := []byte{d.Family, unix.IPPROTO_TCP, 0, 0}
	b = binary.NativeEndian.AppendUint32(b, ^uint32(0)) // in every state
	b = binary.BigEndian.AppendUint16(b, d.ID.SourcePort)
	b = binary.BigEndian.AppendUint16(b, d.ID.DestinationPort)
	for _, ip := range []net.IP{d.ID.Source, d.ID.Destination} {
		var field [16]byte
		if d.Family == unix.AF_INET {
			ip = ip.To4()
		}
		copy(field[:], ip)
		b = append(b, field[:]...)
	}
	b = binary.NativeEndian.AppendUint32(b, d.ID.Interface)
	b = binary.NativeEndian.AppendUint32(b, d.ID.Cookie[0])
	return binary.NativeEndian.AppendUint32(b, d.ID.Cookie[1])
}
