package compiler

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
)

// redact takes sensitive texts out of findings, as whole words: a sensitive 5 is
// no part of 255. They come from variables that were declared so; a password
// itself is never put into a finding.
func redact(found hcl.Diagnostics, sensitive []string) {
	if len(sensitive) == 0 {
		return
	}
	words := make([]string, len(sensitive))
	for i, s := range sensitive {
		quoted := quote(s)
		words[i] = quoted[1 : len(quoted)-1]
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Compare(len(b), len(a)) }) // an address before its beginning
	for _, d := range found {
		d.Detail = blotted(d.Detail, words)
	}
}

// blotted returns text without those words.
func blotted(text string, words []string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		at := func(w string) bool {
			return strings.HasPrefix(text[i:], w) && !(i > 0 && within(text[i-1], w[0])) &&
				!(i+len(w) < len(text) && within(w[len(w)-1], text[i+len(w)]))
		}
		if j := slices.IndexFunc(words, at); j >= 0 {
			b.WriteString("(sensitive)")
			i += len(words[j])
			continue
		}
		b.WriteByte(text[i])
		i++
	}
	return b.String()
}

// within reports whether no word can end between the bytes a and b.
func within(a, b byte) bool { return isLetter(a) && isLetter(b) }

func isLetter(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80
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
