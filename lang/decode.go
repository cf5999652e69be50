package lang

import (
	"cmp"
	"fmt"
	"slices"

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
	if m.shared || spec.Type == "cluster" {
		return l.openOnce(m.section.body, spec)
	}
	return l.open(m.section.body, spec)
}

// decodeRoot decodes the blocks of all files. Hosts are decoded by now.
func (l *loader) decodeRoot(top map[string][]*section) {
	root := l.config.Root
	for _, table := range []map[string]*object{l.scope.hosts.static, l.scope.hosts.generated} {
		for _, o := range table {
			if o.block != nil {
				root.add(o.block)
			}
		}
	}
	for _, table := range []map[string]*object{l.scope.clusters.static, l.scope.clusters.generated} {
		for _, o := range table {
			root.add(l.decode(root, rootSpec.Block("cluster"), o.made))
		}
	}
	for _, s := range top["hactl"] {
		l.label(made{section: s}, rootSpec.Block("hactl"))
		root.add(l.decode(root, rootSpec.Block("hactl"), made{section: s}))
	}
	for _, s := range top["dynamic"] {
		if len(s.labels) != 1 || s.labels[0] != "host" && s.labels[0] != "cluster" {
			l.expand(s, rootSpec, nil)
		}
	}
	for _, k := range []*kind{l.scope.hosts, l.scope.clusters} {
		if !l.whole(k) {
			root.broken = append(root.broken, k.name)
		}
	}
	l.arrange(root)
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
	l.required(b, c.strange)
	for _, s := range c.sections {
		l.nest(b, s, m)
	}
	l.arrange(b)
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
	b.add(l.decode(b, spec, m))
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
	if complaint := badForm(spec.Form, s.labels[0]); complaint != "" {
		l.report(rule.BadName.At(s.labelRanges[0], fmt.Sprintf("%q can't be %s: %s.", s.labels[0], spec.Label, complaint)))
		return "", false
	}
	return s.labels[0], true
}

// required reports attributes that are missing, and sets of which not exactly
// one is written. Names that were refused may stand for them.
func (l *loader) required(b *Block, strange []string) {
	for i, a := range b.spec.Attributes {
		meant := func(name string) bool { return rule.Nearest(name, b.spec.Names(false)) == a.Name }
		if a.Required && b.attributes[i] == nil && !slices.ContainsFunc(strange, meant) {
			l.report(rule.Missing.At(b.header, fmt.Sprintf("%s needs %s. Add %s = %s.", capital(within(b.spec)), a.Name, a.Name, a.Example)))
		}
	}
	for _, set := range b.spec.ExactlyOne {
		var written []hcl.Range
		for _, name := range set {
			if b.Has(name) {
				written = append(written, b.NameRange(name))
			}
		}
		switch {
		case len(written) == 0 && len(strange) > 0:
		case len(written) == 0:
			l.report(rule.Missing.At(b.header, fmt.Sprintf("%s needs one of %s. Add it.", capital(within(b.spec)), rule.List(set))))
		case len(written) > 1:
			l.report(rule.Contradicts.At(written[1], fmt.Sprintf("Only one of %s may be written. Take the others out.", rule.List(set)),
				rule.Related{Message: "The other one stands here", Range: written[0]}))
		}
	}
}
