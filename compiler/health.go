package compiler

import (
	"slices"
	"strconv"
	"strings"

	"hactl/lang"
	"hactl/schemas/plan"
)

// healthCheck is a check block.
type healthCheck struct {
	name  string
	block *lang.Block
	used  bool // some vip tracks it, or an upgrade asks it
}

// healthCheck enters one check block.
func (r *resolver) healthCheck(b *lang.Block) {
	c := &healthCheck{name: b.Label(), block: b}
	r.checks = append(r.checks, c)
	r.byCheck[c.name] = c
}

// lowerChecks adds to each plan the checks that its routers track, and those
// that its upgrades ask.
func lowerChecks(m *model, plans map[string]*plan.Plan, places places) {
	for _, c := range m.checks {
		for host, p := range plans {
			if asks(p, c.name) {
				p.Checks = append(p.Checks, c.lower(host))
				places[host]["check "+c.name] = c.block.Range()
			}
		}
	}
}

// asks reports whether p needs that check.
func asks(p *plan.Plan, check string) bool {
	return slices.ContainsFunc(p.Routers, func(r plan.Router) bool {
		return slices.ContainsFunc(r.Tracks, func(t plan.Track) bool { return t.Check == check })
	}) || slices.ContainsFunc(p.Upgrades, func(u plan.Upgrade) bool { return slices.Contains(u.Verify.Checks, check) })
}

// lower returns c for one host.
func (c *healthCheck) lower(host string) plan.Check {
	b := c.block.For(host)
	p := plan.Check{
		Name:     c.name,
		Interval: millis(b, "interval"),
		Timeout:  millis(b, "timeout"),
		Jitter:   millis(b, "jitter"),
		Fall:     b.Integer("fall").V,
		Rise:     b.Integer("rise").V,
		Initial:  plan.Initial(b.String("initial").V),
	}
	if x := b.Block("http"); x != nil {
		p.HTTP = lowerHTTP(x)
	}
	if x := b.Block("tcp"); x != nil {
		p.TCP = &plan.TCPProbe{Address: x.String("address").V}
	}
	if x := b.Block("exec"); x != nil {
		p.Exec = &plan.ExecProbe{Command: texts(x, "command"), User: x.String("user").V, Environment: textMap(x, "environment")}
	}
	if x := b.Block("process"); x != nil {
		p.Process = &plan.ProcessProbe{Name: x.String("name").V, PIDFile: x.String("pid_file").V, Minimum: x.Integer("minimum").V}
	}
	if x := b.Block("file"); x != nil {
		p.File = &plan.FileProbe{
			Path: x.String("path").V, Expect: plan.Expect(x.String("expect").V), Minimum: optional(x, "minimum"), Maximum: optional(x, "maximum"),
		}
	}
	if x := b.Block("ping"); x != nil {
		p.Ping = &plan.PingProbe{Address: x.Address("address").V.String()}
	}
	return p
}

func lowerHTTP(b *lang.Block) *plan.HTTPProbe {
	p := &plan.HTTPProbe{
		URL: b.String("url").V, Method: b.String("method").V, Host: b.String("host").V, Headers: textMap(b, "headers"),
		Body: b.String("body").V, Digest: strings.ToLower(b.String("digest").V),
		ServerName: b.String("server_name").V, CAFile: b.String("ca_file").V, Insecure: !b.Bool("verify").V,
	}
	for _, s := range b.Strings("status") {
		p.Status = append(p.Status, statusRange(s.V))
	}
	if len(p.Status) == 0 {
		p.Status = []plan.StatusRange{{From: 200, To: 299}}
	}
	return p
}

// statusRange reads "200" or "200-299".
func statusRange(s string) plan.StatusRange {
	from, to, isRange := strings.Cut(s, "-")
	if !isRange {
		to = from
	}
	return plan.StatusRange{From: number(from), To: number(to)}
}

// number reads digits that package lang has looked at.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		panic("compiler: package lang let a number pass: " + err.Error())
	}
	return n
}

// optional returns a written number, or nil.
func optional(b *lang.Block, name string) *int {
	if v := b.Integer(name); v.Set {
		return &v.V
	}
	return nil
}
