package lang

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
	"hactl/lang/schema"
)

// made is a block before it is decoded: a written one, or one round of a
// dynamic one.
type made struct {
	section *section
	it      *iteration // nil outside dynamic blocks
	shared  bool       // its body is decoded more than once
}

// name returns the block's label. ok is false when it has none, or several.
func (m made) name() (name string, ok bool) {
	if len(m.section.labels) != 1 {
		return "", false
	}
	return m.section.labels[0], true
}

// contentOf opens the body of m.
func (l *loader) contentOf(m made, spec *schema.Block) content {
	if m.shared || spec.PerHost || spec.Type == "cluster" {
		return l.openOnce(m.section.body, spec)
	}
	return l.open(m.section.body, spec)
}

// decodeRoot decodes the blocks of all files. Hosts are decoded by now.
func (l *loader) decodeRoot(top map[string][]*section) {
	root := l.config.Root
	for _, k := range l.scope.kinds {
		for _, table := range []map[string]*object{k.static, k.generated} {
			for _, name := range slices.Sorted(maps.Keys(table)) {
				l.decodeObject(k, table[name])
			}
		}
	}
	for _, s := range top["hactl"] {
		l.label(made{section: s}, rootSpec.Block("hactl"))
		root.add(l.decode(root, rootSpec.Block("hactl"), made{section: s}))
	}
	for _, s := range top["upgrade"] {
		l.nest(root, s, made{})
	}
	for _, s := range top["dynamic"] {
		if len(s.labels) != 1 || l.scope.kind(s.labels[0]) == nil {
			l.nest(root, s, made{})
		}
	}
	for _, k := range l.scope.kinds {
		if !l.whole(k) {
			root.broken = append(root.broken, k.name)
		}
	}
	l.arrange(root)
}

// decodeObject decodes a block that expressions may refer to.
func (l *loader) decodeObject(k *kind, o *object) {
	switch {
	case o.block != nil:
		l.config.Root.add(o.block)
	case k != l.scope.hosts:
		l.config.Root.add(l.decodeForHosts(l.config.Root, rootSpec.Block(k.name), o.made))
	}
}

// add puts n among b's nested blocks.
func (b *Block) add(n *Block) {
	i := b.nested(n.spec.Type)
	b.blocks[i] = append(b.blocks[i], n)
}

// arrange puts nested blocks in order and reports those that there are too many
// of.
func (l *loader) arrange(b *Block) {
	for i, spec := range b.spec.Blocks {
		all := b.blocks[i]
		if spec.Label != "" {
			slices.SortStableFunc(all, func(x, y *Block) int { return cmp.Compare(x.label, y.label) })
		}
		if spec.Unique {
			all = l.unique(b, all)
		}
		if spec.Max > 0 && len(all) > spec.Max {
			slices.SortStableFunc(all, func(x, y *Block) int { return rule.ComparePlaces(x.header, y.header) })
			l.report(rule.Repeated.At(all[spec.Max].header, fmt.Sprintf("%s holds at most %d block of type %s. Take one of them out.", capital(within(b.spec)), spec.Max, spec.Type),
				rule.Related{Message: "The first one stands here", Range: all[0].header}))
			all = all[:spec.Max]
		}
		b.blocks[i] = all
	}
}

// unique reports nested blocks of one label, and keeps the first of them.
func (l *loader) unique(b *Block, all []*Block) []*Block {
	kept := all[:0]
	for _, n := range all {
		if len(kept) > 0 && kept[len(kept)-1].label == n.label {
			l.duplicate(n.spec.Type+" \""+n.label+"\"", n.labelRange, kept[len(kept)-1].labelRange)
			b.broken = append(b.broken, n.spec.Type) // perhaps one of another name is missing
			continue
		}
		kept = append(kept, n)
	}
	return kept
}

// decode decodes one block and those in it.
func (l *loader) decode(parent *Block, spec *schema.Block, m made) *Block {
	b := newBlock(parent, spec)
	b.header, b.labelRange = m.section.header, m.section.labelRange()
	b.label, _ = m.name()
	c := l.contentOf(m, spec)
	for _, f := range c.fields {
		i := spec.Attribute(f.name)
		b.attributes[i] = l.attribute(&spec.Attributes[i], f, m.it)
	}
	for _, s := range c.sections {
		l.nest(b, s, m)
	}
	l.arrange(b)
	for _, n := range spec.Blocks {
		if meant(spec, c.strange, n.Type) {
			b.broken = append(b.broken, n.Type)
		}
	}
	l.required(b, c.strange)
	return b
}

// nest decodes one section of b, a block or a dynamic block.
func (l *loader) nest(b *Block, s *section, m made) {
	if s.typ == "dynamic" {
		e := l.expand(s, b.spec, m.it)
		for _, n := range e.made {
			l.nestOne(b, b.spec.Block(n.section.typ), n)
		}
		if e.broken && len(s.labels) == 1 && b.spec.Block(s.labels[0]) != nil {
			b.broken = append(b.broken, s.labels[0])
		}
		return
	}
	l.nestOne(b, b.spec.Block(s.typ), made{section: s, it: m.it, shared: m.shared})
}

