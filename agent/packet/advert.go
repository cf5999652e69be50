package packet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// Advert is one VRRP advertisement: RFC 9568 section 5.2, RFC 3768 section 5.3.
type Advert struct {
	Version  uint8 // 2 or 3; IPv6 needs 3
	VRID     uint8 // 1..255
	Priority uint8 // 0: the sender is leaving; 255: it owns the addresses

	// Interval is the sender's Advertisement_Interval: whole seconds, 1 s to
	// 255 s, in version 2; multiples of 10 ms, 10 ms to 40.95 s, in version 3.
	Interval time.Duration

	Auth Auth // version 2 only, zero in version 3

	// Addresses are those of the virtual router in the sender's order, 1 to 255
	// of one family; over IPv6 the first is link-local (section 5.2.9).
	Addresses []netip.Addr

	// Signature is what was received behind the advert; nil: nothing. Append does
	// not look at it, see AppendSigned.
	Signature *Signature
}

// AuthType is the kind of authentication of a version 2 advert.
type AuthType uint8

// The types that a version 2 router may be told to use. RFC 3768 withdrew all
// but the first; RFC 2338 section 5.3.6 defines the second.
const (
	NoAuth   AuthType = 0
	PassAuth AuthType = 1 // a password in clear text
)

// Auth is the authentication of a version 2 advert. The zero value is none.
type Auth struct {
	Type AuthType
	Data [8]byte // with PassAuth the password, padded with zeros
}

// Password returns the authentication by secret, of which only the first eight
// bytes count, as in keepalived.
func Password(secret string) Auth {
	a := Auth{Type: PassAuth}
	copy(a.Data[:], secret)
	return a
}

// MaxLen is the length of the longest advert, a signed one of 255 IPv6 addresses.
const MaxLen = headerLen + maxCount*16 + SignatureLen

// The layout of an advert, RFC 9568 section 5.2: a fixed header, the
// addresses, and in version 2 the authentication data.
const (
	headerLen      = 8
	checksumOffset = 6
	authLen        = 8 // always there in version 2, zero when not used

	typeAdvertisement = 1 // section 5.2.2, the only type

	maxCount     = 255                       // section 5.2.5
	maxInterval2 = 255 * time.Second         // 8 bits of seconds
	maxInterval3 = (1<<12 - 1) * centisecond // section 5.2.7
	centisecond  = time.Second / 100         // the unit of version 3
)

// Append encodes a behind b, with the checksum that a receiver of a packet from
// src to dst expects, and returns the extended slice. The form matters in
// version 3 over IPv4 only. An advert that the wire format cannot carry is an
// error, and then b is returned as it was.
func (a Advert) Append(b []byte, src, dst netip.Addr, form Checksum) ([]byte, error) {
	if err := a.valid(src, dst); err != nil {
		return b, fmt.Errorf("encode advert of virtual router %d: %w", a.VRID, err)
	}
	start := len(b)
	b = append(b, a.Version<<4|typeAdvertisement, a.VRID, a.Priority, uint8(len(a.Addresses)))
	if a.Version == 2 {
		b = append(b, uint8(a.Auth.Type), uint8(a.Interval/time.Second))
	} else {
		b = binary.BigEndian.AppendUint16(b, uint16(a.Interval/centisecond))
	}
	b = append(b, 0, 0) // the checksum
	for _, addr := range a.Addresses {
		b = appendAddr(b, addr)
	}
	if a.Version == 2 {
		b = append(b, a.Auth.Data[:]...)
	}
	seal(b[start:], src, dst, form.pseudo(a.Version, src))
	return b, nil
}

// valid tells whether a can be sent from src to dst.
func (a Advert) valid(src, dst netip.Addr) error {
	unit, longest := centisecond, maxInterval3
	if a.Version == 2 {
		unit, longest = time.Second, maxInterval2
	}
	switch {
	case a.Version != 2 && a.Version != 3:
		return fmt.Errorf("version %d is neither 2 nor 3", a.Version)
	case a.VRID == 0:
		return errors.New("the virtual router identifier is 0")
	case a.Interval < unit || a.Interval > longest || a.Interval%unit != 0:
		return fmt.Errorf("interval %v is not a multiple of %v up to %v", a.Interval, unit, longest)
	case a.Version == 3 && a.Auth != Auth{}:
		return errors.New("version 3 has no authentication")
	case !src.IsValid() || src.Is4() != dst.Is4():
		return fmt.Errorf("source %v and destination %v are not of one family", src, dst)
	case a.Version == 2 && !src.Is4():
		return errors.New("version 2 does not work over IPv6")
	case len(a.Addresses) == 0 || len(a.Addresses) > maxCount:
		return fmt.Errorf("%d addresses, not 1 to %d", len(a.Addresses), maxCount)
	}
	for _, addr := range a.Addresses {
		if !addr.IsValid() || addr.Is4() != src.Is4() {
			return fmt.Errorf("address %v is not of the family of source %v", addr, src)
		}
	}
	return nil
}

// MaxAddresses returns how many addresses of a family, 4 or 6, one advert of a
// version can list within mtu bytes of IP packet: what the count field allows
// (section 5.2.5) or what fits, whichever is less. At 1500 bytes that is 255 over
// IPv4 and 90 over IPv6, or 89 when the advert is signed.
func MaxAddresses(family int, version uint8, signed bool, mtu int) int {
	room, size := mtu-20-headerLen, 4
	if family == 6 {
		room, size = mtu-40-headerLen, 16
	}
	if version == 2 {
		room -= authLen
	}
	if signed {
		room -= SignatureLen
	}
	return min(maxCount, max(0, room/size))
}

// appendAddr appends the 4 or 16 bytes of addr.
func appendAddr(b []byte, addr netip.Addr) []byte {
	if addr.Is4() {
		a := addr.As4()
		return append(b, a[:]...)
	}
	a := addr.As16()
	return append(b, a[:]...)
}
