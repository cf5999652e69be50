package packet

import (
	"errors"
	"net/netip"
	"testing"
)

// TestExpect has one case for each thing that a router demands of a valid advert
// beyond the RFCs, whose claims are in rfc_test.go.
func TestExpect(t *testing.T) {
	toGroup := Expect{Version: 3, VRID: 51, Source: us, Group: group}
	toPeers := Expect{Version: 3, VRID: 51, Source: us, Peers: []netip.Addr{netip.MustParseAddr("10.0.0.3"), them}}
	ours, mdns, stranger := multicast, multicast, unicast
	ours.Source = us
	mdns.Destination = netip.MustParseAddr("224.0.0.251")
	stranger.Source = netip.MustParseAddr("10.0.0.9")
	tests := []struct {
		claim   string
		expect  Expect
		version uint8 // of the advert
		header  Header
		want    error
	}{
		{"multicast", toGroup, 3, multicast, nil},
		{"unicast", toPeers, 3, unicast, nil},
		{"our own advert, looped back", toGroup, 3, ours, OwnSource},
		{"our own advert is not even a wrong version", toGroup, 2, ours, OwnSource},
		{"another group", toGroup, 3, mdns, BadDestination},
		{"unicast to a multicast router", toGroup, 3, unicast, BadDestination},
		{"multicast to a unicast router", toPeers, 3, multicast, BadDestination},
		{"unicast of somebody else", toPeers, 3, stranger, UnknownPeer},
	}
	for _, test := range tests {
		t.Run(test.claim, func(t *testing.T) {
			a := parses(t, advert(test.version, vip), test.header, grow(0), nil)
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
	if len(seen) != int(Replayed) {
		t.Errorf("%d reasons, want %d", len(seen), Replayed)
	}
}