// nestOne decodes one block into b.
func (l *loader) nestOne(b *Block, spec *schema.Block, m made) {
	if _, ok := l.label(m, spec); !ok {
		b.broken = append(b.broken, spec.Type)
		return
	}
	b.add(l.decodeForHosts(b, spec, m))
}

// label returns the label of m. ok is false when it is not what spec wants,
// which is reported.
func (l *loader) label(m made, spec *schema.Block) (label string, ok bool) {
	s := m.section
	switch {
	case spec.Label == "" && len(s.labels) == 0:
		return "", true
	case spec.Label == "":
		l.report(rule.Labels.At(s.labelRanges[0], fmt.Sprintf("%s has no label. Take it out.", capital(within(spec)))))
		return "", false
	case len(s.labels) == 0:
		l.report(rule.Labels.At(s.header, fmt.Sprintf("%s needs one label: %s. Write %s.", capital(within(spec)), spec.Label, headOf(spec))))
		return "", false
	case len(s.labels) > 1:
		l.report(rule.Labels.At(s.labelRanges[1], fmt.Sprintf("%s has one label only: %s. Take this one out.", capital(within(spec)), spec.Label)))
		return "", false
	}
	if complaint := badLabel(spec, s.labels[0]); complaint != "" {
		l.report(rule.BadName.At(s.labelRanges[0], fmt.Sprintf("%q can't be %s: %s.", s.labels[0], spec.Label, complaint)))
		return "", false
	}
	return s.labels[0], true
}

// badLabel says why spec does not take that label, in half a sentence; "" when
// it does.
func badLabel(spec *schema.Block, label string) string {
	if len(spec.Labels) > 0 && !slices.Contains(spec.Labels, label) {
		return "it is " + rule.Or(quoted(spec.Labels))
	}
	return badForm(spec.Form, label)
}

// required reports attributes and blocks that are missing, and sets of which
// not the right number is written. Names that were refused may stand for them.
func (l *loader) required(b *Block, strange []string) {
	for i, a := range b.spec.Attributes {
		if a.Required && b.attributes[i] == nil && !meant(b.spec, strange, a.Name) {
			l.report(rule.Missing.At(b.header, fmt.Sprintf("%s needs %s. Add %s = %s.", capital(within(b.spec)), a.Name, a.Name, a.Example)))
		}
	}
	for _, n := range b.spec.Blocks {
		if n.Required && !b.there(n.Type) {
			l.report(rule.Missing.At(b.header, fmt.Sprintf("%s needs %s. Add %s.", capital(within(b.spec)), within(n), headOf(n))))
		}
	}
	for _, set := range b.spec.ExactlyOne {
		l.oneOf(b, set, strange)
	}
	for _, set := range slices.Concat(b.spec.ExactlyOne, b.spec.AtMostOne) {
		if written := b.written(set); len(written) > 1 {
			l.report(rule.Contradicts.At(written[1], fmt.Sprintf("Only one of %s may be written. Take the others out.", rule.List(set)),
				rule.Related{Message: "The other one stands here", Range: written[0]}))
		}
	}
	for _, set := range b.spec.AtLeastOne {
		l.oneOf(b, set, strange)
	}
}

// meant reports whether one of the names that were refused stands for an attribute
// or nested block of spec: it is nearly right, or a word of keepalived.
func meant(spec *schema.Block, strange []string, name string) bool {
	return slices.ContainsFunc(strange, func(s string) bool {
		return rule.Nearest(s, spec.Names(false)) == name || slices.Contains(wordsOf(schema.Keepalived[s]), name)
	})
}

// wordsOf returns the words of a hint, names of attributes among them.
func wordsOf(hint string) []string {
	return strings.FieldsFunc(hint, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) })
}

// oneOf reports a set of attributes and blocks of which none is written.
func (l *loader) oneOf(b *Block, set, strange []string) {
	if len(strange) == 0 && !slices.ContainsFunc(set, b.there) {
		l.report(rule.Missing.At(b.header, fmt.Sprintf("%s needs one of %s. Add one, such as %s.", capital(within(b.spec)), rule.List(set), begin(b.spec, set[0]))))
	}
}

// begin shows how an attribute or nested block of spec is written.
func begin(spec *schema.Block, name string) string {
	if i := spec.Attribute(name); i >= 0 {
		return name + " = " + spec.Attributes[i].Example
	}
	return headOf(spec.Block(name))
}

// there reports whether an attribute or nested block is written, be it broken.
func (b *Block) there(name string) bool {
	return b.Has(name) || b.Broken(name)
}

// written returns where those of a set are written, in source order: the names
// of attributes, and for each type of block the first one's header.
func (b *Block) written(set []string) []hcl.Range {
	var places []hcl.Range
	for _, name := range set {
		switch {
		case !b.Has(name):
		case b.spec.Attribute(name) >= 0:
			places = append(places, b.NameRange(name))
		default:
			places = append(places, b.Block(name).header)
		}
	}
	slices.SortFunc(places, rule.ComparePlaces)
	return places
}
