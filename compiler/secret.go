package compiler

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
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
