package lsp

import (
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
	margin     margin
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

// newOutline reads a piece. Where brackets do not match it reads once more, and
// takes indentation as a hint.
func newOutline(text string, isJSON bool) *outline {
	if isJSON {
		return jsonOutline(text)
	}
	r := &reader{tokens: tokens(text), text: text}
	o := r.outline()
	if r.broken {
		r = &reader{tokens: r.tokens, text: text, indented: true}
		o = r.outline()
	}
	return o
}

// outline reads all tokens.
func (r *reader) outline() *outline {
	size := len(r.text)
	root := &block{body: span{0, size}, whole: span{0, size}}
	for r.at < len(r.tokens) && r.kind(0) != hclsyntax.TokenEOF {
		r.body(root)
		r.at++ // a brace that closes nothing
	}
	return &outline{root, r.uses}
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

// name returns the first label; without one nothing, where the type stands.
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
