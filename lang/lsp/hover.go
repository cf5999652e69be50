package lsp

import (
	"fmt"
	"slices"
	"strings"

	"hactl/lang"
	"hactl/lang/rule"
	"hactl/lang/schema"
)

// hover tells what stands at the cursor, and why what is found there matters.
func (s *Session) hover(v *view, _ *documentParams) (any, error) {
	p := v.file.at(v.offset)
	if p == nil {
		return nil, nil
	}
	text, at := v.describe(p, v.offset-p.from)
	stories := s.stories(v)
	if text == "" && stories == "" {
		return nil, nil
	}
	h := hover{Contents: markdown(strings.Trim(text+"\n\n"+stories, "\n") + "\n")}
	if text != "" {
		r := v.file.reach(at.plus(p.from))
		h.Range = &r
	}
	return h, nil
}

// describe returns what is at an offset of a piece, in Markdown, and its span.
func (v *view) describe(p *labelled, offset int) (string, span) {
	if u := p.outline.useAt(offset); u != nil {
		if text := v.describeUse(u); text != "" {
			return text, span{u.words[0].from, u.words[len(u.words)-1].to}
		}
	}
	return p.outline.root.describe(offset)
}

// describeUse tells what a name in an expression is. Values are left out: they
// may be secret.
func (v *view) describeUse(u *use) string {
	if u.call {
		return callOf(u.words[0].text)
	}
	root := u.words[0].text
	if root == "self" {
		return "**self** is the host that this block is evaluated for."
	}
	for i := min(len(u.words)-1, 3); i > 0; i-- {
		if t, ok := u.thing(i); ok {
			return v.describeThing(t)
		}
	}
	if u.block.iterates(root) {
		return fmt.Sprintf("**%s** is the round of a dynamic block, with `key` and `value`.", root)
	}
	return ""
}

// callOf tells how a function is called.
func callOf(name string) string {
	for _, f := range lang.Signatures() {
		if f.Name == name {
			return "```hcl\n" + f.Call + "\n```\n\n" + f.Doc
		}
	}
	return ""
}

// describeThing tells where something is declared, and what its kind is.
func (v *view) describeThing(t thing) string {
	all := v.folder.declarations(t.kind)
	i := slices.IndexFunc(all, func(o occurrence) bool { return o.thing == t })
	if i < 0 {
		return ""
	}
	o := all[i]
	text := fmt.Sprintf("**%s** `%s`, declared in %s, line %d", t.kind, t.name, o.file.name, o.file.position(o.at.from).Line+1)
	if a := o.block.attribute("description"); t.kind == "variable" && a != nil {
		for _, w := range o.file.at(o.at.from).quoted(a.value) {
			text += "\n\n" + w
		}
	}
	return text + "\n\n" + specOf(t.kind).Doc
}

// quoted returns the text in quotes that a value is, when it is one.
func (l *labelled) quoted(value span) []string {
	text := strings.TrimSpace(l.text[value.from:value.to])
	if len(text) < 2 || text[0] != '"' || strings.Count(text, "\"") != 2 {
		return nil
	}
	return []string{text[1 : len(text)-1]}
}

// describe tells what the block or attribute at an offset is for.
func (b *block) describe(offset int) (string, span) {
	for _, n := range b.blocks {
		switch {
		case n.typ.holds(offset) || len(n.labels) > 0 && n.labels[0].holds(offset):
			if spec := n.spec(); spec != nil {
				return spec.Hover(), n.typ.span
			}
			return foreign(n.typ.text), n.typ.span
		case n.body.holds(offset):
			return n.describe(offset)
		}
	}
	spec := b.spec()
	for _, a := range b.attributes {
		if !a.name.holds(offset) && !(a.value.to > 0 && a.value.holds(offset)) || spec == nil {
			continue
		}
		if i := spec.Attribute(a.name.text); i >= 0 {
			return spec.Attributes[i].Hover(), a.name.span
		}
		if b.typ.text != "locals" {
			return foreign(a.name.text), a.name.span
		}
	}
	return "", span{}
}

// foreign tells what takes the place of a word of keepalived.
func foreign(word string) string {
	if hint, ok := schema.Keepalived[word]; ok {
		return "**" + word + "** is a word of keepalived. " + hint
	}
	return ""
}

// stories tells why the findings at the cursor matter.
func (s *Session) stories(v *view) string {
	var text strings.Builder
	told := map[string]bool{}
	at := v.file.position(v.offset)
	for _, d := range s.found[v.file.uri] {
		if told[d.Code] || before(at, d.Range.Start) || before(d.Range.End, at) {
			continue
		}
		told[d.Code] = true
		r, err := rule.Find(d.Code)
		if err != nil {
			continue
		}
		if story, err := r.Story(); err == nil {
			fmt.Fprintf(&text, "---\n\n**%s: %s.** %s\n\n%s\n\n", r.Code, r.Summary, story.Why, story.Remedy)
		}
	}
	return text.String()
}

// before reports whether p stands before q.
func before(p, q Position) bool {
	return p.Line < q.Line || p.Line == q.Line && p.Character < q.Character
}
