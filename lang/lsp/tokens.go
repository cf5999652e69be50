package lsp

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// mostRepairs is how many quotes without an end are repaired in one piece.
const mostRepairs = 16

// tokens returns the words and signs of a text without comments. What begins a
// text in quotes or a here-document that does not end is passed over, so that
// what follows is still read as code.
func tokens(text string) hclsyntax.Tokens {
	source := []byte(text)
	for range mostRepairs {
		all, _ := hclsyntax.LexConfig(source, "", hcl.InitialPos) // what is wrong is found elsewhere
		from, to := unclosed(all)
		if from == to {
			return withoutComments(all)
		}
		for i := from; i < to; i++ {
			source[i] = ' '
		}
	}
	return nil
}

// unclosed returns where the outermost text that does not end begins; nowhere
// when all end.
func unclosed(all hclsyntax.Tokens) (from, to int) {
	var open []hcl.Range
	for _, t := range all {
		switch t.Type {
		case hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
			open = append(open, t.Range)
		case hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
			open = open[:max(len(open)-1, 0)]
		}
		if len(open) > 0 && (t.Type == hclsyntax.TokenQuotedNewline || t.Type == hclsyntax.TokenEOF) {
			from, to = open[0].Start.Byte, open[0].End.Byte
			return from, max(to, from+1)
		}
	}
	return 0, 0
}

// withoutComments drops comments; one that ends its line becomes the line end.
func withoutComments(all hclsyntax.Tokens) hclsyntax.Tokens {
	kept := all[:0]
	for _, t := range all {
		if t.Type == hclsyntax.TokenComment {
			if n := len(t.Bytes); n == 0 || t.Bytes[n-1] != '\n' {
				continue
			}
			t.Type = hclsyntax.TokenNewline
		}
		kept = append(kept, t)
	}
	return kept
}
