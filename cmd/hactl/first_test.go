package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
)

// The questions of init on a terminal, with and without answers.
func TestAsk(t *testing.T) {
	for name, c := range map[string]struct {
		known   firstConfiguration
		answers string
		asked   string
		want    string
	}{
		"nothing but line ends": {
			answers: "\n\n\n\n",
			asked: `Hosts, the preferred one first, NAME or NAME=ADDRESS/LENGTH [lb01 lb02]: ` +
				`Interface that they share a network on [eth0]: ` +
				`Address that is to survive, with prefix length [10.0.0.100/24]: ` +
				`Number of the virtual router, unique on that network [100]: `,
			want: "[{lb01 } {lb02 }] eth0 10.0.0.100/24 100",
		},
		"everything": {
			answers: "a=10.1.0.1/24, b\n ens3\n10.1.0.9/24\n33\n",
			want:    "[{a 10.1.0.1/24} {b }] ens3 10.1.0.9/24 33",
		},
		"only what no flag said": {
			known:   firstConfiguration{Interface: "bond0", VRID: 4, Hosts: []firstHost{{Name: "x"}, {Name: "y"}}},
			answers: "\n",
			asked:   "Address that is to survive, with prefix length [10.0.0.100/24]: ",
			want:    "[{x } {y }] bond0 10.0.0.100/24 4",
		},
	} {
		var out strings.Builder
		f := c.known
		if err := f.ask(strings.NewReader(c.answers), &out); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if c.asked != "" && out.String() != c.asked {
			t.Errorf("%s:\n%s", name, udiff.Unified("want", "got", c.asked, out.String()))
		}
		if got := strings.Join([]string{sprint(f.Hosts), f.Interface, f.Address, sprint(f.VRID)}, " "); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if err := (&firstConfiguration{}).ask(strings.NewReader("lb01 lb02\n"), new(strings.Builder)); err == nil {
		t.Error("answers that ended early were taken for the proposed ones")
	}
	f := firstConfiguration{}
	if err := f.ask(strings.NewReader("\n\n\nseven\n"), new(strings.Builder)); err == nil {
		t.Error("a VRID that is no number was taken")
	}
}

func TestVRIDFor(t *testing.T) {
	for address, want := range map[string]int{
		"10.0.0.100/24":    100,
		"10.0.0.0/32":      50, // 0 is no VRID
		"2001:db8::12/64":  18,
		"10.0.0.7":         7,
		"not an address/1": 50,
	} {
		if got := vridFor(address); got != want {
			t.Errorf("%s: %d, want %d", address, got, want)
		}
	}
}

func sprint(v any) string { return fmt.Sprint(v) }
