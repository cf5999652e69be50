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

// full is pair with everything that a plan can hold, so that every field of
// every type is set somewhere.
func full() *Plan {
	p := pair()
	v4, v6 := &p.Routers[0], &p.Routers[1]
	tracks := []Track{
		{Check: "http", Effect: Demote, Weight: -11}, {Check: "tcp", Effect: Weigh, Weight: 20}, {Check: "exec", Effect: Fault}, {Check: "process", Effect: Fault},
		{Check: "pid", Effect: Fault}, {Check: "number", Effect: Fault}, {Check: "ping", Effect: Fault}, {Interface: "eth2", Effect: Fault},
	}
	hooks := []Hook{
		{When: BeforeRelease, Command: []string{"/usr/local/bin/demote", "--now"}, User: "root", Environment: map[string]string{"A": "1", "B": "hunter2"}, Timeout: 5000},
		{When: AfterAcquire, Command: []string{"/usr/local/bin/promote"}, User: "root", Timeout: 5000},
	}
	for _, r := range []*Router{v4, v6} {
		r.Unit, r.QuietStart, r.Tracks, r.Hooks, r.Notify = "web", 10_000, tracks, hooks, []string{"mail", "exec", "webhook"}
		r.Preemption = Preemption{Mode: Delayed, Delay: 10_000}
	}
	v4.Accept = []Terms{
		{Auth: &Auth{Type: AuthPass, SecretFile: "/etc/hactl/web.pass"}, AdvertInterval: 1000, Addresses: []string{"10.0.0.100"}},
		{AdvertInterval: 5000, Addresses: []string{"10.0.0.100", "10.0.0.101"}},
	}
	v4.Announce.Refresh = 60_000
	v4.Addresses[1] = Address{Prefix: "10.0.0.101/32", Interface: "eth1", Label: "eth1:1", Scope: ScopeLink, NoPrefixRoute: true}
	v4.Routes = []Route{{Destination: "0.0.0.0/0", Via: "10.0.0.1", Interface: "eth1", Source: "10.0.0.100", Metric: 10, Table: 100, Scope: ScopeGlobal}}
	v4.Rules = []Policy{{Priority: 1000, From: "10.0.0.100/32", To: "10.9.0.0/16", Interface: "eth2", Mark: 7, Table: 100}}
	v6.Auth = &Auth{Type: AuthHMAC, Active: 2, Accept: Enforce, Keys: []Key{
		{ID: 1, SecretFile: "/etc/hactl/web-1.key"}, {ID: 2, Secret: "hunter2-hunter2-hunter2-hunter2-hunter2"},
	}}
	p.Checks, p.Notify, p.Upgrades = checks(), targets(), upgrades()
	return p
}

// checks has one of every probe.
func checks() []Check {
	least, most := 0, 10
	all := []Check{
		{Name: "exec", Exec: &ExecProbe{Command: []string{"/usr/bin/true", "hunter2"}, User: "nobody", Environment: map[string]string{"LANG": "hunter2"}}},
		{Name: "http", HTTP: &HTTPProbe{
			URL: "https://127.0.0.1/healthz?token=hunter2", Method: "GET", Host: "www.example.com", Headers: map[string]string{"X-Token": "hunter2", "Accept": "hunter2"},
			Status: []StatusRange{{200, 200}, {300, 399}}, Body: "^ok", Digest: strings.Repeat("0a", 32), ServerName: "example.com", CAFile: "/etc/ca.pem",
		}},
		{Name: "number", File: &FileProbe{Path: "/run/load", Expect: Number, Minimum: &least, Maximum: &most}},
		{Name: "pid", Process: &ProcessProbe{PIDFile: "/run/nginx.pid", Minimum: 1}},
		{Name: "ping", Ping: &PingProbe{Address: "2001:db8::1"}},
		{Name: "process", Process: &ProcessProbe{Name: "nginx", Minimum: 2}},
		{Name: "tcp", TCP: &TCPProbe{Address: "[::1]:80"}},
	}
	for i := range all {
		c := &all[i]
		c.Interval, c.Timeout, c.Jitter, c.Fall, c.Rise, c.Initial = 3000, 2000, 100, 2, 3, Unknown
	}
	return all
}

