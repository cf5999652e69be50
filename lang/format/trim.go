package format

import (
	"bytes"
	"regexp"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// trimmer writes a text without the lines and spaces that nobody sees.
type trimmer struct {
	out   bytes.Buffer
	last  hclsyntax.TokenType // of what was written; TokenNil at the beginning
	fresh bool                // nothing is written on this line yet
	empty bool                // an empty line stood before it
}

// trim returns text with lines that end in a line feed alone, without a byte
// order mark and white space at the ends of lines. One empty line is left of
// several, and none at the beginning and end of a text and within brackets. The
// text of a here-document stays as it is.
func trim(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	t := trimmer{last: hclsyntax.TokenNil, fresh: true}
	end := 0
	for _, token := range lex(text) {
		t.token(token, text[end:token.Range.Start.Byte])
		end = token.Range.End.Byte
	}
	return t.out.Bytes()
}

// token writes one token and the spaces before it.
func (t *trimmer) token(token hclsyntax.Token, spaces []byte) {
	switch token.Type {
	case hclsyntax.TokenNewline, hclsyntax.TokenEOF:
		t.lineEnd()
		return
	case hclsyntax.TokenComment, hclsyntax.TokenOHeredoc:
		token.Bytes = trailing.ReplaceAll(token.Bytes, nil)
	}
	if t.empty && !opens[t.last] && !closes[token.Type] {
		t.out.WriteByte('\n')
	}
	t.out.Write(spaces)
	t.out.Write(token.Bytes)
	t.last, t.empty = token.Type, false
	t.fresh = token.Type == hclsyntax.TokenComment && bytes.HasSuffix(token.Bytes, []byte("\n"))
}

// trailing matches white space at the ends of lines.
var trailing = regexp.MustCompile(`(?m)[ \t\r]+$`)

// lineEnd ends a line that holds something.
func (t *trimmer) lineEnd() {
	if t.fresh {
		t.empty = true
		return
	}
	t.out.WriteByte('\n')
	t.fresh = true
}

// No empty line stands behind what opens, and none before what closes.
var (
	opens = map[hclsyntax.TokenType]bool{
		hclsyntax.TokenNil: true, hclsyntax.TokenOBrace: true, hclsyntax.TokenOBrack: true, hclsyntax.TokenOParen: true,
		hclsyntax.TokenTemplateInterp: true, hclsyntax.TokenTemplateControl: true,
	}
	closes = map[hclsyntax.TokenType]bool{
		hclsyntax.TokenCBrace: true, hclsyntax.TokenCBrack: true, hclsyntax.TokenCParen: true, hclsyntax.TokenTemplateSeqEnd: true,
	}
)
