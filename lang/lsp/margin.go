package lsp

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// margin is the indentation of an attribute or block. It tells where one ends that
// is not closed: where a line begins that is indented no deeper.
type margin struct {
	indent int  // of the line on which it begins, in bytes
	outer  int  // of the block around
	tells  bool // false where brackets match, and where a block is not indented
}

// margin returns that of an item of b that begins here.
func (r *reader) margin(b *block) margin {
	if !r.first(0) {
		return margin{b.margin.indent, b.margin.indent, r.indented}
	}
	indent := r.column(0)
	return margin{indent, b.margin.indent, r.indented && indent > b.margin.indent}
}

// first reports whether the nth token from here is the first one of its line.
func (r *reader) first(n int) bool {
	n += r.at
	return n == 0 || n < len(r.tokens) && r.tokens[n].Range.Start.Line > r.tokens[n-1].Range.Start.Line
}

// column returns how far the nth token from here stands from the line's beginning.
func (r *reader) column(n int) int {
	at := r.tokens[r.at+n].Range.Start.Byte
	return at - 1 - strings.LastIndexByte(r.text[:at], '\n')
}

// outside reports whether the nth token from here begins a line that stands behind
// what has that margin: an item that is indented no deeper, or the brace of a block
// around.
func (r *reader) outside(n int, m margin) bool {
	if !m.tells || !r.first(n) {
		return false
	}
	switch r.kind(n) {
	case hclsyntax.TokenIdent:
		return r.column(n) <= m.indent
	case hclsyntax.TokenCBrace:
		return r.column(n) <= m.outer
	}
	return false
}

// leave returns where something ends that is not closed before the token here. Of
// the lines before it that have nothing but blanks, those belong to it that are
// indented deeper, or not at all.
func (r *reader) leave(m margin) int {
	r.broken = true
	if !m.tells {
		return r.here()
	}
	before := r.text[:r.here()]
	to := len(strings.TrimRight(before, " \t\r\n"))
	to += until(before[to:], "\n")
	for to < len(before) {
		line := 1 + until(before[to+1:], "\n")
		if blanks := len(strings.TrimSuffix(before[to+1:to+line], "\r")); blanks > 0 && blanks <= m.indent {
			break
		}
		to += line
	}
	return to
}
