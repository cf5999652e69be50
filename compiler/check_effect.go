package compiler

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
	"hactl/schemas/plan"
)

// setting is an attribute that only some vips have a use for.
type setting struct {
	at   hcl.Range
	used bool   // by this vip
	why  string // it has no effect where none uses it
}

// checkEffect refuses attributes that none of the vips under them has a use
// for: on a cluster one vip is enough.
func checkEffect(m *model, report report) {
	used := map[hcl.Range]bool{}
	for _, v := range m.vips {
		for _, s := range v.settings() {
			used[s.at] = used[s.at] || s.used || v.partial
		}
	}
	for _, v := range m.vips {
		for _, s := range v.settings() {
			if !used[s.at] {
				report(rule.WithoutEffect.At(s.at, s.why))
			}
		}
	}
}

// settings returns the attributes of v that not every vip has a use for.
func (v *vip) settings() []setting {
	var found []setting
	has := func(f plan.Family) bool { return slices.Contains(v.families(), f) }
	if v.checksum.Set && v.checksum.V == "rfc9568" {
		found = append(found, setting{v.checksum.Range, v.version.V != 2 && has(plan.IPv4),
			"Only version 3 over IPv4 has two forms of checksum: version 2 and IPv6 know one each. Remove the attribute, or write it where it counts."})
	}
	if v.group.Set && v.group.V.IsMulticast() {
		f := plan.Of(v.group.V)
		found = append(found, setting{v.group.Range, has(f),
			"No " + familyName(f) + " address is moved here, and the group is one of " + familyName(f) + ". Remove it, or write a group of the other family."})
	}
	for _, m := range v.members {
		if m.source.Set {
			f := plan.Of(m.source.V)
			found = append(found, setting{m.source.Range, has(f),
				"No " + familyName(f) + " address is moved here, so no adverts come from an " + familyName(f) + " source. Remove it, or write one of the other family."})
		}
	}
	return found
}
