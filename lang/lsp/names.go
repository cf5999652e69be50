package lsp

import (
	"slices"

	"hactl/lang/schema"
)

// thing is what a name stands for: "host" "lb01", "vip" "web/public", "variable"
// "vrid", "local" "lbs".
type thing struct{ kind, name string }

// kinds are the types of blocks that expressions refer to by their type and label.
var kinds = []string{"host", "check", "notify", "cluster"}

// occurrence is a place where a thing is named.
type occurrence struct {
	thing
	file     *file
	at       span   // of the name alone, in the file
	step     span   // with the dot or the brackets around; empty for what is no step
	declares bool   // the thing is declared here
	whole    span   // of the declaration
	block    *block // that declares it, or a locals block
}

// occurrences returns every place where something is named, file by file.
func (f *folder) occurrences(yield func(occurrence) bool) {
	for _, file := range f.sorted() {
		for _, p := range file.pieces {
			goOn := p.outline.occurrences(func(o occurrence) bool {
				o.file, o.at, o.step, o.whole = file, o.at.plus(p.from), o.step.plus(p.from), o.whole.plus(p.from)
				return yield(o)
			})
			if !goOn {
				return
			}
		}
	}
}

// occurrences returns those of one piece, with places in the piece.
func (o *outline) occurrences(yield func(occurrence) bool) bool {
	for _, b := range o.root.blocks {
		if !b.occurrences(yield) {
			return false
		}
	}
	for _, u := range o.uses {
		for i := range u.words {
			if t, ok := u.thing(i); ok && i > 0 && !yield(occurrence{thing: t, at: u.words[i].span, step: u.steps[i]}) {
				return false
			}
		}
	}
	return true
}

// occurrences returns what b declares, and the hosts that labels in it name.
func (b *block) occurrences(yield func(occurrence) bool) bool {
	if t, ok := b.thing(); ok {
		declares := b.typ.text != "member"
		if !yield(occurrence{thing: t, at: b.name().span, declares: declares, whole: b.whole, block: b}) {
			return false
		}
	}
	if b.typ.text == "locals" && b.parent.parent == nil {
		for _, a := range b.attributes {
			whole := span{a.name.from, max(a.name.to, a.value.to)}
			if !yield(occurrence{thing: thing{"local", a.name.text}, at: a.name.span, declares: true, whole: whole, block: b}) {
				return false
			}
		}
	}
	return !slices.ContainsFunc(b.blocks, func(n *block) bool { return !n.occurrences(yield) })
}

// thing returns what the label of b names.
func (b *block) thing() (t thing, ok bool) {
	if len(b.labels) == 0 {
		return thing{}, false
	}
	name, kind := b.labels[0].text, b.typ.text
	switch top := b.parent.parent == nil; {
	case kind == "member":
		return thing{"host", name}, true
	case kind == "vip" && b.parent.typ.text == "cluster":
		return thing{"vip", b.parent.name().text + "/" + name}, true
	case top && (slices.Contains(kinds, kind) || kind == "variable" || kind == "upgrade"):
		return thing{kind, name}, true
	}
	return thing{}, false
}

// thing returns what the first words of u, up to the ith, name.
func (u *use) thing(i int) (t thing, ok bool) {
	if len(u.words) < 2 || u.block.iterates(u.words[0].text) && (u.words[1].text == "key" || u.words[1].text == "value") {
		return thing{}, false
	}
	root, name := u.words[0].text, u.words[1].text
	switch {
	case i == 3 && root == "cluster" && u.words[2].text == "vip":
		return thing{"vip", name + "/" + u.words[3].text}, true
	case i > 1:
		return thing{}, false
	case root == "var":
		return thing{"variable", name}, true
	case root == "local":
		return thing{"local", name}, true
	}
	return thing{root, name}, slices.Contains(kinds, root)
}

// iterates reports whether b stands in a dynamic block with an iterator of that
// name, which may be that of a kind.
func (b *block) iterates(name string) bool {
	for ; b != nil; b = b.parent {
		if b.typ.text == "dynamic" && b.round() == name {
			return true
		}
	}
	return false
}

// named returns the occurrence at the cursor.
func (v *view) named() (found occurrence, ok bool) {
	p := v.file.at(v.offset)
	if p == nil {
		return found, false
	}
	rel := v.offset - p.from
	p.outline.occurrences(func(o occurrence) bool {
		if o.at.holds(rel) || o.step.from < o.step.to && o.step.holds(rel) && rel > o.step.from {
			found, ok = o, true
		}
		return !ok
	})
	found.file, found.at, found.step = v.file, found.at.plus(p.from), found.step.plus(p.from)
	return found, ok
}

// meant is named; at the root of host.lb01 it is the host, too.
func (v *view) meant() (found occurrence, ok bool) {
	if found, ok = v.named(); ok {
		return found, true
	}
	p := v.file.at(v.offset)
	if p == nil {
		return found, false
	}
	if u := p.outline.useAt(v.offset - p.from); u != nil {
		found.thing, ok = u.thing(1)
		found.file, found.at = v.file, span{u.words[0].from, u.words[len(u.words)-1].to}.plus(p.from)
	}
	return found, ok
}

// useAt returns the name in an expression at the cursor, nil without one.
func (o *outline) useAt(offset int) *use {
	for i := range o.uses {
		u := &o.uses[i]
		if (span{u.words[0].from, u.steps[len(u.steps)-1].to}).holds(offset) {
			return u
		}
	}
	return nil
}

// declarations returns those of things of a kind.
func (f *folder) declarations(kind string) []occurrence {
	var all []occurrence
	f.occurrences(func(o occurrence) bool {
		if o.declares && o.kind == kind {
			all = append(all, o)
		}
		return true
	})
	return all
}

// specOf returns the description of the block that declares a thing.
func specOf(kind string) *schema.Block {
	switch kind {
	case "vip":
		return schema.Root.Block("cluster").Block("vip")
	case "local":
		return schema.Root.Block("locals")
	}
	return schema.Root.Block(kind)
}
