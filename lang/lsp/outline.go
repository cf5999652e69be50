package lsp

import (
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hactl/lang/schema"
)

// outline is what can be told of a piece without understanding it, however
// broken it is. All spans count from the piece's beginning.
type outline struct {
	root *block
	uses []use
}

// block is a block of an outline, or the piece itself.
type block struct {
	typ        word
	labels     []word
	body       span // between the braces
	whole      span // from the type to the closing brace
	parent     *block
	attributes []attribute
	blocks     []*block
	iterator   string // of a dynamic block, when it is written
}

// word is a name or label, without quotes, and where it stands.
type word struct {
	text string
	span
}

// attribute is a name with a value, or a word that may become one.
type attribute struct {
	name  word
	value span // behind the equals sign, up to the end of the line; empty without one
}

// use is a name in an expression with the steps that follow it: host.lb01 has two
// words. A step in brackets stands without them.
type use struct {
	block *block // that it stands in
	words []word
	steps []span // of words, with the dot or the brackets; of the first one the word
	call  bool   // the name of a function
}

// newOutline reads a piece.
func newOutline(text string, isJSON bool) *outline {
	if isJSON {
		return jsonOutline(text)
	}
	r := &reader{tokens: tokens(text), size: len(text)}
	o := &outline{root: &block{body: span{0, len(text)}, whole: span{0, len(text)}}}
	for r.at < len(r.tokens) && r.kind(0) != hclsyntax.TokenEOF {
		r.body(o.root)
		r.at++ // a brace that closes nothing
	}
	o.uses = r.uses
	return o
}

// reader makes an outline of tokens.
type reader struct {
	tokens hclsyntax.Tokens
	at     int
	size   int
	depth  int
	uses   []use
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

// body reads what stands in b, up to the brace that closes it.
func (r *reader) body(b *block) {
	for {
		switch r.kind(0) {
		case hclsyntax.TokenEOF, hclsyntax.TokenCBrace:
			return
		case hclsyntax.TokenIdent:
			r.item(b)
		default:
			r.at++
		}
	}
}

// item reads an attribute or a block that begins here.
func (r *reader) item(b *block) {
	name := r.word(0)
	r.at++
	if r.kind(0) == hclsyntax.TokenEqual {
		from := r.word(0).to
		r.at++
		if name.text == "iterator" && r.kind(0) == hclsyntax.TokenIdent {
			b.iterator = r.word(0).text
		}
		r.value(b)
		b.attributes = append(b.attributes, attribute{name, span{from, max(from, r.here())}})
		return
	}
	n := &block{typ: name, parent: b}
	for n.label(r) {
	}
	if r.kind(0) != hclsyntax.TokenOBrace || r.depth >= deepest {
		b.attributes = append(b.attributes, attribute{name: name})
		r.skipLine()
		return
	}
	n.body.from = r.word(0).to
	r.at++
	r.depth++
	r.body(n)
	r.depth--
	n.body.to, n.whole = r.here(), span{name.from, r.here()}
	if r.kind(0) == hclsyntax.TokenCBrace {
		n.whole.to = r.word(0).to
		r.at++
	}
	b.blocks = append(b.blocks, n)
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
		return r.size
	}
	return r.tokens[r.at].Range.Start.Byte
}

// skipLine goes on behind what can be no item, up to the end of the line.
func (r *reader) skipLine() {
	for !slices.Contains([]hclsyntax.TokenType{hclsyntax.TokenNewline, hclsyntax.TokenEOF, hclsyntax.TokenCBrace}, r.kind(0)) {
		r.at++
	}
}

// value reads the value of an attribute of b. It ends with the line, unless
// brackets are open; brackets that were left open end where the next item begins.
func (r *reader) value(b *block) {
	var open []hclsyntax.TokenType
	for ; r.kind(0) != hclsyntax.TokenEOF; r.at++ {
		switch kind := r.kind(0); kind {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			open = append(open, kind)
		case hclsyntax.TokenCBrace:
			if len(open) == 0 {
				return
			}
			open = open[:len(open)-1]
		case hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
			open = open[:max(len(open)-1, 0)]
		case hclsyntax.TokenNewline:
			if len(open) == 0 || open[len(open)-1] != hclsyntax.TokenOBrace && r.itemFollows() {
				return
			}
		case hclsyntax.TokenIdent:
			r.name(b, len(open) > 0 && open[len(open)-1] == hclsyntax.TokenOBrace)
		}
	}
}

// itemFollows reports whether the line behind this line end begins an item.
func (r *reader) itemFollows() bool {
	return r.kind(1) == hclsyntax.TokenIdent && (r.kind(2) == hclsyntax.TokenEqual || r.kind(2) == hclsyntax.TokenOBrace ||
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

// spec returns the description of a block, nil when there is none. A dynamic
// block has the one of dynamic, what stands in its content that of the blocks it
// makes.
func (b *block) spec() *schema.Block {
	if b.parent == nil {
		return schema.Root
	}
	around := b.parent
	if around.typ.text == "dynamic" && around.parent != nil && b.typ.text == "content" {
		return around.target()
	}
	outer := around.spec()
	switch {
	case outer == nil:
		return nil
	case b.typ.text == "dynamic":
		return dynamicSpec(b.target())
	}
	return outer.Block(b.typ.text)
}

// target returns the description of the blocks that a dynamic block makes.
func (b *block) target() *schema.Block {
	outer := b.parent.spec()
	if outer == nil || len(b.labels) == 0 {
		return nil
	}
	return outer.Block(b.labels[0].text)
}

// at returns the innermost block in the braces of which a cursor at offset stands.
func (b *block) at(offset int) *block {
	for _, n := range b.blocks {
		if n.body.holds(offset) {
			return n.at(offset)
		}
	}
	return b
}

// label returns the first label, "" without one.
func (b *block) name() word {
	if len(b.labels) == 0 {
		return word{"", b.typ.span}
	}
	return b.labels[0]
}

// attribute returns the attribute of that name, nil without one.
func (b *block) attribute(name string) *attribute {
	for i := range b.attributes {
		if b.attributes[i].name.text == name {
			return &b.attributes[i]
		}
	}
	return nil
}
