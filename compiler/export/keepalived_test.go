package export

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hactl/compiler"
	"hactl/lang"
	"hactl/lang/keepalived"
	"hactl/schemas/plan"
)

// A command comes back as it was, whatever stands in its words.
func TestExportedCommands(t *testing.T) {
	for _, command := range [][]string{
		{"/usr/bin/true"},
		{"/usr/local/bin/check", "two words", "it's", `say "hi"`, ""},
		{"/bin/sh", "-c", "/usr/local/bin/a && exit 0 || exit 1"},
		{"/usr/local/bin/check", "#1", "50%", "a;b", "$HOME", "${_PWD}", "{x}", "!"},
		{"/usr/local/bin/check", `\n`, `C:\new dir\`, `\`, `it\'s`},
	} {
		p := &plan.Plan{Host: "lb01",
			Checks: []plan.Check{{Name: "c", Interval: 1000, Timeout: 1000, Fall: 1, Rise: 1, Initial: plan.Up, Exec: &plan.ExecProbe{Command: command, User: "root"}}},
			Routers: []plan.Router{{ID: "web/public/ipv4", Vip: "web/public", Family: plan.IPv4, VRID: 50, Version: 3, Priority: 254, AdvertInterval: 1000,
				Interface: "eth0", Group: "224.0.0.18", Addresses: []plan.Address{{Prefix: "10.0.0.100/24"}},
				Tracks: []plan.Track{{Check: "c", Effect: plan.Fault}}, Announce: plan.Announce{Burst: 5}}}}
		text := Keepalived(p).Text
		made, found, _ := keepalived.Import([]keepalived.Source{{Node: "lb01", Path: "lb01.conf", FS: fstest.MapFS{"lb01.conf": {Data: []byte(text)}}}})
		if found.HasErrors() {
			t.Fatalf("%v\n%s", found, text)
		}
		config, found := lang.Load(fstest.MapFS{"main.ha.hcl": {Data: []byte(made.Text())}}, lang.Options{})
		result, more := compiler.Compile(config)
		if all := append(found, more...); all.HasErrors() {
			t.Fatal(all)
		}
		if got := result.Plans["lb01"].Checks[0].Exec.Command; !slices.Equal(got, command) {
			t.Errorf("got %q, want %q, from\n%s", got, command, text)
		}
	}
}

// What stands in an exported file is read without a complaint.
func TestExportedWordsAreKnown(t *testing.T) {
	p := &plan.Plan{Host: "lb 01", Routers: []plan.Router{{
		ID: "web/public/ipv4", Vip: "web/public", Family: plan.IPv4, VRID: 50, Version: 3, Priority: 254, AdvertInterval: 10, Interface: "eth0",
		Source: "10.0.0.5", Peers: []string{"10.0.0.6"}, Checksum: plan.RFC9568, QuietStart: 1500,
		Preemption: plan.Preemption{Mode: plan.Delayed, Delay: 2_000_000}, Announce: plan.Announce{Burst: 5, Repeat: 5500, Refresh: 60000},
		Auth:      &plan.Auth{Type: plan.AuthHMAC, Active: 1, Keys: []plan.Key{{ID: 1, Secret: strings.Repeat("k", 32)}}, Accept: plan.Enforce},
		Addresses: []plan.Address{{Prefix: "10.0.0.100/24", Label: "eth0:1", Scope: plan.ScopeLink, NoPrefixRoute: true}, {Prefix: "10.0.0.101/32", Hidden: true, Interface: "eth1"}},
		Routes:    []plan.Route{{Destination: "0.0.0.0/0", Via: "10.0.0.1", Source: "10.0.0.100", Metric: 5, Table: 100}, {Destination: "10.9.0.0/16"}},
		Rules:     []plan.Policy{{Priority: 100, From: "10.0.0.100/32", To: "10.9.0.0/16", Interface: "eth1", Mark: 7, Table: 100}, {Priority: 101, Table: 100}},
	}}}
	made := Keepalived(p)
	found, _ := keepalived.Lint([]keepalived.Source{{Node: "lb01", Path: "f", FS: fstest.MapFS{"f": {Data: []byte(made.Text)}}}}, keepalived.Options{Version: keepalived.Newest})
	if found.HasErrors() {
		t.Errorf("%v\n%s", found, made.Text)
	}
	for _, line := range []string{
		`router_id "lb 01"`, "vrrp_startup_delay 1.5", "advert_int 0.01", "preempt_delay 1000", "garp_master_delay 6", "v3_checksum_as_v2",
		"10.0.0.100/24 scope link label eth0:1 noprefixroute", "10.0.0.101/32 dev eth1",
		"0.0.0.0/0 via 10.0.0.1 src 10.0.0.100 table 100 metric 5 no_track", "10.9.0.0/16 dev eth0 no_track",
		"from 10.0.0.100/32 to 10.9.0.0/16 iif eth1 fwmark 7 table 100 priority 100 no_track", "from 0.0.0.0/0 table 100 priority 101 no_track",
	} {
		if !slices.ContainsFunc(strings.Split(made.Text, "\n"), func(l string) bool { return strings.TrimSpace(l) == line }) {
			t.Errorf("no line %q in\n%s", line, made.Text)
		}
	}
	if len(made.Losses) != 4 {
		t.Errorf("losses: %+v", made.Losses)
	}
}

// A rule without a prefix is one of its router's family; keepalived takes it for
// IPv4.
func TestExportedRulesOfIPv6(t *testing.T) {
	for _, x := range []struct {
		rule plan.Policy
		line string
	}{
		{plan.Policy{Priority: 101, Table: 100}, "from ::/0 table 100 priority 101 no_track"},
		{plan.Policy{Priority: 101, Table: 100, Mark: 7}, "from ::/0 fwmark 7 table 100 priority 101 no_track"},
		{plan.Policy{Priority: 101, Table: 100, To: "2001:db8::/64"}, "to 2001:db8::/64 table 100 priority 101 no_track"},
	} {
		if got := ruleLine(x.rule, plan.IPv6); got != x.line {
			t.Errorf("got %q, want %q", got, x.line)
		}
	}
}

// What is secret in a plan and stands in a command line is named, once.
func TestExportedCommandsAreSeen(t *testing.T) {
	p := &plan.Plan{Host: "lb01", Checks: []plan.Check{
		{Name: "open", Interval: 1000, Timeout: 1000, Initial: plan.Up, Exec: &plan.ExecProbe{Command: []string{"/usr/bin/true"}, User: "root"}},
		{Name: "told", Interval: 1000, Timeout: 1000, Initial: plan.Up, Exec: &plan.ExecProbe{Command: []string{"/usr/bin/true"}, User: "root", Environment: map[string]string{"TOKEN": "x"}}},
		{Name: "web", Interval: 1000, Timeout: 1000, Initial: plan.Up, HTTP: &plan.HTTPProbe{Method: "GET", URL: "http://127.0.0.1/", Headers: map[string]string{"Authorization": "x"}, Status: []plan.StatusRange{{From: 200, To: 399}}}},
	}}
	var objects []string
	for _, l := range Keepalived(p).Losses {
		objects = append(objects, l.Object)
	}
	if want := []string{"check told", "check web"}; !slices.Equal(objects, want) {
		t.Errorf("got %q, want %q", objects, want)
	}
}

// keepalived takes no quotation mark and no escape in a secret.
func TestExportedSecrets(t *testing.T) {
	for secret, line := range map[string]string{"s3cret": "auth_pass s3cret", `a\b c`: `auth_pass "a\b c"`, "a#b": `auth_pass "a#b"`, `a"b`: ""} {
		p := &plan.Plan{Host: "lb01", Routers: []plan.Router{{ID: "web/public/ipv4", Vip: "web/public", Family: plan.IPv4, VRID: 50, Version: 2, Priority: 254,
			AdvertInterval: 1000, Interface: "eth0", Group: "224.0.0.18", Auth: &plan.Auth{Type: plan.AuthPass, Secret: secret}}}}
		made := Keepalived(p)
		if line == "" {
			if len(made.Losses) != 1 || !strings.Contains(made.Losses[0].Detail, "Choose a secret") {
				t.Errorf("%s: %+v", secret, made.Losses)
			}
		} else if !strings.Contains(made.Text, " "+line+"\n") || len(made.Losses) > 0 {
			t.Errorf("no line %q in\n%s%+v", line, made.Text, made.Losses)
		}
	}
}
