package format

import (
	"bytes"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"hactl/lang"
)

// maxRounds is how often a text is laid out until that changes nothing more.
// Twice has been enough for every text seen.
const maxRounds = 4

// Source returns text, of HCL's native syntax, in the form that every text of
// the same tokens has: formatted again it stays as it is. Of a text that can't
// be parsed it returns nothing but the findings of lang, in which it is called
// name.
func Source(name string, text []byte) ([]byte, hcl.Diagnostics) {
	if _, diags := lang.Syntax(name, text); diags.HasErrors() {
		return nil, diags
	}
	return layOut(trim(text)), nil
}

// layOut indents lines, and puts one space between words and as many before
// equals signs and comments as align them. A text that would mean something
// else then is returned as it is: hclwrite joins some tokens.
func layOut(trimmed []byte) []byte {
	text := trimmed
	for range maxRounds {
		next := trim(hclwrite.Format(text))
		if bytes.Equal(next, text) {
			return text
		}
		if !sameTokens(next, text) {
			break
		}
		text = next
	}
	return trimmed
}

// sameTokens reports whether a and b differ in white space only.
func sameTokens(a, b []byte) bool {
	return slices.EqualFunc(lex(a), lex(b), func(s, t hclsyntax.Token) bool {
		return s.Type == t.Type && bytes.Equal(s.Bytes, t.Bytes)
	})
}

func lex(text []byte) hclsyntax.Tokens {
	tokens, _ := hclsyntax.LexConfig(text, "", hcl.InitialPos) // of what could be parsed
	return tokens
}