// targets has one of every kind.
func targets() []Notify {
	return []Notify{
		{Name: "exec", On: append(Events(), OnConflict), Exec: &ExecTarget{
			Conflict: []string{"/usr/local/bin/page"},
			Active:   []string{"/etc/notify.sh", "master"}, Backup: []string{"/etc/notify.sh", "backup"}, Fault: []string{"/etc/notify.sh", "fault"},
			Stop: []string{"/etc/notify.sh", "stop"}, Any: []string{"/usr/local/bin/on-change"},
			User: "root", Environment: map[string]string{"LANG": "hunter2"}, Timeout: 30_000,
		}},
		{Name: "mail", On: []Event{OnActive, OnFault}, Mail: &MailTarget{
			To: []string{"ops@example.com", "On call <call@example.com>"}, From: "hactl@example.com", Server: "smtp.example.com:465", Security: TLS,
			Username: "hactl", Password: "hunter2", CAFile: "/etc/ca.pem", Gather: 5000, Timeout: 30_000,
		}},
		{Name: "webhook", On: []Event{OnStop}, Webhook: &WebhookTarget{
			URL: "https://alerts.example.com/hunter2", Headers: map[string]string{"X-Team": "hunter2"}, BearerFile: "/etc/hactl/token", CAFile: "/etc/ca.pem", Timeout: 10_000,
		}},
	}
}

// upgrades has one of every strategy.
func upgrades() []Upgrade {
	release := Build{Version: "1.27.2", Source: "/srv/releases/binary", SHA256: strings.Repeat("0a", 32)}
	verify := Verify{Checks: []string{"http", "tcp"}, Soak: 30_000}
	return []Upgrade{
		{Name: "exec", Release: release, Verify: verify, OnFailure: Halt, Exec: &ExecStrategy{
			Binary: "/usr/bin/app", Apply: []string{"/usr/bin/apply", "now"}, Verify: []string{"/usr/bin/verify"}, Rollback: []string{"/usr/bin/back"}, Timeout: 60_000,
		}},
		{Name: "haproxy", Release: release, Verify: verify, OnFailure: Rollback,
			HAProxy: &HAProxyStrategy{Binary: "/usr/sbin/haproxy", PIDFile: "/run/haproxy.pid", WorkerTimeout: 300_000}},
		{Name: "nginx", Release: release, Verify: verify, OnFailure: Rollback, Vips: []string{"web/public"}, DrainTimeout: 300_000,
			Nginx: &NginxStrategy{Binary: "/usr/sbin/nginx", PIDFile: "/run/nginx.pid", WorkerTimeout: 300_000}},
	}
}

// whence is an envelope with everything in it.
func whence() Envelope {
	return Envelope{
		AppliedBy: "ops@desk", AppliedAt: "2026-01-02T03:04:05Z", Commit: "v1.2-3-gabcdef0",
		Origins: map[string]string{"check tcp": "main.ha.hcl:40", "notify mail": "main.ha.hcl:50", "upgrade nginx": "main.ha.hcl:60", "router web/public/ipv6": "main.ha.hcl:12", "router web/public/ipv4": "main.ha.hcl:12"},
	}
}

func TestFixturesAreValid(t *testing.T) {
	for _, p := range []*Plan{pair(), full()} {
		if err := p.Validate(); err != nil {
			t.Error(err)
		}
	}
}

func TestFamilyOf(t *testing.T) {
	if IPv4.String() != "ipv4" || IPv6.String() != "ipv6" {
		t.Fatal("a router's ID ends in its family's name")
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
