package schema

import (
	"slices"
	"time"
)

var upgrade = &Block{
	Type:    "upgrade",
	Label:   "the upgrade's name",
	Form:    Name,
	Unique:  true,
	PerHost: true,
	Doc:     "A program on the hosts of a cluster that is kept at a release. It holds one block that says how the program is replaced.",
	Example: `upgrade "nginx" {
  cluster = cluster.web

  nginx {
    binary   = "/usr/sbin/nginx"
    pid_file = "/run/nginx.pid"
  }

  release {
    version = "1.27.2"
    source  = "/srv/releases/nginx-1.27.2/nginx"
    sha256  = "9f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f0c5b7a11"
  }
}`,
	Attributes: []Attribute{
		{Name: "cluster", Type: Reference, Kind: "cluster", Required: true, Example: `cluster.web`,
			Doc: "The cluster whose hosts have the program."},
		{Name: "order", Type: String, Enum: []string{"backups-first"}, Default: "backups-first", Example: `"backups-first"`,
			Doc: "Which host goes first: hosts without an address before those with one."},
		{Name: "max_unavailable", Type: Integer, Min: 1, Max: 255, Default: 1, Example: `2`,
			Doc: "How many hosts may be under way at a time."},
		{Name: "spare", Type: Integer, Max: 254, Default: 0, Example: `1`,
			Doc: "How many further hosts may fail meanwhile without a vip losing its last one. What does not fit is refused."},
		{Name: "on_failure", Type: String, Enum: []string{"rollback", "halt"}, Default: "rollback", Example: `"halt"`,
			Doc: "What becomes of the hosts that were upgraded before one that fails: they go back, or stay. The one that fails goes back."},
	},
	Blocks:     []*Block{strategyNginx, strategyHAProxy, strategyExec, release, drain, verify},
	ExactlyOne: [][]string{{"nginx", "haproxy", "exec"}},
}

// masterAndWorkers describes the attributes of a program whose master hands its
// sockets on to new workers.
func masterAndWorkers(program string) []Attribute {
	binary, pidFile := "/usr/sbin/"+program, "/run/"+program+".pid"
	return []Attribute{
		{Name: "binary", Type: String, Form: AbsolutePath, Default: binary, Example: `"` + binary + `"`,
			Doc: "The file that is replaced."},
		{Name: "pid_file", Type: String, Form: AbsolutePath, Default: pidFile, Example: `"` + pidFile + `"`,
			Doc: "The file that holds the master's number."},
		{Name: "worker_timeout", Type: Duration, Default: 5 * time.Minute, Shortest: time.Second, Longest: 24 * time.Hour, Example: `"10m"`,
			Doc: "How long old workers may finish their connections."},
	}
}

var strategyNginx = &Block{
	Type: "nginx",
	Max:  1,
	Doc:  "Replaces the binary of a running nginx, or its configuration, by its own signals, without closing a socket.",
	Example: `nginx {
  binary   = "/usr/sbin/nginx"
  pid_file = "/run/nginx.pid"
}`,
	Attributes: slices.Insert(masterAndWorkers("nginx"), 1,
		Attribute{Name: "config", Type: String, Form: AbsolutePath, Implied: "the binary is replaced", Example: `"/etc/nginx/nginx.conf"`,
			Doc: "The configuration that nginx was started with, to be replaced instead of the binary: nginx reads it anew. `release` is then a configuration, and its `version` what you call it."}),
	AtMostOne: [][]string{{"binary", "config"}},
}

var strategyHAProxy = &Block{
	Type: "haproxy",
	Max:  1,
	Doc:  "Replaces the binary of an HAProxy in master-worker mode, which hands its sockets on.",
	Example: `haproxy {
  binary   = "/usr/sbin/haproxy"
  pid_file = "/run/haproxy.pid"
}`,
	Attributes: masterAndWorkers("haproxy"),
}

var strategyExec = &Block{
	Type: "exec",
	Max:  1,
	Doc:  "Upgrades by programs of your own, run as root and not through a shell.",
	Example: `exec {
  binary   = "/opt/app/bin/app"
  apply    = ["/opt/app/upgrade"]
  rollback = ["/opt/app/upgrade", "--back"]
}`,
	Attributes: []Attribute{
		{Name: "binary", Type: String, Form: AbsolutePath, Required: true, Example: `"/opt/app/bin/app"`,
			Doc: "The file whose hash says which release is there."},
		{Name: "apply", Type: Strings, Form: Command, Required: true, Min: 1, Max: 256, Example: `["/opt/app/upgrade"]`,
			Doc: "Makes the release run."},
		{Name: "verify", Type: Strings, Form: Command, Min: 1, Max: 256, Implied: "the success of `apply`", Example: `["/opt/app/is-up"]`,
			Doc: "Succeeds when the release runs."},
		{Name: "rollback", Type: Strings, Form: Command, Required: true, Min: 1, Max: 256, Example: `["/opt/app/upgrade", "--back"]`,
			Doc: "Makes the release before run again."},
		{Name: "timeout", Type: Duration, Default: 5 * time.Minute, Shortest: time.Second, Longest: 24 * time.Hour, Example: `"1m"`,
			Doc: "How long each of them may take."},
	},
}

var release = &Block{
	Type:     "release",
	Max:      1,
	Required: true,
	Doc:      "What is to run. A host whose file has another hash is out of date.",
	Example: `release {
  version = "1.27.2"
  source  = "/srv/releases/nginx-1.27.2/nginx"
  sha256  = "9f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f0c5b7a11"
}`,
	Attributes: []Attribute{
		{Name: "version", Type: String, Form: Filled, Required: true, Example: `"1.27.2"`,
			Doc: "The version, as the program itself says it; of a configuration, what you call it."},
		{Name: "source", Type: String, Form: AbsolutePath, Required: true, Example: `"/srv/releases/nginx-1.27.2/nginx"`,
			Doc: "The new binary or configuration, on each host."},
		{Name: "sha256", Type: String, Form: SHA256, Required: true, Example: `"9f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f0c5b7a11"`,
			Doc: "The SHA-256 of that file."},
	},
}

var drain = &Block{
	Type: "drain",
	Max:  1,
	Doc:  "Moves the addresses away from a host before its upgrade. Without the block they stay.",
	Example: `drain {
  timeout = "5m"
}`,
	Attributes: []Attribute{
		{Name: "timeout", Type: Duration, Default: 5 * time.Minute, Shortest: time.Second, Longest: 24 * time.Hour, Example: `"10m"`,
			Doc: "How long connections may take to end once the addresses are gone."},
	},
}

var verify = &Block{
	Type: "verify",
	Max:  1,
	Doc:  "When a new release is good.",
	Example: `verify {
  checks = [check.nginx]
  soak   = "30s"
}`,
	Attributes: []Attribute{
		{Name: "checks", Type: References, Kind: "check", Implied: "none", Example: `[check.nginx]`,
			Doc: "Checks that have to be up."},
		{Name: "soak", Type: Duration, Default: time.Duration(0), Longest: 24 * time.Hour, Example: `"30s"`,
			Doc: "For how long."},
	},
}
