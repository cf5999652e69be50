package lang

import (
	"net/netip"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/schema"
)

// Block is one block after evaluation. Blocks that a dynamic block made stand
// beside written ones. Asking a block for a name that its description in
// lang/schema lacks, or for a value of another type, panics.
type Block struct {
	spec   *schema.Block
	parent *Block

	label      string
	header     hcl.Range
	labelRange hcl.Range

	attributes []*attribute // by position in spec.Attributes; nil: not written
	blocks     [][]*Block   // by position in spec.Blocks
	broken     []string     // nested block types of which some could not be made

	variants map[string]*Block // what it is for each host; nil when it is the same for all
	trouble  hcl.Diagnostics   // of a variant: what is wrong with it and not with every one
}

// attribute is one written attribute.
type attribute struct {
	name      hcl.Range
	value     hcl.Range
	sensitive bool
	broken    bool // a finding is about it; decoded lacks what is wrong

	// decoded is a Value of the attribute's type, or a slice or map of them;
	// nil when nothing could be decoded.
	decoded any
}

// newBlock returns an empty block.
func newBlock(parent *Block, spec *schema.Block) *Block {
	return &Block{
		spec:       spec,
		parent:     parent,
		attributes: make([]*attribute, len(spec.Attributes)),
		blocks:     make([][]*Block, len(spec.Blocks)),
	}
}

// Type returns the block's type, "vip". The root has none.
func (b *Block) Type() string { return b.spec.Type }

// Label returns the block's label, empty for a type of block without one.
func (b *Block) Label() string { return b.label }

// Range returns the range of the header: type and label.
func (b *Block) Range() hcl.Range { return b.header }

// LabelRange returns the range of the label, or of the header when there is
// none. For a dynamic block it is the expression that gave the label.
func (b *Block) LabelRange() hcl.Range { return b.labelRange }

// LabelPrefix returns the label of a block whose label is an address or network:
// one without a prefix length is /32 or /128. It panics for any other.
func (b *Block) LabelPrefix() Value[netip.Prefix] {
	p, err := netip.ParsePrefix(b.label)
	if err != nil {
		a := netip.MustParseAddr(b.label)
		p = netip.PrefixFrom(a, a.BitLen())
	}
	return Value[netip.Prefix]{V: p, Range: b.labelRange, Set: true}
}

// Parent returns the block that b stands in, nil for the root.
func (b *Block) Parent() *Block { return b.parent }

// Blocks returns the nested blocks of that type: those with labels in lexical
// order of labels, others in source order.
func (b *Block) Blocks(typ string) []*Block { return b.blocks[b.nested(typ)] }

// Block returns the only nested block of that type, or nil.
func (b *Block) Block(typ string) *Block {
	if all := b.Blocks(typ); len(all) > 0 {
		return all[0]
	}
	return nil
}

// Find returns the nested block of that type and label, or nil.
func (b *Block) Find(typ, label string) *Block {
	for _, n := range b.Blocks(typ) {
		if n.label == label {
			return n
		}
	}
	return nil
}

// Has reports whether the attribute is written, or a nested block of that type
// is. An attribute that is null counts as not written.
func (b *Block) Has(name string) bool {
	if i := b.spec.Attribute(name); i >= 0 {
		return b.attributes[i] != nil
	}
	return len(b.Blocks(name)) > 0
}

// Broken reports whether a finding says that what stands under that name, an
// attribute or a type of nested blocks, is not all there. Nothing should then
// be concluded from what is missing.
func (b *Block) Broken(name string) bool {
	if i := b.spec.Attribute(name); i >= 0 {
		return b.attributes[i] != nil && b.attributes[i].broken
	}
	b.nested(name)
	return slices.Contains(b.broken, name)
}

// AttrRange returns the range of the attribute's value, or of the block's
// header when it is not written.
func (b *Block) AttrRange(name string) hcl.Range {
	if a := b.attributes[b.position(name)]; a != nil {
		return a.value
	}
	return b.header
}

// NameRange returns the range of the attribute's name, or of the block's
// header when it is not written.
func (b *Block) NameRange(name string) hcl.Range {
	if a := b.attributes[b.position(name)]; a != nil {
		return a.name
	}
	return b.header
}

// Holder returns the block to ask for an attribute or single block that a vip
// takes from its cluster when it does not have its own: vip itself when it has
// it, its cluster otherwise.
func Holder(vip *Block, name string) *Block {
	if vip.Has(name) || vip.Broken(name) {
		return vip
	}
	return vip.parent
}

// position returns the place of an attribute in the block's description.
func (b *Block) position(name string) int {
	i := b.spec.Attribute(name)
	if i < 0 {
		panic("lang: block \"" + b.spec.Type + "\" has no attribute \"" + name + "\"")
	}
	return i
}

// nested returns the place of a type of block in the block's description.
func (b *Block) nested(typ string) int {
	i := slices.IndexFunc(b.spec.Blocks, func(n *schema.Block) bool { return n.Type == typ })
	if i < 0 {
		panic("lang: block \"" + b.spec.Type + "\" has no blocks \"" + typ + "\"")
	}
	return i
}
