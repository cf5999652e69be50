package lang

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hactl/lang/rule"
	"hactl/lang/schema"
)

// expansion is what one dynamic block stands for.
type expansion struct {
	made   []made
	broken bool // some rounds could not be made, which was reported
}

// expansionKey tells one dynamic block in one round from others.
type expansionKey struct {
	section *section
	it      *iteration
}

// dynamicSpec describes a dynamic block that makes blocks as target says.
func dynamicSpec(target *schema.Block) *schema.Block {
	content := *target
	content.Type, content.Label, content.Labels = "content", "", nil
	return &schema.Block{
		Type: "dynamic",
		Attributes: []schema.Attribute{
			{Name: "for_each", Type: schema.Any, Required: true, Example: "local.shops"},
			{Name: "iterator", Type: schema.Any, Example: "shop"},
			{Name: "labels", Type: schema.Any, Example: "[" + target.Type + ".key]"},
		},
		Blocks: []*schema.Block{&content},
	}
}

// expand makes the blocks that a dynamic block stands for, where spec describes
// the block around it.
func (l *loader) expand(s *section, spec *schema.Block, it *iteration) expansion {
	key := expansionKey{s, it}
	if e, ok := l.expansions[key]; ok {
		return e
	}
	e := expansion{broken: true}
	if target := l.dynamicTarget(s, spec); target != nil {
		e = l.rounds(s, target, it)
	}
	l.expansions[key] = e
	return e
}

// dynamicTarget returns the description of the blocks that a dynamic block
// makes, nil when there is none.
func (l *loader) dynamicTarget(s *section, spec *schema.Block) *schema.Block {
	if len(s.labels) != 1 {
		l.report(rule.BadDynamic.At(s.header, "A dynamic block has one label: the type of the blocks that it makes. Write dynamic \"vip\" { … }."))
		return nil
	}
	target := spec.Block(s.labels[0])
	switch {
	case target == nil:
		l.unknown(spec, s.labels[0], s.labelRanges[0], true)
	case spec == rootSpec && l.scope.kind(target.Type) == nil && target.Type != "upgrade":
		l.report(rule.BadDynamic.At(s.labelRanges[0], fmt.Sprintf("A %s block can't be made by a dynamic block. Write it out.", target.Type)))
		return nil
	}
	return target
}

// pattern is a dynamic block with its parts told apart.
type pattern struct {
	forEach  hcl.Expression
	iterator string
	labels   *field
	content  *section
}

// rounds makes one block for each element of for_each.
func (l *loader) rounds(s *section, target *schema.Block, it *iteration) expansion {
	p, ok := l.pattern(s, target)
	if !ok {
		return expansion{broken: true}
	}
	all, ok := l.value(p.forEach, it)
	if !ok {
		return expansion{broken: true}
	}
	all, marks := all.Unmark()
	_, hidden := marks[secret{}]
	if !all.IsKnown() {
		return expansion{broken: true}
	}
	if all.IsNull() || !all.CanIterateElements() {
		l.report(rule.BadDynamic.At(p.forEach.Range(), "for_each is no list, set, map or object. Give it one; an empty one makes no block."))
		return expansion{broken: true}
	}
	var e expansion
	for elements := all.ElementIterator(); elements.Next(); {
		if l.made > l.most.made { // which was reported
			return expansion{broken: true}
		}
		key, v := elements.Element()
		if v = marked(v, hidden); !all.Type().IsTupleType() && !all.Type().IsListType() {
			key = marked(key, hidden)
		}
		round := &iteration{parent: it, name: p.iterator, value: cty.ObjectVal(map[string]cty.Value{"key": key, "value": v})}
		e.add(l.round(s, target, p, round))
	}
	return e
}

// add adds the outcome of one round.
func (e *expansion) add(m made, ok bool) {
	if !ok {
		e.broken = true
		return
	}
	e.made = append(e.made, m)
}

