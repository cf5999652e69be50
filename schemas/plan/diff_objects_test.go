package plan

import (
	"slices"
	"testing"
)

// What changes in a router beside what pair has, as operators read it.
func TestDiffRouterDetails(t *testing.T) {
	cases := []struct {
		change func(*Router)
		want   string
	}{
		{func(r *Router) { r.Announce.Refresh = 0 }, "in place: announcements while Active every 1m0s → none"},
		{func(r *Router) { r.QuietStart = 0 }, "in place: quiet start 10s → none"},
		{func(r *Router) { r.QuietLink = 30_000 }, "in place: quiet link none → 30s"},
		{func(r *Router) { r.Unit = "" }, "in place: failover together as web → each"},
		{func(r *Router) { r.Tracks[0].Weight = -20 }, "in place: track check http: demote by 11 → demote by 20"},
		{func(r *Router) { r.Tracks[1] = Track{Check: "tcp", Effect: Fault} }, "in place: track check tcp: weight +20 → fault"},
		{func(r *Router) { r.Tracks = r.Tracks[:7] }, "in place: track interface eth2 removed"},
		{func(r *Router) { r.Notify = []string{"exec", "mail"} }, "in place: notify webhook removed; notify order mail, exec → exec, mail"},
		{func(r *Router) { r.Hooks[0].Command[1] = "--later" }, "in place: hooks with other arguments, users, variables, deadlines, or in another order"},
		{func(r *Router) { r.Hooks[0].Command[0] = "/bin/x" }, "in place: hooks before_release /usr/local/bin/demote → /bin/x"},
		{func(r *Router) { r.Hooks = r.Hooks[:1] }, "in place: hooks after_acquire /usr/local/bin/promote → none"},
		{func(r *Router) { r.Addresses[1].Label = "" }, "in place: address 10.0.0.101/32 on eth1 label eth1:1 → none"},
		{func(r *Router) { r.Addresses[1].Scope = "" }, "in place: address 10.0.0.101/32 on eth1 scope link → none"},
		{func(r *Router) { r.Addresses[1].NoPrefixRoute = false }, "in place: address 10.0.0.101/32 on eth1 prefix route no → yes"},
		{func(r *Router) { r.Addresses[1] = Address{Prefix: "10.0.0.101/32"} }, "in place: address 10.0.0.101/32 on eth1 removed; address 10.0.0.101/32 added"},
		{func(r *Router) { r.Addresses[0].Prefix = "10.0.0.100/25" }, "in place: address 10.0.0.100/24 removed; address 10.0.0.100/25 added"},
		{func(r *Router) { r.Addresses = r.Addresses[:2] }, "in place: address 10.0.0.102/32 removed"}, // a hidden one
		{func(r *Router) { r.Routes[0].Metric = 0 },
			"in place: route 0.0.0.0/0 via 10.0.0.1 dev eth1 src 10.0.0.100 metric 10 table 100 scope global removed; route 0.0.0.0/0 via 10.0.0.1 dev eth1 src 10.0.0.100 table 100 scope global added"},
		{func(r *Router) { r.Rules = nil }, "in place: rule priority 1000 from 10.0.0.100/32 to 10.9.0.0/16 iif eth2 fwmark 0x7 lookup 100 removed"},
	}
	for _, c := range cases {
		old, new := full(), full()
		c.change(&new.Routers[0])
		same(t, c.want, c.want, line(Diff(old, new)[0]))
	}
}

