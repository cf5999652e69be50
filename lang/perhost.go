package lang

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hactl/lang/rule"
	"hactl/lang/schema"
)

// For returns what the block is for one host: itself, unless expressions in it
// use self.
func (b *Block) For(host string) *Block {
	if v := b.variants[host]; v != nil {
		return v
	}
	return b
}

// Trouble returns what is wrong with the block for the host that For gave it for,
// and not for every host: a host that does not need the block may well lack what
// it asks of self. Load does not report it.
func (b *Block) Trouble() hcl.Diagnostics { return b.trouble }

// decodeForHosts decodes a block: once for each host when its expressions may
// use self, and do.
func (l *loader) decodeForHosts(parent *Block, spec *schema.Block, m made) *Block {
	if !spec.PerHost {
		return l.decode(parent, spec, m)
	}
	m.shared = true
	hosts := l.config.Root.Blocks("host")
	if len(hosts) == 0 {
		return l.decode(parent, spec, m.forHost(cty.UnknownVal(hostType)))
	}
	first, before := m.forHost(hostValue(hosts[0])), len(l.diags)
	b := l.decode(parent, spec, first)
	if !first.it.asked {
		return b
	}
	once := l.take(before)
	variants := make(map[string]*Block, len(hosts))
	for _, h := range hosts {
		v := l.decode(parent, spec, m.forHost(hostValue(h)))
		v.trouble = l.take(before)
		variants[h.label] = v
	}
	l.share(once, hosts[0].label, variants)
	b = variants[hosts[0].label]
	b.variants = variants
	return b
}

// forHost returns m with that host as self.
func (m made) forHost(host cty.Value) made {
	m.it = &iteration{parent: m.it, name: "self", value: host}
	return m
}

// take takes the findings from the nth on.
func (l *loader) take(n int) hcl.Diagnostics {
	taken := slices.Clone(l.diags[n:])
	l.diags = l.diags[:n]
	return taken
}

// share reports what is wrong with a block for every host, and leaves the rest to
// the variants. once is what was found when the block was decoded for the first
// host before: some things are found only once, such as a name that its
// description lacks, and those that are found again have to do with the host.
func (l *loader) share(once hcl.Diagnostics, first string, variants map[string]*Block) {
	var common hcl.Diagnostics
	for _, d := range once {
		if !holds(variants[first].trouble, d) {
			common = append(common, d)
		}
	}
	for _, d := range variants[first].trouble {
		everywhere := true
		for _, v := range variants {
			everywhere = everywhere && holds(v.trouble, d)
		}
		if everywhere {
			common = append(common, d)
		}
	}
	for _, v := range variants {
		v.trouble = inOrder(slices.DeleteFunc(v.trouble, func(d *hcl.Diagnostic) bool { return holds(common, d) }))
		l.hide(v.trouble)
	}
	l.diags = append(l.diags, common...)
}

// holds reports whether d, or the same at the same place, is among diags.
func holds(diags hcl.Diagnostics, d *hcl.Diagnostic) bool {
	return slices.ContainsFunc(diags, func(e *hcl.Diagnostic) bool {
		return rule.ComparePlaces(*d.Subject, *e.Subject) == 0 && d.Detail == e.Detail
	})
}
