package compiler

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
	"hactl/schemas/plan"
)

// upgrade is an upgrade block.
type upgrade struct {
	name    string
	at      hcl.Range
	block   *lang.Block
	cluster *lang.Block // nil when there is none of that name
	hosts   []*host     // of the cluster, those that are hactl's own
	vips    []string    // of the cluster, "web/public"
	checks  []string    // that have to be up, sorted
}

// upgrade resolves one upgrade block.
func (r *resolver) upgrade(b *lang.Block) {
	u := &upgrade{name: b.Label(), at: b.Range(), block: b, cluster: r.byCluster[b.Ref("cluster").V.ID]}
	if u.cluster != nil {
		for _, ref := range u.cluster.Refs("hosts") {
			if h := r.byName[ref.V.ID]; h != nil && h.kind == plan.Hactl && !slices.Contains(u.hosts, h) {
				u.hosts = append(u.hosts, h)
			}
		}
		for _, v := range u.cluster.Blocks("vip") {
			u.vips = append(u.vips, u.cluster.Label()+"/"+v.Label())
		}
	}
	if v := b.Block("verify"); v != nil {
		for _, ref := range v.Refs("checks") {
			u.checks = append(u.checks, ref.V.ID)
		}
		slices.Sort(u.checks)
		u.checks = slices.Compact(u.checks)
	}
	r.upgrades = append(r.upgrades, u)
}

// lowerUpgrades adds each upgrade to the plans of its hosts.
func lowerUpgrades(m *model, plans map[string]*plan.Plan, places places) {
	for _, u := range m.upgrades {
		for _, h := range u.hosts {
			p := plans[h.name]
			if p == nil {
				continue
			}
			p.Upgrades = append(p.Upgrades, u.lower(h.name))
			places[h.name]["upgrade "+u.name] = u.at
		}
	}
}

// lower returns u for one host.
func (u *upgrade) lower(host string) plan.Upgrade {
	b := u.block.For(host)
	release := b.Block("release")
	p := plan.Upgrade{
		Name: u.name,
		Release: plan.Build{
			Version: release.String("version").V, Source: release.String("source").V, SHA256: strings.ToLower(release.String("sha256").V),
		},
		Verify:    plan.Verify{Checks: u.checks},
		OnFailure: plan.OnFailure(b.String("on_failure").V),
	}
	if s := b.Block("nginx"); s != nil {
		p.Nginx = &plan.NginxStrategy{PIDFile: s.String("pid_file").V, WorkerTimeout: millis(s, "worker_timeout")}
		if s.Has("config") {
			p.Nginx.Config = s.String("config").V
		} else {
			p.Nginx.Binary = s.String("binary").V
		}
	}
	if s := b.Block("haproxy"); s != nil {
		p.HAProxy = &plan.HAProxyStrategy{Binary: s.String("binary").V, PIDFile: s.String("pid_file").V, WorkerTimeout: millis(s, "worker_timeout")}
	}
	if s := b.Block("exec"); s != nil {
		p.Exec = &plan.ExecStrategy{
			Binary: s.String("binary").V, Apply: texts(s, "apply"), Verify: texts(s, "verify"), Rollback: texts(s, "rollback"), Timeout: millis(s, "timeout"),
		}
	}
	if d := b.Block("drain"); d != nil && len(u.vips) > 0 {
		p.Vips, p.DrainTimeout = u.vips, millis(d, "timeout")
	}
	if v := b.Block("verify"); v != nil {
		p.Verify.Soak = millis(v, "soak")
	}
	if most := b.Integer("max_unavailable").V; most > 1 {
		p.MaxUnavailable = most
	}
	return p
}

// file returns the file that u replaces on a host.
func (u *upgrade) file(host string) lang.Value[string] {
	b := u.block.For(host)
	for _, strategy := range []string{"nginx", "haproxy", "exec"} {
		switch s := b.Block(strategy); {
		case s != nil && strategy == "nginx" && s.Has("config"):
			return s.String("config")
		case s != nil:
			return s.String("binary")
		}
	}
	return lang.Value[string]{}
}
