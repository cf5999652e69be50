package plan

import (
	"strings"
	"testing"
)

// Each case breaks one promise of plan.go in a copy of pair.
func TestValidate(t *testing.T) {
	v4 := func(p *Plan) *Router { return &p.Routers[0] }
	v6 := func(p *Plan) *Router { return &p.Routers[1] }
	const at4, at6 = "router web/public/ipv4: ", "router web/public/ipv6: "
	cases := []breach{
		{"no host", func(p *Plan) { p.Host = "" }, `host: "" is empty or not UTF-8`},
		{"host not UTF-8", func(p *Plan) { p.Host = "\xff" }, `host: "\xff" is empty or not UTF-8`},

		{"unsorted", func(p *Plan) { p.Routers[0], p.Routers[1] = p.Routers[1], p.Routers[0] },
			at4 + `id: not behind web/public/ipv6: routers are sorted, and an id is there once`},
		{"twice", func(p *Plan) { p.Routers[1] = p.Routers[0]; p.Routers[1].Interface = "eth1" },
			at4 + `id: not behind web/public/ipv4: routers are sorted, and an id is there once`},
		{"id of another vip", func(p *Plan) { v4(p).ID = "web/other/ipv4" }, `router web/other/ipv4: id: not "web/public/ipv4"`},
		{"id of another family", func(p *Plan) { p.Routers = p.Routers[:1]; v4(p).ID = "web/public/ipv6" }, at6 + `id: not "web/public/ipv4"`},
		{"vip without cluster", func(p *Plan) { v4(p).Vip, v4(p).ID = "public", "public/ipv4" }, `router public/ipv4: vip: "public" is not CLUSTER/VIP`},
		{"family 0", func(p *Plan) { p.Routers = []Router{{Vip: "a/b", ID: "a/b/ipv4"}} }, "router a/b/ipv4: family: 0 is neither 4 nor 6"},

		{"vrid 0", func(p *Plan) { v4(p).VRID = 0 }, at4 + "vrid: 0 is outside 1..255"},
		{"vrid 256", func(p *Plan) { v4(p).VRID = 256 }, at4 + "vrid: 256 is outside 1..255"},
		{"vrid twice", func(p *Plan) { another(p, "web/x/ipv4", "10.0.0.200/32") }, "router web/x/ipv4: vrid 50 of ipv4 on eth0: router web/public/ipv4 has it too"},
		{"address twice", func(p *Plan) { another(p, "web/x/ipv4", "10.0.0.100/32"); p.Routers[2].VRID = 51 },
			"router web/x/ipv4: address 10.0.0.100 on eth0: router web/public/ipv4 has it too"},
		{"address twice in a router", func(p *Plan) { v4(p).Addresses[1].Prefix = "10.0.0.100/32" },
			at4 + "address 10.0.0.100 on eth0: router web/public/ipv4 has it too"},

		{"version 1", func(p *Plan) { v4(p).Version, v4(p).Auth = 1, nil }, at4 + "version: 1 is neither 2 nor 3"},
		{"version 2 over IPv6", func(p *Plan) { v6(p).Version, v6(p).AdvertInterval = 2, 1000 }, at6 + "version: 2 has no IPv6"},
		{"priority 0", func(p *Plan) { v4(p).Priority = 0 }, at4 + "priority: 0 is outside 1..255"},
		{"priority 256", func(p *Plan) { v4(p).Priority = 256 }, at4 + "priority: 256 is outside 1..255"},

		{"interval 0", func(p *Plan) { v4(p).AdvertInterval = 0 }, at4 + "advert_interval_ms: 0 is no multiple of 1000 up to 255000"},
		{"version 2, half a second", func(p *Plan) { v4(p).AdvertInterval = 500 }, at4 + "advert_interval_ms: 500 is no multiple of 1000 up to 255000"},
		{"version 2, 256 s", func(p *Plan) { v4(p).AdvertInterval = 256_000 }, at4 + "advert_interval_ms: 256000 is no multiple of 1000 up to 255000"},
		{"version 3, 15 ms", func(p *Plan) { v6(p).AdvertInterval = 15 }, at6 + "advert_interval_ms: 15 is no multiple of 10 up to 40950"},
		{"version 3, 41 s", func(p *Plan) { v6(p).AdvertInterval = 41_000 }, at6 + "advert_interval_ms: 41000 is no multiple of 10 up to 40950"},

		{"no interface", func(p *Plan) { v4(p).Interface = "" }, at4 + `interface: "" is no name of a network interface`},
		{"interface too long", func(p *Plan) { v4(p).Interface = "abcdefghijklmnop" }, at4 + `interface: "abcdefghijklmnop" is no name of a network interface`},
		{"interface with a slash", func(p *Plan) { v4(p).Interface = "../eth0" }, at4 + `interface: "../eth0" is no name of a network interface`},

		{"source no address", func(p *Plan) { v4(p).Source = "lb01" }, at4 + `source: "lb01" is no address in its usual form`},
		{"source with a zone", func(p *Plan) { v6(p).Source = "fe80::1%eth0" }, at6 + `source: "fe80::1%eth0" is no address in its usual form`},
		{"source in another form", func(p *Plan) { v6(p).Source = "2001:DB8::5" }, at6 + `source: "2001:DB8::5" is no address in its usual form`},
		{"source of the other family", func(p *Plan) { v4(p).Source = "2001:db8::5" }, at4 + "source: 2001:db8::5 is not ipv4"},
		{"source mapped", func(p *Plan) { v6(p).Source = "::ffff:10.0.0.5" }, at6 + "source: ::ffff:10.0.0.5 is not ipv6"},
		{"source multicast", func(p *Plan) { v4(p).Source = "224.0.0.18" }, at4 + "source: 224.0.0.18 is no unicast address"},
		{"source unspecified", func(p *Plan) { v4(p).Source = "0.0.0.0" }, at4 + "source: 0.0.0.0 is no unicast address"},

		{"peer twice", func(p *Plan) { v6(p).Peers = []string{"2001:db8::6", "2001:db8::6"} }, at6 + "peers: 2001:db8::6 is there twice"},
		{"peer is the source", func(p *Plan) { v6(p).Peers = []string{"2001:db8::5"} }, at6 + "peers: 2001:db8::5 is the source"},
		{"peer multicast", func(p *Plan) { v6(p).Peers = []string{"ff02::12"} }, at6 + "peers: ff02::12 is no unicast address"},
		{"peers and group", func(p *Plan) { v6(p).Group = "ff02::12" }, at6 + `group: "ff02::12" with 1 peers: one of the two is needed, and only one`},
		{"neither peers nor group", func(p *Plan) { v4(p).Group = "" }, at4 + `group: "" with 0 peers: one of the two is needed, and only one`},
		{"group not multicast", func(p *Plan) { v4(p).Group = "10.0.0.9" }, at4 + "group: 10.0.0.9 is no multicast address"},

		{"no checksum form", func(p *Plan) { v4(p).Checksum = "" }, at4 + `checksum: "" is none of pseudo-header, rfc9568`},

		{"authentication in version 3", func(p *Plan) { v4(p).Version = 3 }, at4 + "auth: version 3 has no passwords"},
		{"authentication type", func(p *Plan) { v4(p).Auth.Type = "ah" }, at4 + `auth type: "ah" is none of pass, hmac-sha256`},
		{"no secret", func(p *Plan) { v4(p).Auth.Secret = "" }, at4 + "auth: one of secret and secret_file is needed, and only one"},
		{"two secrets", func(p *Plan) { v4(p).Auth.SecretFile = "/x" }, at4 + "auth: one of secret and secret_file is needed, and only one"},
		{"secret of 9 bytes", func(p *Plan) { v4(p).Auth.Secret = "geheim-ät" }, at4 + "auth secret: 10 bytes, outside 1..8"},
		{"secret not UTF-8", func(p *Plan) { v4(p).Auth.Secret = "\xff" }, at4 + "auth secret: not UTF-8"},
		{"relative secret file", func(p *Plan) { *v4(p).Auth = Auth{Type: "pass", SecretFile: "x"} }, at4 + `auth secret_file: "x" is no absolute path`},

		{"preemption mode", func(p *Plan) { v4(p).Preemption.Mode = "maybe" }, at4 + `preemption mode: "maybe" is none of always, delayed, never`},
		{"delayed without delay", func(p *Plan) { v4(p).Preemption.Delay = 0 }, at4 + "preemption delay_ms: 0 in mode delayed"},
		{"delay without delayed", func(p *Plan) { v6(p).Preemption.Delay = 1 }, at6 + "preemption delay_ms: 1 in mode always"},
		{"negative delay", func(p *Plan) { v6(p).Preemption.Delay = -1 }, at6 + "preemption delay_ms: -1 in mode always"},
		{"endless delay", func(p *Plan) { v4(p).Preemption = Preemption{Mode: Delayed, Delay: 9300000000000} }, at4 + "preemption delay_ms: 9300000000000 in mode delayed"},
		{"burst for ever", func(p *Plan) { v4(p).Announce.Burst = 101 }, at4 + "announce burst: 101 is outside 1..100"},
		{"late repeat", func(p *Plan) { v4(p).Announce.Repeat = 3600001 }, at4 + "announce repeat_ms: 3600001 is outside 0..3600000"},
		{"no burst", func(p *Plan) { v4(p).Announce.Burst = 0 }, at4 + "announce burst: 0 is outside 1..100"},
		{"negative repeat", func(p *Plan) { v4(p).Announce.Repeat = -1 }, at4 + "announce repeat_ms: -1 is outside 0..3600000"},
		{"on agent loss", func(p *Plan) { v4(p).OnAgentLoss = "" }, at4 + `on_agent_loss: "" is none of release, keep`},

		{"no address", func(p *Plan) { v4(p).Addresses = nil }, at4 + "addresses: none"},
		{"bare address", func(p *Plan) { v4(p).Addresses[0].Prefix = "10.0.0.100" }, at4 + `addresses: "10.0.0.100" is no address with a prefix length in its usual form`},
		{"address in another form", func(p *Plan) { v6(p).Addresses[1].Prefix = "2001:DB8::100/64" }, at6 + `addresses: "2001:DB8::100/64" is no address with a prefix length in its usual form`},
		{"address of the other family", func(p *Plan) { v4(p).Addresses[0].Prefix = "2001:db8::9/64" }, at4 + "addresses: 2001:db8::9 is not ipv4"},
		{"multicast address", func(p *Plan) { v4(p).Addresses[0].Prefix = "224.0.0.1/32" }, at4 + "addresses: 224.0.0.1 is no unicast address"},
		{"only hidden addresses", func(p *Plan) { v4(p).Addresses = []Address{{Prefix: "10.0.0.100/24", Hidden: true}} }, at4 + "addresses that adverts list: 0 is outside 1..255"},
		{"no link-local first", func(p *Plan) { v6(p).Addresses = v6(p).Addresses[1:] },
			at6 + "addresses: 2001:db8::100/64 is first, and IPv6 begins with a link-local address that adverts list"},
		{"hidden link-local", func(p *Plan) { v6(p).Addresses[0].Hidden = true },
			at6 + "addresses: fe80::200:5eff:fe00:232/128 is first, and IPv6 begins with a link-local address that adverts list"},

		{"neighbour without name", func(p *Plan) { v4(p).Neighbours[0].Host = "" }, at4 + `neighbours host: "" is empty or not UTF-8`},
		{"neighbour twice", func(p *Plan) { v4(p).Neighbours[1].Host = "lb02" }, at4 + "neighbours: lb02 is there twice"},
		{"neighbour is this host", func(p *Plan) { v4(p).Neighbours[1].Host = "lb01" }, at4 + "neighbours: lb01 is this host"},
		{"neighbour kind", func(p *Plan) { v4(p).Neighbours[0].Kind = "vrrpd" }, at4 + `neighbours kind: "vrrpd" is none of hactl, keepalived, other`},
		{"neighbour priority", func(p *Plan) { v4(p).Neighbours[0].Priority = 0 }, at4 + "neighbours priority: 0 is outside 1..255"},
		{"neighbour address", func(p *Plan) { v4(p).Neighbours[0].Address = "2001:db8::6" }, at4 + "neighbours address: 2001:db8::6 is not ipv4"},
	}
	refuses(t, pair, cases)
}

