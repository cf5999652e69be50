package compiler

import (
	"fmt"
	"slices"

	"hactl/lang"
	"hactl/schemas/plan"
)

// needs are the hosts that need a block which may differ between hosts: a check,
// a notify block or an upgrade.
type needs map[*lang.Block][]*host

// add notes that h needs b, if a plan is made for h.
func (n needs) add(b *lang.Block, h *host) {
	if h.kind == plan.Hactl && !slices.Contains(n[b], h) {
		n[b] = append(n[b], h)
	}
}

// findNeeds returns who needs what in m.
func findNeeds(m *model) needs {
	n := needs{}
	for _, v := range m.vips {
		for _, b := range v.members {
			for _, t := range v.tracks {
				if t.check != nil {
					n.add(t.check.block, b.host)
				}
			}
			for _, t := range v.targets {
				n.add(t.block, b.host)
			}
		}
	}
	for _, u := range m.upgrades {
		for _, h := range u.hosts {
			n.add(u.block, h)
			for _, c := range m.checks {
				if slices.Contains(u.checks, c.name) {
					n.add(c.block, h)
				}
			}
		}
	}
	return n
}

// forms returns what b is on the hosts that need it, each form once; b itself
// when none does.
func (n needs) forms(b *lang.Block) []*lang.Block {
	var forms []*lang.Block
	for _, h := range n[b] {
		if f := b.For(h.name); !slices.Contains(forms, f) {
			forms = append(forms, f)
		}
	}
	if len(forms) == 0 {
		return []*lang.Block{b}
	}
	return forms
}

// checkNeeds reports what package lang found wrong with a block for some hosts
// only, where one of these needs it.
func checkNeeds(m *model, report report) {
	for b, hosts := range m.needs {
		for _, h := range hosts {
			for _, d := range b.For(h.name).Trouble() {
				there := *d
				there.Detail = fmt.Sprintf("For host %q: %s", h.name, d.Detail)
				report(&there)
			}
		}
	}
}