// What changes in the other objects, as operators read it.
func TestDiffObjects(t *testing.T) {
	check := func(p *Plan, name string) *Check {
		return &p.Checks[slices.IndexFunc(p.Checks, func(c Check) bool { return c.Name == name })]
	}
	cases := []struct {
		change func(*Plan)
		want   string
	}{
		{func(p *Plan) {}, ""},
		{func(p *Plan) { p.Routers = nil }, ""},
		{func(p *Plan) { check(p, "tcp").Interval = 5000 }, "check tcp in place: interval 3s → 5s\n"},
		{func(p *Plan) { c := check(p, "tcp"); c.Fall, c.Initial = 3, Up }, "check tcp in place: fall 2 → 3; initial state unknown → up\n"},
		{func(p *Plan) { c := check(p, "tcp"); c.TCP, c.Ping = nil, &PingProbe{Address: "10.0.0.1"} }, "check tcp in place: probe tcp → ping\n"},
		{func(p *Plan) { check(p, "http").HTTP.URL = "https://127.0.0.1/healthz?token=hunter3" }, "check http in place: url: another query\n"},
		{func(p *Plan) { check(p, "http").HTTP.URL = "https://[::1]/" }, "check http in place: url https://127.0.0.1/healthz → https://[::1]/\n"},
		{func(p *Plan) { check(p, "http").HTTP.Headers = map[string]string{"X-Token": "hunter3", "A": "b"} },
			"check http in place: header Accept removed; header X-Token changed; header A added\n"},
		{func(p *Plan) { check(p, "http").HTTP.Status = []StatusRange{{200, 299}} }, "check http in place: status 200, 300-399 → 200-299\n"},
		{func(p *Plan) { check(p, "exec").Exec.Command[1] = "hunter3" }, "check exec in place: command with other arguments\n"},
		{func(p *Plan) { check(p, "number").File.Minimum = nil }, "check number in place: minimum 0 → none\n"},
		{func(p *Plan) { p.Checks = p.Checks[:1] }, `check http removed: http https://127.0.0.1/healthz; every 3s
check number removed: file /run/load number; every 3s
check pid removed: process /run/nginx.pid; every 3s
check ping removed: ping 2001:db8::1; every 3s
check process removed: process nginx; every 3s
check tcp removed: tcp [::1]:80; every 3s
`},
		{func(p *Plan) { p.Checks[0].Name = "a" }, "check a added: exec /usr/bin/true; every 3s\ncheck exec removed: exec /usr/bin/true; every 3s\n"},

		{func(p *Plan) { p.Notify[0].On = p.Notify[0].On[:2] }, "notify exec in place: on active, backup, fault, stop, conflict → active, backup\n"},
		{func(p *Plan) { p.Notify[0].Exec.Stop = nil }, "notify exec in place: command for stop /etc/notify.sh → none\n"},
		{func(p *Plan) { p.Notify[0].Exec.Environment = nil }, "notify exec in place: variable LANG removed\n"},
		{func(p *Plan) { m := p.Notify[1].Mail; m.Password, m.To = "hunter3", m.To[:1] },
			"notify mail in place: recipient On call <call@example.com> removed; password changed\n"},
		{func(p *Plan) { m := p.Notify[1].Mail; m.Password, m.PasswordFile = "", "/x" }, "notify mail in place: password changed; password file none → /x\n"},
		{func(p *Plan) { p.Notify[2].Webhook.URL += "3" }, "notify webhook in place: url changed\n"},
		{func(p *Plan) { p.Notify[2].Webhook, p.Notify[2].Mail = nil, p.Notify[1].Mail }, "notify webhook in place: target webhook → mail\n"},
		{func(p *Plan) { p.Notify = nil }, `notify exec removed: exec; on active, backup, fault, stop, conflict
notify mail removed: mail to ops@example.com, On call <call@example.com>; on active, fault
notify webhook removed: webhook; on stop
`},

		{func(p *Plan) { p.Upgrades[2].Release.Version = "1.27.3" }, "upgrade nginx in place: release 1.27.2 → 1.27.3\n"},
		{func(p *Plan) { u := &p.Upgrades[2]; u.Vips, u.DrainTimeout = nil, 0 }, "upgrade nginx in place: vips let go web/public → none; drain timeout 5m0s → none\n"},
		{func(p *Plan) { x := p.Upgrades[2].Nginx; x.Binary, x.Config = "", "/etc/nginx/nginx.conf" }, "upgrade nginx in place: binary /usr/sbin/nginx → none; configuration none → /etc/nginx/nginx.conf\n"},
		{func(p *Plan) { u := &p.Upgrades[2]; u.HAProxy, u.Nginx = p.Upgrades[1].HAProxy, nil }, "upgrade nginx in place: strategy nginx → haproxy\n"},
		{func(p *Plan) { p.Upgrades[0].Exec.Apply = p.Upgrades[0].Exec.Rollback }, "upgrade exec in place: command to apply /usr/bin/apply → /usr/bin/back\n"},
		{func(p *Plan) { p.Upgrades[0].Verify.Checks = []string{"tcp"} }, "upgrade exec in place: verifying check http removed\n"},
		{func(p *Plan) { p.Upgrades = p.Upgrades[:2] }, "upgrade nginx removed: strategy nginx; release 1.27.2\n"},
	}
	for _, c := range cases {
		old, new := full(), full()
		c.change(new)
		got := ""
		for _, change := range DiffObjects(old, new) {
			if change.Class != Untouched {
				got += change.ID + " " + line(change) + "\n"
			}
		}
		same(t, "changes", c.want, got)
	}
}

// Checks come before targets and those before upgrades; without a plan there is
// nothing.
func TestDiffObjectsInOrder(t *testing.T) {
	var ids []string
	for _, c := range DiffObjects(nil, full()) {
		ids = append(ids, c.ID)
		if c.Class != Added || len(c.Agreement) > 0 {
			t.Errorf("%s is %s, and neighbours must agree on %v", c.ID, c.Class, c.Agreement)
		}
	}
	want := []string{
		"check exec", "check http", "check number", "check pid", "check ping", "check process", "check tcp",
		"notify exec", "notify mail", "notify webhook", "upgrade exec", "upgrade haproxy", "upgrade nginx",
	}
	if !slices.Equal(ids, want) {
		t.Errorf("got %v", ids)
	}
	if changes := DiffObjects(nil, nil); len(changes) > 0 {
		t.Errorf("got %v", changes)
	}
}
