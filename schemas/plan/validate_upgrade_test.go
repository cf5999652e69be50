package plan

import "testing"

// Each case breaks one promise of upgrade.go.
func TestValidateUpgrades(t *testing.T) {
	exec := func(p *Plan) *Upgrade { return &p.Upgrades[0] }
	haproxy := func(p *Plan) *Upgrade { return &p.Upgrades[1] }
	nginx := func(p *Plan) *Upgrade { return &p.Upgrades[2] }
	const strategies = "strategy: one of nginx, haproxy and exec is needed, and only one"
	refuses(t, full, []breach{
		{"unsorted", func(p *Plan) { p.Upgrades[0], p.Upgrades[1] = p.Upgrades[1], p.Upgrades[0] },
			"upgrade exec: name: not behind haproxy: upgrades are sorted, and a name is there once"},
		{"no strategy", func(p *Plan) { nginx(p).Nginx = nil }, "upgrade nginx: " + strategies},
		{"two strategies", func(p *Plan) { nginx(p).HAProxy = haproxy(p).HAProxy }, "upgrade nginx: " + strategies},
		{"relative binary", func(p *Plan) { nginx(p).Nginx.Binary = "nginx" }, `upgrade nginx: nginx binary: "nginx" is no absolute path`},
		{"binary and configuration", func(p *Plan) { nginx(p).Nginx.Config = "/etc/nginx/nginx.conf" }, "upgrade nginx: nginx: one of binary and config is needed, and only one"},
		{"neither of them", func(p *Plan) { nginx(p).Nginx.Binary = "" }, "upgrade nginx: nginx: one of binary and config is needed, and only one"},
		{"relative configuration", func(p *Plan) { nginx(p).Nginx.Binary, nginx(p).Nginx.Config = "", "nginx.conf" }, `upgrade nginx: nginx config: "nginx.conf" is no absolute path`},
		{"no pid file", func(p *Plan) { haproxy(p).HAProxy.PIDFile = "" }, `upgrade haproxy: haproxy pid_file: "" is no absolute path`},
		{"no time for workers", func(p *Plan) { nginx(p).Nginx.WorkerTimeout = 0 }, "upgrade nginx: nginx worker_timeout_ms: 0 is outside 1..86400000"},
		{"too much time for workers", func(p *Plan) { haproxy(p).HAProxy.WorkerTimeout = Longest + 1 }, "upgrade haproxy: haproxy worker_timeout_ms: 86400001 is outside 1..86400000"},

		{"no file to hash", func(p *Plan) { exec(p).Exec.Binary = "" }, `upgrade exec: exec binary: "" is no absolute path`},
		{"nothing to apply", func(p *Plan) { exec(p).Exec.Apply = nil }, "upgrade exec: exec apply: none"},
		{"relative program", func(p *Plan) { exec(p).Exec.Verify = []string{"x"} }, `upgrade exec: exec verify: "x" is no absolute path`},
		{"no way back", func(p *Plan) { exec(p).Exec.Rollback = nil }, "upgrade exec: exec rollback: none"},
		{"no time", func(p *Plan) { exec(p).Exec.Timeout = 0 }, "upgrade exec: exec timeout_ms: 0 is outside 1..86400000"},

		{"no version", func(p *Plan) { exec(p).Release.Version = "" }, `upgrade exec: release version: "" is empty or not UTF-8`},
		{"relative source", func(p *Plan) { exec(p).Release.Source = "x" }, `upgrade exec: release source: "x" is no absolute path`},
		{"hash", func(p *Plan) { exec(p).Release.SHA256 = "0a" }, `upgrade exec: release sha256: "0a" is not 64 lower-case hexadecimal digits`},

		{"vip that is not there", func(p *Plan) { nginx(p).Vips = []string{"web/public", "web/x"} }, `upgrade nginx: vips: "web/x" is no vip of cluster "web" here, or there twice`},
		{"vip of another cluster", func(p *Plan) { nginx(p).Vips = []string{"web/public", "db/x"} }, `upgrade nginx: vips: "db/x" is no vip of cluster "web" here, or there twice`},
		{"vip twice", func(p *Plan) { nginx(p).Vips = []string{"web/public", "web/public"} }, `upgrade nginx: vips: "web/public" is no vip of cluster "web" here, or there twice`},
		{"not all vips", func(p *Plan) { another(p, "web/x/ipv4", "10.0.0.200/32"); p.Routers[2].VRID = 51 }, "upgrade nginx: vips: not all of cluster web"},
		{"no time to drain", func(p *Plan) { nginx(p).DrainTimeout = 0 }, "upgrade nginx: drain_timeout_ms: 0 is outside 1..86400000"},
		{"time to drain nothing", func(p *Plan) { exec(p).DrainTimeout = 1 }, "upgrade exec: drain_timeout_ms: 1 is outside 0..0"},

		{"no such check", func(p *Plan) { exec(p).Verify.Checks = []string{"x"} }, `upgrade exec: verify checks: there is no check "x"`},
		{"checks unsorted", func(p *Plan) { exec(p).Verify.Checks = []string{"tcp", "http"} }, `upgrade exec: verify checks: "http" not behind "tcp": they are sorted, each once`},
		{"negative soak", func(p *Plan) { exec(p).Verify.Soak = -1 }, "upgrade exec: verify soak_ms: -1 is outside 0..86400000"},
		{"on failure", func(p *Plan) { exec(p).OnFailure = "" }, `upgrade exec: on_failure: "" is none of rollback, halt`},
	})
}
