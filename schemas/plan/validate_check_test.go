package plan

import (
	"slices"
	"strings"
	"testing"
)

// Each case breaks one promise of check.go.
func TestValidateChecks(t *testing.T) {
	check := func(p *Plan, name string) *Check {
		return &p.Checks[slices.IndexFunc(p.Checks, func(c Check) bool { return c.Name == name })]
	}
	http := func(p *Plan) *HTTPProbe { return check(p, "http").HTTP }
	file := func(p *Plan) *FileProbe { return check(p, "number").File }
	program := func(p *Plan) *ExecProbe { return check(p, "exec").Exec }
	const probes = "probe: one of http, tcp, exec, process, file and ping is needed, and only one"
	refuses(t, full, []breach{
		{"unsorted", func(p *Plan) { p.Checks[0], p.Checks[1] = p.Checks[1], p.Checks[0] }, "check exec: name: not behind http: checks are sorted, and a name is there once"},
		{"twice", func(p *Plan) { p.Checks = slices.Insert(p.Checks, 0, p.Checks[0]) }, "check exec: name: not behind exec: checks are sorted, and a name is there once"},
		{"that nobody uses", func(p *Plan) { p.Checks = append(p.Checks, p.Checks[6]); p.Checks[7].Name = "x" }, "check x: no router tracks it, and no upgrade asks it"},

		{"interval 9 ms", func(p *Plan) { check(p, "tcp").Interval = 9; check(p, "tcp").Jitter = 0 }, "check tcp: interval_ms: 9 is outside 10..86400000"},
		{"no timeout", func(p *Plan) { check(p, "tcp").Timeout = 0 }, "check tcp: timeout_ms: 0 is outside 1..86400000"},
		{"jitter above the interval", func(p *Plan) { check(p, "tcp").Jitter = 3001 }, "check tcp: jitter_ms: 3001 is outside 0..3000"},
		{"fall 0", func(p *Plan) { check(p, "tcp").Fall = 0 }, "check tcp: fall: 0 is outside 1..1000"},
		{"rise 1001", func(p *Plan) { check(p, "tcp").Rise = 1001 }, "check tcp: rise: 1001 is outside 1..1000"},
		{"initial", func(p *Plan) { check(p, "tcp").Initial = "" }, `check tcp: initial: "" is none of unknown, up, down`},
		{"no probe", func(p *Plan) { check(p, "tcp").TCP = nil }, "check tcp: " + probes},
		{"two probes", func(p *Plan) { check(p, "tcp").Ping = check(p, "ping").Ping }, "check tcp: " + probes},

		{"relative URL", func(p *Plan) { http(p).URL = "//127.0.0.1/hunter2" },
			"check http: http url: not absolute, or neither http nor https\ncheck http: http: server_name, ca_file and insecure are of https"},
		{"URL with a user", func(p *Plan) { http(p).URL = "https://root:hunter2@127.0.0.1/" }, "check http: http url: with a user"},
		{"URL with a fragment", func(p *Plan) { http(p).URL = "https://127.0.0.1/#hunter2" }, "check http: http url: with a fragment"},
		{"URL with port 0", func(p *Plan) { http(p).URL = "https://127.0.0.1:0/" }, "check http: http url: no port between 1 and 65535"},
		{"method", func(p *Plan) { http(p).Method = "POST" }, `check http: http method: "POST" is none of GET, HEAD`},
		{"host with a line end", func(p *Plan) { http(p).Host = "a\r\nb" }, `check http: http host: "a\r\nb" is no host`},
		{"header's name", func(p *Plan) { http(p).Headers["X Token"] = "hunter2" }, `check http: http headers: "X Token" is no name of a header`},
		{"header's value", func(p *Plan) { http(p).Headers["X-Token"] = "hunter2\r\nX: y" }, "check http: http headers X-Token: with a control character"},
		{"header twice", func(p *Plan) { http(p).Headers["x-token"] = "hunter2" }, "check http: http headers: X-Token and x-token are one header"},
		{"header Host", func(p *Plan) { http(p).Headers["host"] = "hunter2" }, "check http: http headers: host has its own field"},
		{"no status", func(p *Plan) { http(p).Status = nil }, "check http: http status: none"},
		{"status 99", func(p *Plan) { http(p).Status[0].From = 99 }, "check http: http status from: 99 is outside 100..599"},
		{"status backwards", func(p *Plan) { http(p).Status[1].To = 299 }, "check http: http status to: 299 is outside 300..599"},
		{"body", func(p *Plan) { http(p).Body = "(" }, "check http: http body: error parsing regexp: missing closing ): `(`"},
		{"digest", func(p *Plan) { http(p).Digest = strings.ToUpper(http(p).Digest) },
			`check http: http digest: "` + strings.Repeat("0A", 32) + `" is not 64 lower-case hexadecimal digits`},
		{"HEAD with a body", func(p *Plan) { http(p).Method = "HEAD" }, "check http: http method: HEAD brings no body to look at"},
		{"TLS without https", func(p *Plan) { http(p).URL = "http://127.0.0.1/" }, "check http: http: server_name, ca_file and insecure are of https"},
		{"server name", func(p *Plan) { http(p).ServerName = "a b" }, `check http: http server_name: "a b" is no name`},
		{"relative CA file", func(p *Plan) { http(p).CAFile = "ca.pem" }, `check http: http ca_file: "ca.pem" is no absolute path`},
		{"CA that does not matter", func(p *Plan) { http(p).Insecure = true }, "check http: http insecure: with a ca_file"},

		{"address without a port", func(p *Plan) { check(p, "tcp").TCP.Address = "127.0.0.1" }, `check tcp: tcp address: "127.0.0.1" is not HOST:PORT`},
		{"IPv6 without brackets", func(p *Plan) { check(p, "tcp").TCP.Address = "::1:80" }, `check tcp: tcp address: "::1:80" is not HOST:PORT`},
		{"port 65536", func(p *Plan) { check(p, "tcp").TCP.Address = "[::1]:65536" }, `check tcp: tcp address: "[::1]:65536" is not HOST:PORT`},
		{"port by name", func(p *Plan) { check(p, "tcp").TCP.Address = "localhost:http" }, `check tcp: tcp address: "localhost:http" is not HOST:PORT`},

		{"no command", func(p *Plan) { program(p).Command = nil }, "check exec: exec command: none"},
		{"relative program", func(p *Plan) { program(p).Command = []string{"true"} }, `check exec: exec command: "true" is no absolute path`},
		{"argument with a NUL byte", func(p *Plan) { program(p).Command[1] = "hunter2\x00" }, "check exec: exec command argument 1: with a NUL byte"},
		{"argument not UTF-8", func(p *Plan) { program(p).Command[1] = "hunter2\xff" }, "check exec: exec command argument 1: not UTF-8"},
		{"long argument", func(p *Plan) { program(p).Command[1] = strings.Repeat("x", MaxText+1) }, "check exec: exec command argument 1: 4097 bytes, more than 4096"},
		{"many arguments", func(p *Plan) { program(p).Command = slices.Repeat([]string{"/x"}, 257) }, "check exec: exec command: 257 of them, more than 256"},
		{"no user", func(p *Plan) { program(p).User = "" }, `check exec: exec user: "" is empty or not UTF-8`},
		{"variable's name", func(p *Plan) { program(p).Environment["1A"] = "hunter2" }, `check exec: exec environment: "1A" is no name of a variable`},
		{"variable's name empty", func(p *Plan) { program(p).Environment[""] = "hunter2" }, `check exec: exec environment: "" is no name of a variable`},
		{"variable's name with a sign", func(p *Plan) { program(p).Environment["A=B"] = "hunter2" }, `check exec: exec environment: "A=B" is no name of a variable`},
		{"variable's value", func(p *Plan) { program(p).Environment["A"] = "hunter2\x00" }, "check exec: exec environment A: with a NUL byte"},

		{"process by name and file", func(p *Plan) { check(p, "pid").Process.Name = "nginx" }, "check pid: process: one of name and pid_file is needed, and only one"},
		{"process by path", func(p *Plan) { check(p, "process").Process.Name = "/usr/sbin/nginx" }, `check process: process name: "/usr/sbin/nginx" is a path`},
		{"no process needed", func(p *Plan) { check(p, "process").Process.Minimum = 0 }, "check process: process minimum: 0 is outside 1..4194304"},
		{"two of one file", func(p *Plan) { check(p, "pid").Process.Minimum = 2 }, "check pid: process minimum: 2 with a pid_file, which holds one"},
		{"relative pid file", func(p *Plan) { check(p, "pid").Process.PIDFile = "x" }, `check pid: process pid_file: "x" is no absolute path`},

		{"relative file", func(p *Plan) { file(p).Path = "x" }, `check number: file path: "x" is no absolute path`},
		{"expected", func(p *Plan) { file(p).Expect, file(p).Minimum, file(p).Maximum = "gone", nil, nil }, `check number: file expect: "gone" is none of exists, absent, number`},
		{"limits of no number", func(p *Plan) { file(p).Expect = Exists }, "check number: file: minimum and maximum are of expect number"},
		{"limits backwards", func(p *Plan) { *file(p).Maximum = -1 }, "check number: file maximum: -1 is below the minimum 0"},

		{"ping by name", func(p *Plan) { check(p, "ping").Ping.Address = "gateway" }, `check ping: ping address: "gateway" is no address in its usual form`},
		{"ping with a zone", func(p *Plan) { check(p, "ping").Ping.Address = "fe80::1%eth0" },
			`check ping: ping address: "fe80::1%eth0" is no address in its usual form` + "\ncheck ping: ping address: fe80::1%eth0 is link-local, and of no interface"},
		{"ping link-local", func(p *Plan) { check(p, "ping").Ping.Address = "fe80::1" }, "check ping: ping address: fe80::1 is link-local, and of no interface"},
		{"ping multicast", func(p *Plan) { check(p, "ping").Ping.Address = "224.0.0.1" }, "check ping: ping address: 224.0.0.1 is no unicast address"},
	})
}

