package lsp

import (
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// reader makes an outline of tokens.
type reader struct {
	tokens   hclsyntax.Tokens
	at       int
	text     string
	depth    int
	uses     []use
	indented bool // indentation tells where something ends that is not closed
	broken   bool // something was not closed
}

// deepest is how deep blocks of an outline are nested.
const deepest = 50

// kind returns the type of the nth token from here.
func (r *reader) kind(n int) hclsyntax.TokenType {
	if r.at+n >= len(r.tokens) {
		return hclsyntax.TokenEOF
	}
	return r.tokens[r.at+n].Type
}

// word returns the nth token from here.
func (r *reader) word(n int) word {
	t := r.tokens[r.at+n]
	return word{string(t.Bytes), span{t.Range.Start.Byte, t.Range.End.Byte}}
}

// body reads what stands in b, up to what ends it.
func (r *reader) body(b *block) {
	for {
		switch kind := r.kind(0); {
		case kind == hclsyntax.TokenEOF || kind == hclsyntax.TokenCBrace || r.outside(0, b.margin):
			return
		case kind == hclsyntax.TokenIdent:
			r.item(b)
		default:
			r.at++
		}
	}
}

// item reads an attribute or a block that begins here.
func (r *reader) item(b *block) {
	name, m := r.word(0), r.margin(b)
	r.at++
	if r.kind(0) == hclsyntax.TokenEqual {
		from := r.word(0).to
		r.at++
		if name.text == "iterator" && r.kind(0) == hclsyntax.TokenIdent {
			b.iterator = r.word(0).text
		}
		to := r.value(b, m)
		b.attributes = append(b.attributes, attribute{name, span{from, max(from, to)}})
		return
	}
	n := &block{typ: name, parent: b, margin: m}
	for n.label(r) {
	}
	if r.kind(0) != hclsyntax.TokenOBrace || r.depth >= deepest {
		b.attributes = append(b.attributes, attribute{name: name})
		r.skipLine()
		return
	}
	r.block(n)
	b.blocks = append(b.blocks, n)
}

// block reads n from its brace on.
func (r *reader) block(n *block) {
	n.body.from = r.word(0).to
	r.at++
	r.depth++
	r.body(n)
	r.depth--
	if r.kind(0) == hclsyntax.TokenCBrace && !r.outside(0, n.margin) {
		n.body.to, n.whole = r.here(), span{n.typ.from, r.word(0).to}
		r.at++
		return
	}
	n.body.to = r.leave(n.margin)
	n.whole = span{n.typ.from, n.body.to}
}

// label reads a label of b, in quotes or not.
func (b *block) label(r *reader) bool {
	switch {
	case r.kind(0) == hclsyntax.TokenIdent:
		b.labels = append(b.labels, r.word(0))
		r.at++
	case r.kind(0) == hclsyntax.TokenOQuote && r.kind(1) == hclsyntax.TokenCQuote:
		at := r.word(0).to
		b.labels = append(b.labels, word{"", span{at, at}})
		r.at += 2
	case r.kind(0) == hclsyntax.TokenOQuote && r.kind(1) == hclsyntax.TokenQuotedLit && r.kind(2) == hclsyntax.TokenCQuote:
		b.labels = append(b.labels, r.word(1))
		r.at += 3
	default:
		return false
	}
	return true
}

// here returns where the next token begins.
func (r *reader) here() int {
	if r.at >= len(r.tokens) {
		return len(r.text)
	}
	return r.tokens[r.at].Range.Start.Byte
}

// skipLine goes on behind what can be no item, up to the end of the line.
func (r *reader) skipLine() {
	for !slices.Contains([]hclsyntax.TokenType{hclsyntax.TokenNewline, hclsyntax.TokenEOF, hclsyntax.TokenCBrace}, r.kind(0)) {
		r.at++
	}
}

// value reads the value of an attribute of b and returns where it ends: with the
// line, unless brackets are open; brackets that were left open end where the next
// item begins.
func (r *reader) value(b *block, m margin) (to int) {
	var open []hclsyntax.TokenType
	for ; r.kind(0) != hclsyntax.TokenEOF; r.at++ {
		switch kind := r.kind(0); kind {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			open = append(open, kind)
		case hclsyntax.TokenCBrace:
			n := len(open) - 1
			for n >= 0 && open[n] != hclsyntax.TokenOBrace {
				n--
			}
			if n < 0 {
				return r.valueEnd(open, m)
			}
			open = open[:n]
		case hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
			open = open[:max(len(open)-1, 0)]
		case hclsyntax.TokenNewline:
			if len(open) == 0 || r.outside(1, m) || open[len(open)-1] != hclsyntax.TokenOBrace && r.itemFollows() {
				return r.valueEnd(open, m)
			}
		case hclsyntax.TokenIdent:
			r.name(b, len(open) > 0 && open[len(open)-1] == hclsyntax.TokenOBrace)
		}
	}
	return r.valueEnd(open, m)
}

// valueEnd returns where a value ends of which some brackets may still be open.
func (r *reader) valueEnd(open []hclsyntax.TokenType, m margin) int {
	if len(open) == 0 {
		return r.here()
	}
	return r.leave(m)
}

// itemFollows reports whether the line behind this line end begins an item.
func (r *reader) itemFollows() bool {
	return r.kind(1) == hclsyntax.TokenIdent && (r.kind(2) == hclsyntax.TokenEqual || r.kind(2) == hclsyntax.TokenOBrace ||
		r.kind(2) == hclsyntax.TokenIdent && r.kind(3) == hclsyntax.TokenOBrace ||
		r.kind(2) == hclsyntax.TokenOQuote && r.kind(4) == hclsyntax.TokenOBrace ||
		r.kind(2) == hclsyntax.TokenOQuote && r.kind(5) == hclsyntax.TokenOBrace)
}

// name reads a name in an expression, unless it is the key of an object, and
// stops at its last token.
func (r *reader) name(b *block, inObject bool) {
	if inObject && (r.kind(1) == hclsyntax.TokenEqual || r.kind(1) == hclsyntax.TokenColon) {
		return
	}
	if r.at > 0 && r.tokens[r.at-1].Type == hclsyntax.TokenDot {
		return // behind something that is no name
	}
	u := use{block: b, words: []word{r.word(0)}, steps: []span{r.word(0).span}, call: r.kind(1) == hclsyntax.TokenOParen}
	for {
		from := r.word(0).to
		switch {
		case r.kind(1) == hclsyntax.TokenDot && r.kind(2) == hclsyntax.TokenIdent:
			r.at += 2
			u.add(r.word(0), span{from, r.word(0).to})
		case r.kind(1) == hclsyntax.TokenOBrack && r.kind(2) == hclsyntax.TokenOQuote && r.kind(3) == hclsyntax.TokenQuotedLit &&
			r.kind(4) == hclsyntax.TokenCQuote && r.kind(5) == hclsyntax.TokenCBrack:
			r.at += 5
			u.add(r.word(-2), span{from, r.word(0).to})
		default:
			r.uses = append(r.uses, u)
			return
		}
	}
}

func (u *use) add(w word, step span) {
	u.words = append(u.words, w)
	u.steps = append(u.steps, step)
}
