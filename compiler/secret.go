package compiler

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
)

// redact takes sensitive texts out of findings. They come from variables that
// were declared so; a password itself is never put into a finding.
func redact(found hcl.Diagnostics, sensitive []string) {
	for _, s := range sensitive {
		quoted := quote(s)
		for _, d := range found {
			d.Detail = strings.ReplaceAll(d.Detail, quoted[1:len(quoted)-1], "(sensitive)")
		}
	}
}

// sensitive returns the texts under which m's sensitive values could appear in
// a finding.
func (m *model) sensitive() []string {
	var texts []string
	for p := range m.ports() {
		texts = add(texts, p.segment)
		for _, a := range p.addresses {
			texts = addAddress(texts, a)
		}
	}
	for _, v := range m.vips {
		texts = add(texts, v.vrid)
		texts = add(texts, v.interval)
		texts = add(texts, v.group)
		for _, a := range v.addresses {
			texts = addAddress(texts, a)
		}
		for _, b := range v.members {
			texts = add(texts, b.named)
			texts = add(texts, b.source)
			texts = add(texts, b.priority)
		}
	}
	return texts
}

func add[T any](texts []string, v lang.Value[T]) []string {
	if s := fmt.Sprint(v.V); v.Sensitive && s != "" {
		return append(texts, s)
	}
	return texts
}

func addAddress(texts []string, v lang.Value[netip.Prefix]) []string {
	if v.Sensitive {
		return append(texts, v.V.String(), v.V.Addr().String(), v.V.Masked().String())
	}
	return texts
}
