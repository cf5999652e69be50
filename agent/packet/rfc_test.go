package packet

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"
	"time"
)

// One test for each claim of RFC 9568 about the packet, named by section; those
// of RFC 3768 where version 2 differs. What a router does with an advert is
// agent/vrrp's, what it fills in is agent/node's, the IP header agent/socket's.

func Test_5_1_1_3_TTLIs255(t *testing.T) {
	parses(t, advert(3, vip), multicast, ttl(255), nil)
	parses(t, advert(3, vip), multicast, ttl(254), BadTTL)
	parses(t, advert(2, vip), multicast, ttl(1), BadTTL)
}

func Test_5_1_2_3_HopLimitIs255(t *testing.T) {
	parses(t, advert(3, vip6), multicast6, ttl(255), nil)
	parses(t, advert(3, vip6), multicast6, ttl(64), BadTTL)
}

// We depart: the RFC knows multicast only, and a unicast peer may be behind a
// router.
func Test_5_1_1_3_UnicastMayHaveAnyTTL(t *testing.T) {
	parses(t, advert(3, vip), unicast, ttl(61), nil)
}

func Test_5_2_1_Version(t *testing.T) {
	equal(t, "version sent", encode(t, advert(3, vip), multicast)[0]>>4, 3)
	for _, other := range []byte{0x01, 0x11, 0x41, 0xf1} {
		parses(t, advert(3, vip), multicast, set(0, other), BadVersion)
	}
}

func Test_5_2_2_TypeIsAdvertisement(t *testing.T) {
	equal(t, "type sent", encode(t, advert(3, vip), multicast)[0]&0x0f, 1)
	for _, unknown := range []byte{0x30, 0x32, 0x3f} {
		parses(t, advert(3, vip), multicast, set(0, unknown), BadType)
	}
}

func Test_5_2_3_VirtualRouterID(t *testing.T) {
	equal(t, "VRID sent", encode(t, advert(3, vip), multicast)[1], 51)
	for _, id := range []byte{1, 128, 255} {
		equal(t, "VRID read", parses(t, advert(3, vip), multicast, set(1, id), nil).VRID, id)
	}
}

func Test_5_2_4_Priority(t *testing.T) {
	equal(t, "priority sent", encode(t, advert(3, vip), multicast)[2], 150)
	for _, priority := range []byte{0, 1, 254, 255} {
		equal(t, "priority read", parses(t, advert(3, vip), multicast, set(2, priority), nil).Priority, priority)
	}
}

func Test_5_2_5_AddressCount(t *testing.T) {
	a := advert(3, vip)
	for _, n := range []int{1, 2, 255} {
		a.Addresses = slices.Repeat([]netip.Addr{vip}, n)
		b := encode(t, a, multicast)
		equal(t, "count sent", int(b[3]), n)
		equal(t, "length", len(b), 8+4*n)
	}
}

// The packet would be complete without any address, too.
func Test_5_2_5_CountOfZeroIsIgnored(t *testing.T) {
	parses(t, advert(3, vip), multicast, set(3, 0), NoAddresses)
	none := func(b []byte, h *Header) []byte { return cut(8)(set(3, 0)(b, h), h) }
	parses(t, advert(3, vip), multicast, none, NoAddresses)
	parses(t, advert(3, vip6), multicast6, none, NoAddresses)
}

func Test_5_2_6_ReservedBitsAreSentAsZero(t *testing.T) {
	a := advert(3, vip)
	a.Interval = 40950 * time.Millisecond // all bits that are not reserved
	equal(t, "reserved bits", encode(t, a, multicast)[4]>>4, 0)
}

func Test_5_2_6_ReservedBitsAreIgnored(t *testing.T) {
	got := parses(t, advert(3, vip), multicast, set(4, 0xf0), nil)
	equal(t, "interval beside reserved bits", got.Interval, time.Second)
}

func Test_5_2_7_MaxAdvertiseIntervalIsInCentiseconds(t *testing.T) {
	for sent, want := range map[time.Duration]uint16{
		10 * time.Millisecond:    1,
		time.Second:              100,
		40950 * time.Millisecond: 4095,
	} {
		a := advert(3, vip)
		a.Interval = sent
		b := encode(t, a, multicast)
		equal(t, "field", binary.BigEndian.Uint16(b[4:]), want)
		equal(t, "interval read", parses(t, a, multicast, grow(0), nil).Interval, sent)
	}
}

