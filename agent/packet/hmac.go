package packet

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"slices"
)

// Key is one of the keys that the routers of a cluster share.
type Key struct {
	ID     uint8  // 1..255
	Secret string // 32 to 64 bytes
}

// Signature is what follows a signed advert: draft-cassen-vrrp-auth-hmac, as
// keepalived has it from 2.4.2 on.
type Signature struct {
	Key      uint8 // the ID of the key
	Sequence Sequence

	digest [digestLen]byte
}

// SignatureLen is how much longer a signed advert is.
const SignatureLen = 12 + digestLen

// The layout of a signature: type, key, two reserved bytes that are 0, sequence,
// digest.
const (
	typeSHA256 = 1
	digestLen  = 16 // of the 32 bytes of HMAC-SHA256, the first
)

// AppendSigned is Append for an advert that key signs. The destination is not
// signed: copies for several peers have one sequence number in common. The
// checksum covers the signature over IPv6, where the kernel of a neighbour checks
// it, and not over IPv4.
func (a Advert) AppendSigned(b []byte, src, dst netip.Addr, form Checksum, key Key, seq Sequence) ([]byte, error) {
	start := len(b)
	b, err := a.Append(b, src, dst, form)
	if err != nil {
		return b, err
	}
	b = append(b, typeSHA256, key.ID, 0, 0)
	b = binary.BigEndian.AppendUint64(b, uint64(seq))
	digest := key.digest(b[start:], src)
	b = append(b, digest[:]...)
	if !src.Is4() {
		seal(b[start:], src, dst, form.pseudo(a.Version, src))
	}
	return b, nil
}

// parseSignature decodes the SignatureLen bytes behind an advert.
func parseSignature(b []byte) (*Signature, error) {
	if b[0] != typeSHA256 || b[2] != 0 || b[3] != 0 {
		return nil, BadSignature
	}
	s := &Signature{Key: b[1], Sequence: Sequence(binary.BigEndian.Uint64(b[4:]))}
	copy(s.digest[:], b[12:])
	return s, nil
}

// Verify tells whether one of keys has signed the advert in payload, which Parse
// has read from there with h: nil or a Reason.
func (s *Signature) Verify(payload []byte, h Header, keys []Key) error {
	i := slices.IndexFunc(keys, func(k Key) bool { return k.ID == s.Key })
	if i < 0 {
		return UnknownKey
	}
	want := keys[i].digest(payload[:len(payload)-digestLen], h.Source)
	if !hmac.Equal(s.digest[:], want[:]) { // in constant time
		return BadSignature
	}
	return nil
}

// digest signs an advert with its signature up to the digest, as sent by src. It
// covers family, version, VRID and source, lest the packet of one router is taken
// for that of another; checksum and digest count as zeros.
func (k Key) digest(signed []byte, src netip.Addr) (d [digestLen]byte) {
	pseudo := [20]byte{0: 6, 1: signed[0] >> 4, 2: signed[1]}
	if src.Is4() {
		pseudo[0] = 4
	}
	copy(pseudo[4:], src.AsSlice())
	var zeros [digestLen]byte
	mac := hmac.New(sha256.New, []byte(k.Secret))
	for _, part := range [...][]byte{pseudo[:], signed[:checksumOffset], zeros[:2], signed[checksumOffset+2:], zeros[:]} {
		mac.Write(part)
	}
	copy(d[:], mac.Sum(nil))
	return d
}
