package plan

import (
	"fmt"
	"strings"
	"testing"
)

// Each case breaks one promise of plan.go about what pair does not have: keys,
// addresses with details, routes, rules, units.
func TestValidateRouter(t *testing.T) {
	v4 := func(p *Plan) *Router { return &p.Routers[0] }
	v6 := func(p *Plan) *Router { return &p.Routers[1] }
	const at4, at6 = "router web/public/ipv4: ", "router web/public/ipv6: "
	refuses(t, full, []breach{
		{"name too long", func(p *Plan) { p.Host = strings.Repeat("a", MaxText+1) }, "host: 4097 bytes, more than 4096"},
		{"NUL byte", func(p *Plan) { p.Host = "a\x00" }, "host: with a NUL byte"},

		{"refresh too often", func(p *Plan) { v4(p).Announce.Refresh = 999 }, at4 + "announce refresh_ms: 999 is outside 1000..86400000"},
		{"refresh too late", func(p *Plan) { v4(p).Announce.Refresh = Longest + 1 }, at4 + "announce refresh_ms: 86400001 is outside 1000..86400000"},
		{"negative quiet link", func(p *Plan) { v4(p).QuietLink, v6(p).QuietLink = -1, -1 },
			at4 + "quiet_link_ms: -1 is outside 0..86400000\n" + at6 + "quiet_link_ms: -1 is outside 0..86400000"},
		{"quiet link in a unit", func(p *Plan) { v6(p).QuietLink = 1 }, at6 + "quiet_link_ms: not as of router web/public/ipv4 of the same unit"},
		{"negative quiet start", func(p *Plan) { v4(p).QuietStart, v6(p).QuietStart = -1, -1 },
			at4 + "quiet_start_ms: -1 is outside 0..86400000\n" + at6 + "quiet_start_ms: -1 is outside 0..86400000"},

		{"unit of another cluster", func(p *Plan) { v4(p).Unit, v6(p).Unit = "db", "db" }, at4 + `unit: "db" is not its cluster` + "\n" + at6 + `unit: "db" is not its cluster`},
		{"one moves by itself", func(p *Plan) { v6(p).Unit = "" }, at6 + `unit: "", and router web/public/ipv4 of the same cluster has "web"`},
		{"priorities in a unit", func(p *Plan) { v6(p).Priority = 10 }, at6 + "priority: not as of router web/public/ipv4 of the same unit"},
		{"preemption in a unit", func(p *Plan) { v6(p).Preemption = Preemption{Mode: Never} }, at6 + "preemption: not as of router web/public/ipv4 of the same unit"},
		{"quiet start in a unit", func(p *Plan) { v6(p).QuietStart = 0 }, at6 + "quiet_start_ms: not as of router web/public/ipv4 of the same unit"},
		{"tracks in a unit", func(p *Plan) {
			another(p, "web/x/ipv4", "10.0.0.200/32")
			x := &p.Routers[2]
			x.VRID, x.Tracks = 51, x.Tracks[1:]
		}, "router web/x/ipv4: tracks: not as of router web/public/ipv4 of the same unit\nupgrade nginx: vips: not all of cluster web"},

		{"HMAC with a password", func(p *Plan) { v6(p).Auth.Secret = "hunter2" }, at6 + "auth: secret and secret_file are of pass, and those of hmac-sha256 are in keys"},
		{"password with keys", func(p *Plan) { v4(p).Auth.Keys = v6(p).Auth.Keys }, at4 + "auth: active, keys and accept are of hmac-sha256"},
		{"no such key", func(p *Plan) { v6(p).Auth.Active = 3 }, at6 + "auth active: there is no key 3"},
		{"keys unsorted", func(p *Plan) { k := v6(p).Auth.Keys; k[0], k[1] = k[1], k[0] }, at6 + "auth keys: 1 not behind 2: they are sorted, each once"},
		{"key 0", func(p *Plan) { v6(p).Auth.Keys[0].ID = 0 }, at6 + "auth keys id: 0 is outside 1..255"},
		{"key 256", func(p *Plan) { v6(p).Auth.Keys[1].ID, v6(p).Auth.Active = 256, 256 }, at6 + "auth keys id: 256 is outside 1..255"},
		{"short key", func(p *Plan) { v6(p).Auth.Keys[1].Secret = "hunter2" }, at6 + "auth keys secret: 7 bytes, outside 32..64"},
		{"long key", func(p *Plan) { v6(p).Auth.Keys[1].Secret = strings.Repeat("hunter2!!", 8) }, at6 + "auth keys secret: 72 bytes, outside 32..64"},
		{"key twice", func(p *Plan) { v6(p).Auth.Keys[1].SecretFile = "/x" }, at6 + "auth keys: one of secret and secret_file is needed, and only one"},
		{"relative key file", func(p *Plan) { v6(p).Auth.Keys[0].SecretFile = "x" }, at6 + `auth keys secret_file: "x" is no absolute path`},
		{"enforcing", func(p *Plan) { v6(p).Auth.Accept = "" }, at6 + `auth accept: "" is none of receive-only, permissive, enforce`},

		{"accepts its own", func(p *Plan) { v4(p).Accept[0] = v4(p).Terms() }, at4 + "accept 1: taken already"},
		{"accepts twice", func(p *Plan) { v4(p).Accept[1] = v4(p).Accept[0] }, at4 + "accept 2: taken already"},
		{"accepts too much", func(p *Plan) {
			for i := range MaxList {
				v6(p).Accept = append(v6(p).Accept, Terms{AdvertInterval: 10, Addresses: []string{fmt.Sprintf("fe80::%x", i+1)}})
			}
			v6(p).Accept = append(v6(p).Accept, Terms{AdvertInterval: 20, Addresses: []string{"fe80::1"}})
		}, at6 + "accept: 257 of them, more than 256"},
		{"accepts no password", func(p *Plan) { v4(p).Accept[0].Auth.SecretFile = "" }, at4 + "accept 1: auth: one of secret and secret_file is needed, and only one"},
		{"accepts a password in version 3", func(p *Plan) {
			v6(p).Accept = []Terms{{Auth: &Auth{Type: AuthPass, Secret: "hunter2"}, AdvertInterval: 100, Addresses: []string{"fe80::1"}}}
		}, at6 + "accept 1: auth: version 3 has no passwords"},
		{"accepts half a second", func(p *Plan) { v4(p).Accept[1].AdvertInterval = 500 }, at4 + "accept 2: advert_interval_ms: 500 is no multiple of 1000 up to 255000"},
		{"accepts no address", func(p *Plan) { v4(p).Accept[1].Addresses = []string{} }, at4 + "accept 2: addresses: 0 is outside 1..255"},
		{"accepts another family", func(p *Plan) { v4(p).Accept[1].Addresses[1] = "2001:db8::1" }, at4 + "accept 2: addresses: 2001:db8::1 is not ipv4"},

		{"address elsewhere", func(p *Plan) { v4(p).Addresses[1].Interface = "a/b"; v4(p).Addresses[1].Label = "" },
			at4 + `addresses interface: "a/b" is no name of a network interface`},
		{"address twice elsewhere", func(p *Plan) { v4(p).Addresses[0].Prefix, v4(p).Addresses[0].Interface = "10.0.0.101/24", "eth1" },
			at4 + "address 10.0.0.101 on eth1: router web/public/ipv4 has it too"},
		{"label too long", func(p *Plan) { v4(p).Addresses[1].Label = "eth1:01234567890" }, at4 + `addresses label: "eth1:01234567890" has 16 bytes, more than 15`},
		{"label in IPv6", func(p *Plan) { v6(p).Addresses[1].Label = "eth0:1" }, at6 + `addresses label: "eth0:1" in IPv6, which has none`},
		{"scope", func(p *Plan) { v4(p).Addresses[1].Scope = "wide" }, at4 + `addresses scope: "wide" is none of global, site, link, host`},
		{"scope in IPv6", func(p *Plan) { v6(p).Addresses[1].Scope = ScopeSite }, at6 + "addresses scope: site in IPv6, which has none to choose"},

		{"destination with host bits", func(p *Plan) { v4(p).Routes[0].Destination = "10.0.0.1/24" },
			at4 + `routes destination: "10.0.0.1/24" is no prefix without host bits in its usual form`},
		{"destination of the other family", func(p *Plan) { v4(p).Routes[0].Destination = "::/0" }, at4 + "routes destination: ::/0 is not ipv4"},
		{"gateway of the other family", func(p *Plan) { v4(p).Routes[0].Via = "fe80::1" }, at4 + "routes via: fe80::1 is not ipv4"},
		{"source that is multicast", func(p *Plan) { v4(p).Routes[0].Source = "224.0.0.1" }, at4 + "routes source: 224.0.0.1 is no unicast address"},
		{"route by a bad interface", func(p *Plan) { v4(p).Routes[0].Interface = "a b" }, at4 + `routes interface: "a b" is no name of a network interface`},
		{"negative metric", func(p *Plan) { v4(p).Routes[0].Metric = -1 }, at4 + "routes metric: -1 is outside 0..4294967295"},
		{"table too high", func(p *Plan) { v4(p).Routes[0].Table = 1 << 32 }, at4 + "routes table: 4294967296 is outside 0..4294967295"},
		{"scope of a route", func(p *Plan) { v4(p).Routes[0].Scope = "near" }, at4 + `routes scope: "near" is none of global, site, link, host`},
		{"route twice", func(p *Plan) {
			v4(p).Routes = []Route{{Destination: "10.8.0.0/16", Via: "10.0.0.1"}, {Destination: "10.8.0.0/16", Via: "10.0.0.2", Table: 254}}
		}, at4 + "routes: 10.8.0.0/16 is there twice with this metric and table\n" +
			at4 + "routes: 10.8.0.0/16 differs from that of router web/public/ipv4 in the same table, with the same metric"},
		{"route in common that differs", func(p *Plan) {
			another(p, "zone/x/ipv4", "10.0.0.200/32")
			x := &p.Routers[2]
			x.Unit, x.VRID, x.Routes = "", 51, []Route{v4(p).Routes[0]}
			x.Routes[0].Via = "10.0.0.2"
		}, "router zone/x/ipv4: routes: 0.0.0.0/0 differs from that of router web/public/ipv4 in the same table, with the same metric"},

		{"rule of priority 0", func(p *Plan) { v4(p).Rules[0].Priority = 0 }, at4 + "rules priority: 0 is outside 1..32765"},
		{"rule behind the main table", func(p *Plan) { v4(p).Rules[0].Priority = 32766 }, at4 + "rules priority: 32766 is outside 1..32765"},
		{"rule from an address", func(p *Plan) { v4(p).Rules[0].From = "10.0.0.100" }, at4 + `rules from: "10.0.0.100" is no prefix without host bits in its usual form`},
		{"rule to the other family", func(p *Plan) { v4(p).Rules[0].To = "2001:db8::/32" }, at4 + "rules to: 2001:db8::/32 is not ipv4"},
		{"rule for a bad interface", func(p *Plan) { v4(p).Rules[0].Interface = "." }, at4 + `rules interface: "." is no name of a network interface`},
		{"negative mark", func(p *Plan) { v4(p).Rules[0].Mark = -1 }, at4 + "rules mark: -1 is outside 0..4294967295"},
		{"rule without a table", func(p *Plan) { v4(p).Rules[0].Table = 0 }, at4 + "rules table: 0 is outside 1..4294967295"},
		{"rule twice", func(p *Plan) { v4(p).Rules = append(v4(p).Rules, v4(p).Rules[0]) }, at4 + "rules: the one of priority 1000 is there twice"},
	})
}

// Two routers may have one route in common: it is there while either is Active.
func TestValidateTakesARouteInCommon(t *testing.T) {
	p := full()
	another(p, "zone/x/ipv4", "10.0.0.200/32")
	x := &p.Routers[2]
	x.Unit, x.VRID = "", 51
	if err := p.Validate(); err != nil {
		t.Error(err)
	}
}