// The sum of an advert for 10.0.0.254, with a pencil:
//
//	version 3: 3133 + 9601 + 0064 + 0a00 + 00fe             = d296, ^ = 2d69
//	and 10.0.0.1, 224.0.0.18, 112, 12: 0a00 0001 e000 0012 0070 000c = ea8f,
//	d296 + ea8f = 1bd25 = bd26 with the carry,                        ^ = 42d9
//	version 2: 2133 + 9601 + 0001 + 0a00 + 00fe             = c233, ^ = 3dcc
func Test_5_2_8_ChecksumByHand(t *testing.T) {
	tests := []struct {
		version uint8
		form    Checksum
		want    uint16
	}{
		{3, RFC9568, 0x2d69},
		{3, PseudoHeader, 0x42d9}, // we depart by default: docs/decisions/0002
		{2, RFC9568, 0x3dcc},      // RFC 3768 section 5.3.8
		{2, PseudoHeader, 0x3dcc},
	}
	for _, test := range tests {
		b, err := advert(test.version, vip).Append(nil, them, group, test.form)
		if err != nil {
			t.Fatal(err)
		}
		if got := binary.BigEndian.Uint16(b[checksumOffset:]); got != test.want {
			t.Errorf("version %d, form %d: checksum %04x, want %04x", test.version, test.form, got, test.want)
		}
	}
}

// Of each advert, which checksums are right (RFC 3768 section 5.3.8 for version
// 2). The wrong ones are those of the next form, and of other addresses. Over
// IPv4 we take both forms in version 3: docs/decisions/0002.
func Test_5_2_8_ChecksumForms(t *testing.T) {
	elsewhere := Header{Source: them, Destination: netip.MustParseAddr("10.0.0.3"), TTL: 255}
	tests := []struct {
		name   string
		advert Advert
		header Header
		sealed Header // the addresses that the checksum covers
		pseudo bool
		want   error
	}{
		{"version 3, RFC 9568", advert(3, vip), multicast, multicast, false, nil},
		{"version 3, pseudo-header", advert(3, vip), multicast, multicast, true, nil},
		{"version 3, unicast, pseudo-header", advert(3, vip), unicast, unicast, true, nil},
		{"version 3, unicast, another peer's", advert(3, vip), unicast, elsewhere, true, BadChecksum},
		{"version 3, IPv6", advert(3, vip6), multicast6, multicast6, true, nil},
		{"version 3, IPv6 without pseudo-header", advert(3, vip6), multicast6, multicast6, false, BadChecksum},
		{"version 2", advert(2, vip), multicast, multicast, false, nil},
		{"version 2 with pseudo-header", advert(2, vip), multicast, multicast, true, BadChecksum},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := reseal(encode(t, test.advert, test.header), test.sealed, test.pseudo)
			if _, err := Parse(b, test.header); err != test.want {
				t.Errorf("Parse: %v, want %v", err, test.want)
			}
		})
	}
}

// Any one bit that flips on the way is noticed, by the checksum or before it.
func Test_5_2_8_EveryBitCounts(t *testing.T) {
	for _, h := range []Header{multicast, multicast6} {
		addr := vip
		if h.Source.Is6() {
			addr = vip6
		}
		good := encode(t, advert(3, addr), h)
		for bit := range len(good) * 8 {
			b := slices.Clone(good)
			b[bit/8] ^= 1 << (bit % 8)
			if _, err := Parse(b, h); err == nil {
				t.Errorf("from %v, bit %d of byte %d: accepted", h.Source, bit%8, bit/8)
			}
		}
	}
}

func Test_5_2_9_AddressesInTheSendersOrder(t *testing.T) {
	a := advert(3, vip)
	a.Addresses = append(a.Addresses, netip.MustParseAddr("10.0.0.9"))
	equal(t, "IPv4", string(encode(t, a, multicast)[8:]), "\x0a\x00\x00\xfe\x0a\x00\x00\x09")

	a = advert(3, vip6) // the link-local one is first: plan.Validate
	a.Addresses = append(a.Addresses, netip.MustParseAddr("2001:db8::1"))
	b := encode(t, a, multicast6)
	equal(t, "IPv6 length", len(b), 8+2*16)
	equal(t, "first", netip.AddrFrom16([16]byte(b[8:])), vip6)
	equal(t, "second", netip.AddrFrom16([16]byte(b[24:])), a.Addresses[1])
}

func Test_7_1_VersionIsTheRouters(t *testing.T) {
	checks(t, Expect{Version: 3}, advert(3, vip), nil)
	checks(t, Expect{Version: 3}, advert(2, vip), BadVersion)
	checks(t, Expect{Version: 2, Interval: time.Second}, advert(3, vip), BadVersion)
}

func Test_7_1_PacketIsComplete(t *testing.T) {
	for _, n := range []int{0, 7, 8, 11} {
		parses(t, advert(3, vip), multicast, cut(n), BadLength)
	}
	parses(t, advert(3, vip), multicast, set(3, 255), BadLength)
	parses(t, advert(3, vip6), multicast6, set(3, 2), BadLength)
	parses(t, advert(3, vip6), multicast6, cut(8+4), BadLength) // room for an IPv4 address
}

// Beyond the RFC: what follows the addresses, but for a signature, is an extension
// that we would not honour.
func Test_7_1_NothingFollowsTheAddresses(t *testing.T) {
	parses(t, advert(3, vip), multicast, grow(8), BadLength)  // version 2's authentication
	parses(t, advert(3, vip), multicast, grow(29), BadLength) // longer than a signature
	parses(t, advert(3, vip6), multicast6, grow(28), BadSignature)
}

