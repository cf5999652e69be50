package plan

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// pair is lb01's plan of a dual-stack vip with a keepalived neighbour, the
// simplest that fills nearly every field.
func pair() *Plan {
	v4 := Router{
		ID: "web/public/ipv4", Vip: "web/public", Family: IPv4,
		VRID: 50, Version: 2, Priority: 254, AdvertInterval: 1000,
		Interface: "eth0", Source: "10.0.0.5", Group: "224.0.0.18",
		Checksum:    PseudoHeader,
		Auth:        &Auth{Type: "pass", Secret: "a<b>&c"},
		Preemption:  Preemption{Mode: Delayed, Delay: 10_000},
		Announce:    Announce{Burst: 5, Repeat: 5000},
		Addresses:   []Address{{Prefix: "10.0.0.100/24"}, {Prefix: "10.0.0.101/32"}, {Prefix: "10.0.0.102/32", Hidden: true}},
		OnAgentLoss: Release,
		Neighbours: []Neighbour{
			{Host: "lb02", Kind: Hactl, Priority: 244, Address: "10.0.0.6"},
			{Host: "old", Kind: Keepalived, Priority: 100},
		},
	}
	v6 := Router{
		ID: "web/public/ipv6", Vip: "web/public", Family: IPv6,
		VRID: 50, Version: 3, Priority: 254, AdvertInterval: 100,
		Interface: "eth0", Source: "2001:db8::5", Peers: []string{"2001:db8::6"},
		Checksum:    PseudoHeader,
		Preemption:  Preemption{Mode: Always},
		Announce:    Announce{Burst: 5},
		Addresses:   []Address{{Prefix: "fe80::200:5eff:fe00:232/128"}, {Prefix: "2001:db8::100/64"}},
		OnAgentLoss: Keep,
		Neighbours:  []Neighbour{{Host: "lb02", Kind: Hactl, Priority: 244, Address: "2001:db8::6"}},
	}
	return &Plan{Host: "lb01", Routers: []Router{v4, v6}}
}

// whence is an envelope with everything in it.
func whence() Envelope {
	return Envelope{
		AppliedBy: "ops@desk", AppliedAt: "2026-01-02T03:04:05Z", Commit: "v1.2-3-gabcdef0",
		Origins: map[string]string{"router web/public/ipv6": "main.ha.hcl:12", "router web/public/ipv4": "main.ha.hcl:12"},
	}
}

func TestPairIsValid(t *testing.T) {
	if err := pair().Validate(); err != nil {
		t.Fatal(err)
	}
}

func TestFamilyOf(t *testing.T) {
	if IPv4.String() != "ipv4" || IPv6.String() != "ipv6" {
		t.Fatal("a router's ID ends in its family's name")
	}
}

func TestSecret(t *testing.T) {
	p := pair()
	if !p.Secret() {
		t.Error("a plan with a password in clear text says it holds no secret")
	}
	p.Routers[0].Auth = &Auth{Type: "pass", SecretFile: "/etc/hactl/web.secret"}
	if p.Secret() {
		t.Error("a plan that only names a secret's file says it holds a secret")
	}
}

// golden compares got with testdata/NAME.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	same(t, name, string(want), got)
}

func same(t *testing.T, name, want, got string) {
	t.Helper()
	if want != got {
		t.Errorf("%s\n%s", name, udiff.Unified("want", "got", strings.TrimSuffix(want, "\n")+"\n", strings.TrimSuffix(got, "\n")+"\n"))
	}
}