// Tracks are broken in both families alike; each fault is told of both.
func TestValidateTracks(t *testing.T) {
	v4 := func(p *Plan) *Router { return &p.Routers[0] }
	track := func(breaks func(*Track)) func(*Plan) {
		return func(p *Plan) { breaks(&v4(p).Tracks[7]) } // one list serves both
	}
	both := func(fault string) string {
		return "router web/public/ipv4: " + fault + "\nrouter web/public/ipv6: " + fault
	}
	refuses(t, full, []breach{
		{"of nothing", track(func(t *Track) { t.Interface = "" }), both("tracks: one of check and interface is needed, and only one")},
		{"of two things", track(func(t *Track) { t.Check = "tcp" }), both("tracks: one of check and interface is needed, and only one")},
		{"of no check", track(func(t *Track) { t.Interface, t.Check = "", "x" }), both(`tracks: there is no check "x"`)},
		{"of a check twice", track(func(t *Track) { t.Interface, t.Check = "", "tcp" }), both("tracks: check tcp is there twice")},
		{"of an interface twice", func(p *Plan) { v4(p).Tracks[6] = v4(p).Tracks[7] },
			both("tracks: interface eth2 is there twice") + "\ncheck ping: no router tracks it, and no upgrade asks it"},
		{"of the own interface", track(func(t *Track) { t.Interface = "eth0" }), both("tracks interface: eth0 is the router's own, which is tracked anyway")},
		{"of no interface's name", track(func(t *Track) { t.Interface = "a/b" }), both(`tracks interface: "a/b" is no name of a network interface`)},
		{"effect", track(func(t *Track) { t.Effect = "" }), both(`tracks effect: "" is none of demote, fault, weight`)},
		{"fault with a weight", track(func(t *Track) { t.Weight = 1 }), both("tracks weight of fault: 1 is outside 0..0")},
		{"demote upwards", track(func(t *Track) { t.Effect, t.Weight = Demote, 1 }), both("tracks weight of demote: 1 is outside -253..-1")},
		{"weight 0", track(func(t *Track) { t.Effect = Weigh }), both("tracks weight: 0 does nothing")},
		{"weight 254", track(func(t *Track) { t.Effect, t.Weight = Weigh, 254 }), both("tracks weight: 254 is outside -253..253")},
		{"in one family only", func(p *Plan) { p.Routers[1].Tracks = p.Routers[1].Tracks[:7] },
			"router web/public/ipv6: tracks: not those of router web/public/ipv4, of the same vip"},
	})
}
