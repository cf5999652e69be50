package packet

import (
	"errors"
	"net/netip"
	"testing"
	"time"
)

// TestExpect has one case for each thing that a router demands of a valid advert.
func TestExpect(t *testing.T) {
	group3 := Expect{Version: 3, VRID: 51, Source: us, Group: group}
	group2 := Expect{Version: 2, VRID: 51, Source: us, Group: group, Interval: time.Second}
	pass2 := group2
	pass2.Auth = Password("s3cret")
	peers := Expect{Version: 3, VRID: 51, Source: us, Peers: []netip.Addr{netip.MustParseAddr("10.0.0.3"), them}}

	v2, v3 := advert(2, vip), advert(3, vip)
	other := advert(3, vip)
	other.VRID = 52
	slow2, slow3 := advert(2, vip), advert(3, vip)
	slow2.Interval, slow3.Interval = 2*time.Second, 2*time.Second
	pass, wrong, withData := advert(2, vip), advert(2, vip), advert(2, vip)
	pass.Auth, wrong.Auth = Password("s3cret"), Password("S3cret")
	withData.Auth.Data = Password("leftover").Data

	ours := multicast
	ours.Source = us
	mdns := multicast
	mdns.Destination = netip.MustParseAddr("224.0.0.251")
	stranger := unicast
	stranger.Source = netip.MustParseAddr("10.0.0.9")

	tests := []struct {
		claim  string
		expect Expect
		advert Advert
		header Header
		want   error
	}{
		{"multicast", group3, v3, multicast, nil},
		{"unicast", peers, v3, unicast, nil},
		{"RFC 9568 7.1: VRID is configured", group3, other, multicast, UnknownVRID},
		{"RFC 9568 7.1: version", group3, v2, multicast, BadVersion},
		{"RFC 3768 7.1: version", group2, v3, multicast, BadVersion},
		{"our own advert, looped back", group3, v3, ours, OwnSource},
		{"our own advert is not even a wrong version", group3, v2, ours, OwnSource},
		{"another group", group3, v3, mdns, BadDestination},
		{"unicast to a multicast router", group3, v3, unicast, BadDestination},
		{"multicast to a unicast router", peers, v3, multicast, BadDestination},
		{"unicast of somebody else", peers, v3, stranger, UnknownPeer},
		{"RFC 3768 7.1: interval", group2, slow2, multicast, BadInterval},
		{"RFC 9568 7.1: another interval is learned", group3, slow3, multicast, nil},
		{"RFC 3768 7.1: no authentication wanted or got", group2, v2, multicast, nil},
		{"RFC 3768 5.3.10: data without a type is ignored", group2, withData, multicast, nil},
		{"RFC 2338 5.3.6: password", pass2, pass, multicast, nil},
		{"RFC 2338 5.3.6: wrong password", pass2, wrong, multicast, BadAuth},
		{"RFC 2338 5.3.6: password missing", pass2, v2, multicast, BadAuth},
		{"RFC 3768 7.1: password not wanted", group2, pass, multicast, BadAuth},
	}
	for _, test := range tests {
		t.Run(test.claim, func(t *testing.T) {
			// What Check sees is what was on the wire.
			a, err := Parse(encode(t, test.advert, test.header), test.header)
			if err != nil {
				t.Fatal(err)
			}
			if err := test.expect.Check(&a, test.header); err != test.want {
				t.Errorf("Check: %v, want %v", err, test.want)
			}
		})
	}
}

// A password counts up to its eighth byte, as in keepalived.
func TestPasswordLength(t *testing.T) {
	if !Password("12345678").Accepts(Password("123456789")) {
		t.Error("the ninth byte of a password counts")
	}
	if Password("1234567").Accepts(Password("12345678")) {
		t.Error("the eighth byte of a password does not count")
	}
}

func TestAddressesDiffer(t *testing.T) {
	a, b, c := vip, netip.MustParseAddr("10.0.0.253"), netip.MustParseAddr("10.0.0.252")
	tests := []struct {
		name      string
		got, want []netip.Addr
		differ    bool
	}{
		{"the same", []netip.Addr{a, b}, []netip.Addr{a, b}, false},
		{"another order", []netip.Addr{a, b}, []netip.Addr{b, a}, false},
		{"one less", []netip.Addr{a}, []netip.Addr{a, b}, true},
		{"one more", []netip.Addr{a, b, c}, []netip.Addr{a, b}, true},
		{"one other", []netip.Addr{a, c}, []netip.Addr{a, b}, true},
		{"one twice", []netip.Addr{a, a}, []netip.Addr{a, b}, true},
	}
	for _, test := range tests {
		advert := Advert{Addresses: test.got}
		if got := advert.AddressesDiffer(test.want); got != test.differ {
			t.Errorf("%s: AddressesDiffer = %v", test.name, got)
		}
	}
}

// Every reason has a word of its own, fit for a label, and survives wrapping.
func TestReasons(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Reasons() {
		word := r.String()
		if word == "" || seen[word] || r.Error() == "advert dropped: " {
			t.Errorf("reason %d: word %q, error %q", r, word, r.Error())
		}
		seen[word] = true
		var got Reason
		if !errors.As(error(r), &got) || got != r {
			t.Errorf("reason %q is not found as an error", word)
		}
	}
	if len(seen) != int(UnknownPeer) {
		t.Errorf("%d reasons, want %d", len(seen), UnknownPeer)
	}
}