func Test_7_1_VRIDIsConfigured(t *testing.T) {
	other := advert(3, vip)
	other.VRID = 52
	checks(t, Expect{Version: 3}, other, UnknownVRID)
}

// "Max Advertise Interval" differs: learned, not checked (section 6.4.2).
func Test_7_1_AnotherIntervalIsLearned(t *testing.T) {
	slow := advert(3, vip)
	slow.Interval = 2 * time.Second
	checks(t, Expect{Version: 3, Interval: time.Second}, slow, nil)
}

// An interval of zero would make Active_Down_Interval zero, a busy loop.
func Test_7_1_IntervalIsNotZero(t *testing.T) {
	parses(t, advert(3, vip), multicast, put(4, 0, 0), ZeroInterval)
	parses(t, advert(3, vip), multicast, put(4, 0xf0, 0), ZeroInterval) // but for reserved bits
	parses(t, advert(2, vip), multicast, set(5, 0), ZeroInterval)
}

// "MAY verify" the addresses, and log: the advert counts all the same.
func Test_7_1_OtherAddressesAreSaidAndNotDropped(t *testing.T) {
	a := parses(t, advert(3, vip), multicast, put(8, 10, 0, 0, 253), nil)
	checks(t, Expect{Version: 3}, a, nil)
	equal(t, "differ", a.AddressesDiffer([]netip.Addr{vip}), true)
}

func Test_RFC3768_5_3_1_Version(t *testing.T) {
	equal(t, "version and type sent", encode(t, advert(2, vip), multicast)[0], 0x21)
	parses(t, advert(3, vip6), multicast6, set(0, 0x21), BadVersion) // RFC 3768 is for IPv4
}

func Test_RFC3768_5_3_2_UnknownTypeIsDiscarded(t *testing.T) {
	parses(t, advert(2, vip), multicast, set(0, 0x20), BadType)
}

func Test_RFC3768_5_3_6_AuthType(t *testing.T) {
	a := advert(2, vip)
	equal(t, "type without authentication", encode(t, a, multicast)[4], 0)
	a.Auth = Password("s3cret")
	equal(t, "type with a password", encode(t, a, multicast)[4], 1) // RFC 2338's
}

// "A packet with unknown authentication type or that does not match the locally
// configured authentication method MUST be discarded."
func Test_RFC3768_5_3_6_AuthTypeMatches(t *testing.T) {
	plain, pass, ah := advert(2, vip), advert(2, vip), advert(2, vip)
	pass.Auth, ah.Auth.Type = Password("s3cret"), 2
	none := Expect{Version: 2, Interval: time.Second}
	secret := none
	secret.Auth = Password("s3cret")
	checks(t, none, plain, nil)
	checks(t, none, pass, BadAuth)
	checks(t, none, ah, BadAuth)
	checks(t, secret, pass, nil)
	checks(t, secret, plain, BadAuth)
	pass.Auth = Password("S3cret")
	checks(t, secret, pass, BadAuth)
}

func Test_RFC3768_5_3_7_IntervalIsInSeconds(t *testing.T) {
	for _, seconds := range []byte{1, 3, 255} {
		a := advert(2, vip)
		a.Interval = time.Duration(seconds) * time.Second
		equal(t, "field", encode(t, a, multicast)[5], seconds)
		equal(t, "interval read", parses(t, a, multicast, grow(0), nil).Interval, a.Interval)
	}
}

func Test_RFC3768_5_3_10_AuthenticationDataIsAlwaysThere(t *testing.T) {
	a := advert(2, vip)
	b := encode(t, a, multicast)
	equal(t, "length", len(b), 8+4+8)
	equal(t, "data without a password", string(b[12:]), "\x00\x00\x00\x00\x00\x00\x00\x00")
	a.Auth = Password("s3cret")
	equal(t, "data with a password", string(encode(t, a, multicast)[12:]), "s3cret\x00\x00")
	parses(t, a, multicast, cut(12), BadLength) // RFC 3768 section 7.1: "including [...] Authentication Data"
}

func Test_RFC3768_5_3_10_DataWithoutTypeIsIgnored(t *testing.T) {
	a := advert(2, vip)
	a.Auth.Data = Password("leftover").Data
	checks(t, Expect{Version: 2, Interval: time.Second}, a, nil)
}

func Test_RFC3768_7_1_IntervalMatches(t *testing.T) {
	slow := advert(2, vip)
	slow.Interval = 2 * time.Second
	checks(t, Expect{Version: 2, Interval: time.Second}, slow, BadInterval)
	checks(t, Expect{Version: 2, Interval: 2 * time.Second}, slow, nil)
}

// checks sends a to the group, and checks what the router 51 of the group that
// otherwise expects e says: nil or a Reason.
func checks(t *testing.T, e Expect, a Advert, want error) {
	t.Helper()
	e.VRID, e.Source, e.Group = 51, us, group
	read := parses(t, a, multicast, grow(0), nil) // what Check sees is what was on the wire
	if err := e.Check(&read, multicast); err != want {
		t.Errorf("Check(%s): %v, want %v", describe(a), err, want)
	}
}