// pattern tells the parts of a dynamic block apart.
func (l *loader) pattern(s *section, target *schema.Block) (pattern, bool) {
	spec := dynamicSpec(target)
	c := l.openOnce(s.body, spec)
	p := pattern{iterator: target.Type}
	ok := true
	for i, f := range c.fields {
		switch f.name {
		case "for_each":
			p.forEach = f.expr
		case "labels":
			p.labels = &c.fields[i]
		case "iterator":
			p.iterator = hcl.ExprAsKeyword(f.expr)
			ok = l.must(p.iterator != "", f.expr.Range(), "iterator is a name without quotes. Write iterator = "+target.Type+"_round.") && ok
		}
	}
	for _, n := range c.sections {
		if n.typ == "content" && p.content == nil {
			p.content = n
			continue
		}
		ok = l.must(false, n.header, "A dynamic block holds one content block and nothing else. Put this into it.")
	}
	ok = l.must(p.forEach != nil, s.header, "A dynamic block needs for_each. Add for_each = local.NAME.") && ok
	ok = l.must(p.content != nil, s.header, "A dynamic block needs a content block. Add content { … } with what each "+target.Type+" holds.") && ok
	if target.Label == "" {
		ok = l.must(p.labels == nil, s.header, capital(within(target))+" has no label. Take labels out.") && ok
	} else {
		ok = l.must(p.labels != nil, s.header, "A dynamic block that makes "+target.Type+" blocks needs labels. Add labels = ["+target.Type+".key].") && ok
	}
	return p, ok
}

// must reports a mistake in a dynamic block unless ok.
func (l *loader) must(ok bool, at hcl.Range, detail string) bool {
	if !ok {
		l.report(rule.BadDynamic.At(at, detail))
	}
	return ok
}

// round makes one block.
func (l *loader) round(s *section, target *schema.Block, p pattern, it *iteration) (made, bool) {
	l.made++
	if l.made > l.most.made {
		if l.made == l.most.made+1 {
			l.report(rule.TooLarge.At(s.header, fmt.Sprintf("Dynamic blocks make more than %d blocks. Make for_each smaller.", l.most.made)))
		}
		return made{}, false
	}
	n := &section{typ: target.Type, at: s.header, header: s.header, body: p.content.body}
	if p.labels != nil {
		label, at, ok := l.roundLabel(p.labels.expr, it)
		if !ok {
			return made{}, false
		}
		n.labels, n.labelRanges = []string{label}, []hcl.Range{at}
	}
	return made{section: n, it: it, shared: true}, true
}

// roundLabel evaluates labels to the one text that it must be.
func (l *loader) roundLabel(expr hcl.Expression, it *iteration) (string, hcl.Range, bool) {
	at := expr.Range()
	v, ok := l.value(expr, it)
	if !ok {
		return "", at, false
	}
	if exprs, diags := hcl.ExprList(expr); !diags.HasErrors() && len(exprs) == 1 {
		at = exprs[0].Range()
	}
	hidden := isSecret(v)
	v, _ = v.Unmark()
	if v.IsKnown() && !v.IsNull() && (v.Type().IsTupleType() || v.Type().IsListType()) && v.LengthInt() == 1 {
		label, marks := v.AsValueSlice()[0].UnmarkDeep()
		if !label.IsKnown() {
			return "", at, false
		}
		if hidden {
			l.report(rule.Exposed.At(at, "A label is a name, which plans, reports and logs show, and this one is sensitive. Take a value that is not, or declare its variable without sensitive."))
			return "", at, false
		}
		if !label.IsNull() && label.Type() == cty.String {
			return label.AsString(), originOf(marks, at), true
		}
	}
	if v.IsWhollyKnown() {
		l.report(rule.BadDynamic.At(at, "labels is no list of one text. Write labels = [X.key] with the iterator for X."))
	}
	return "", at, false
}

// nestedOf makes the blocks of one type that stand in m.
func (l *loader) nestedOf(m made, spec *schema.Block, typ string) expansion {
	var e expansion
	for _, s := range l.contentOf(m, spec).sections {
		switch {
		case s.typ == typ:
			e.made = append(e.made, made{section: s, it: m.it, shared: m.shared})
		case s.typ == "dynamic" && len(s.labels) == 1 && s.labels[0] == typ:
			more := l.expand(s, spec, m.it)
			e.made, e.broken = append(e.made, more.made...), e.broken || more.broken
		}
	}
	return e
}
