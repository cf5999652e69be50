package compiler

import (
	"cmp"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
	"hactl/lang/rule"
	"hactl/schemas/plan"
)

// Result is what a configuration without errors means.
type Result struct {
	// Plans are by host, one for each host that is hactl's own; a host that no
	// cluster has gets an empty one.
	Plans map[string]*plan.Plan

	// Origins name the file and line that made an object, by host and object ID
	// ("router web/public/ipv4": "main.ha.hcl:12").
	Origins map[string]map[string]string

	Hosts []Host // by name, neighbours included
	Vips  []Vip  // by name

	Store           lang.Value[string] // of the hactl block; not Set when there is none
	RequiredVersion lang.Value[string] // likewise
}

// Host is a host of the configuration.
type Host struct {
	Name string
	SSH  string    // the destination for ssh: the name unless written
	Kind plan.Kind // who speaks VRRP there
}

// Vip is a vip with its hosts in order of preference.
type Vip struct {
	Name  string // "web/public"
	Order []Rank // highest priority first
}

// Rank is the place of one host in the election.
type Rank struct {
	Host     string
	Priority int // 1..255
	Kind     plan.Kind
}

// Compile resolves, checks and lowers c. It returns every finding, in order of
// file and place, and a Result that is usable when none of them is an error. It
// takes a c that was loaded with errors too, to find what else there is; the
// Result of such a c has no plans.
func Compile(c *lang.Config) (*Result, hcl.Diagnostics) {
	var found hcl.Diagnostics
	report := func(d *hcl.Diagnostic) { found = append(found, d) }
	m := resolve(c, report)
	check(m, report)
	found = tidy(found)
	redact(found, c.Sensitive())

	result := &Result{}
	if s := c.Settings(); s != nil {
		result.Store, result.RequiredVersion = s.String("store"), s.String("required_version")
	}
	for _, h := range m.hosts {
		result.Hosts = append(result.Hosts, Host{h.name, h.ssh, h.kind})
	}
	if c.Flawed || found.HasErrors() || !m.whole() {
		return result, found
	}
	for _, v := range m.vips {
		result.Vips = append(result.Vips, order(v))
	}
	slices.SortFunc(result.Vips, func(a, b Vip) int { return cmp.Compare(a.Name, b.Name) })
	plans, made := lower(m, own)
	if broken := broken(plans, made); broken.HasErrors() {
		return result, append(found, broken...)
	}
	result.Plans, result.Origins = plans, made.origins()
	return result, found
}

// own reports whether h is hactl's own.
func own(h *host) bool { return h.kind == plan.Hactl }

// order returns v with its members by rank.
func order(v *vip) Vip {
	o := Vip{Name: v.id()}
	for _, m := range v.members {
		o.Order = append(o.Order, Rank{m.host.name, m.rank, m.host.kind})
	}
	return o
}

// tidy sorts findings by place, code and text and drops repeated ones: what
// stands on a cluster is found once for each of its vips.
func tidy(found hcl.Diagnostics) hcl.Diagnostics {
	compare := func(a, b *hcl.Diagnostic) int {
		return cmp.Or(rule.ComparePlaces(*a.Subject, *b.Subject), cmp.Compare(code(a), code(b)), cmp.Compare(a.Detail, b.Detail))
	}
	slices.SortStableFunc(found, compare)
	return slices.CompactFunc(found, func(a, b *hcl.Diagnostic) bool { return compare(a, b) == 0 })
}

func code(d *hcl.Diagnostic) string {
	c, _, _ := rule.Of(d)
	return c
}