// breach breaks one promise of a plan. want is the whole message, one line a
// fault.
type breach struct {
	name   string
	breaks func(*Plan)
	want   string
}

// refuses breaks one copy of a plan after the other.
func refuses(t *testing.T, whole func() *Plan, breaches []breach) {
	for _, c := range breaches {
		t.Run(c.name, func(t *testing.T) {
			p := whole()
			c.breaks(p)
			err := p.Validate()
			if err == nil {
				t.Fatalf("taken; want %q", c.want)
			}
			got := err.Error()
			if c.name == "family 0" {
				got, _, _ = strings.Cut(got, "\n") // all else is wrong there too
			}
			same(t, c.name, c.want, got)
		})
	}
}

// another adds a third router like the IPv4 one.
func another(p *Plan, id, prefix string) {
	r := p.Routers[0]
	r.ID, r.Vip = id, strings.TrimSuffix(id, "/ipv4")
	r.Addresses = []Address{{Prefix: prefix}}
	p.Routers = append(p.Routers, r)
}

// All faults are told, not the first.
func TestValidateTellsAll(t *testing.T) {
	p := pair()
	p.Routers[0].VRID, p.Routers[0].Priority, p.Routers[1].Checksum = 0, 0, "crc"
	same(t, "faults", `router web/public/ipv4: vrid: 0 is outside 1..255
router web/public/ipv4: priority: 0 is outside 1..255
router web/public/ipv6: checksum: "crc" is none of pseudo-header, rfc9568`, p.Validate().Error())
}
