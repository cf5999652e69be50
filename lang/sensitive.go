package lang

import (
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// Sensitive returns the texts that c's sensitive values could show as in a
// message, sorted: what is in none of them may be printed.
func (c *Config) Sensitive() []string {
	var texts []string
	c.Root.sensitive(&texts)
	slices.Sort(texts)
	return slices.Compact(texts)
}

// sensitive adds the texts of b and the blocks in it.
func (b *Block) sensitive(texts *[]string) {
	for _, a := range b.attributes {
		if a != nil {
			a.addTexts(texts)
		}
	}
	for _, all := range b.blocks {
		for _, n := range all {
			n.sensitive(texts)
		}
	}
	for _, v := range b.variants {
		if v != b {
			v.sensitive(texts)
		}
	}
}

// addTexts adds the texts of a's value, or of its elements.
func (a *attribute) addTexts(texts *[]string) {
	add := func(sensitive bool, s ...string) {
		if sensitive {
			*texts = append(*texts, s...)
		}
	}
	switch v := a.decoded.(type) {
	case string:
		add(a.sensitive && v != "", v)
	case int:
		add(a.sensitive, fmt.Sprint(v))
	case time.Duration:
		add(a.sensitive, v.String())
	case netip.Addr:
		add(a.sensitive, v.String())
	case netip.Prefix:
		add(a.sensitive, prefixTexts(v)...)
	case []Value[netip.Prefix]:
		for _, e := range v {
			add(e.Sensitive, prefixTexts(e.V)...)
		}
	case []Value[string]:
		for _, e := range v {
			add(e.Sensitive && e.V != "", e.V)
		}
	case map[string]Value[string]:
		for _, e := range v {
			add(e.Sensitive && e.V != "", e.V)
		}
	}
}

// prefixTexts returns the forms in which messages show an address.
func prefixTexts(p netip.Prefix) []string {
	return []string{p.String(), p.Addr().String(), p.Masked().String()}
}
