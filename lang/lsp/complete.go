package lsp

import (
	"fmt"
	"slices"
	"strings"

	"hactl/lang/schema"
)

// The protocol's kinds of completion items.
const (
	itemFunction  = 3
	itemField     = 5
	itemVariable  = 6
	itemClass     = 7
	itemProperty  = 10
	itemEnum      = 20
	itemReference = 18
	itemKeyword   = 14
)

// mostItems is how many items are offered at once; as more letters are written,
// the editor asks again.
const mostItems = 400

// completion offers what may be written at the cursor.
func (s *Session) completion(v *view, _ *documentParams) (any, error) {
	at := v.spot()
	var all []completionItem
	switch at.kind {
	case inBody:
		all = s.bodyItems(&at)
	case inLabel:
		all = v.labelItems(&at)
	case inQuotes:
		all = enumItems(&at, "")
	case behindDot:
		all = v.memberItems(&at)
	case inValue:
		all = v.valueItems(s, &at)
	}
	return v.list(&at, all), nil
}

// list finishes items: each takes the place of what was written of the word.
func (v *view) list(at *spot, all []completionItem) completionList {
	l := completionList{Items: []completionItem{}}
	prefix := strings.ToLower(at.prefix)
	where := v.file.reach(at.word)
	for i := range all {
		item := &all[i]
		if len(all) > mostItems && !strings.Contains(strings.ToLower(item.Label), prefix) {
			continue
		}
		if len(l.Items) == mostItems {
			l.IsIncomplete = true
			break
		}
		text := item.Label
		if item.TextEdit != nil {
			text = item.TextEdit.NewText
		}
		item.TextEdit = &textEdit{where, text}
		l.Items = append(l.Items, *item)
	}
	l.IsIncomplete = l.IsIncomplete || len(all) > mostItems
	return l
}

// writing returns a text edit that list gives its place.
func writing(text string) *textEdit { return &textEdit{NewText: text} }

// bodyItems offers the attributes and blocks that the block has not got yet.
func (s *Session) bodyItems(at *spot) []completionItem {
	if at.spec == nil || at.spec.Free {
		return nil
	}
	var all []completionItem
	for i := range at.spec.Attributes {
		if a := &at.spec.Attributes[i]; !at.written(a.Name) {
			all = append(all, s.attributeItem(at, a))
		}
	}
	repeats := false
	for _, n := range at.spec.Blocks {
		repeats = repeats || n.Max != 1
		if n.Max != 1 || !slices.ContainsFunc(at.block.blocks, func(b *block) bool { return b.typ.text == n.Type }) {
			all = append(all, s.blockItem(at, n))
		}
	}
	if repeats {
		all = append(all, s.blockItem(at, dynamicSpec(nil)))
	}
	return all
}

// written reports whether the block has that attribute, other than at the cursor.
func (at *spot) written(name string) bool {
	return slices.ContainsFunc(at.block.attributes, func(a attribute) bool { return a.name.text == name && a.value.to > 0 })
}

// attributeItem offers an attribute, those that must be written first.
func (s *Session) attributeItem(at *spot, a *schema.Attribute) completionItem {
	item := completionItem{Label: a.Name, Kind: itemProperty, Detail: strings.ReplaceAll(a.Values(), "`", ""), Documentation: markdown(a.Hover()), SortText: "1" + a.Name}
	if a.Required {
		item.SortText = "0" + a.Name
	}
	switch {
	case strings.HasPrefix(strings.TrimLeft(at.behind, "abcdefghijklmnopqrstuvwxyz_ \t"), "="):
	case s.snippets:
		item.TextEdit, item.InsertTextFormat = writing(a.Name+" = "+placeholder(a, 1)), 2
	default:
		item.TextEdit = writing(a.Name + " = ")
	}
	return item
}

// blockItem offers a block, with what must stand in it when the editor can fill
// that in.
func (s *Session) blockItem(at *spot, b *schema.Block) completionItem {
	item := completionItem{Label: b.Type, Kind: itemClass, Detail: "block", Documentation: markdown(b.Hover()), SortText: "2" + b.Type}
	switch rest := strings.TrimSpace(at.behind); {
	case strings.HasPrefix(rest, "\"") || strings.HasPrefix(rest, "{"):
	case s.snippets:
		item.TextEdit, item.InsertTextFormat = writing(blockSnippet(b)), 2
	case b.Label == "":
		item.TextEdit = writing(b.Type + " {\n}")
	default:
		item.TextEdit = writing(b.Type + " \"\" {\n}")
	}
	return item
}

// labelItems offers the labels that a block may have.
func (v *view) labelItems(at *spot) []completionItem {
	var all []completionItem
	offer := func(label, detail string) {
		all = append(all, completionItem{Label: label, Kind: itemReference, Detail: detail})
	}
	switch {
	case at.spec == nil:
	case at.typ == "dynamic":
		for _, n := range at.spec.Blocks {
			offer(n.Type, "block")
		}
	case at.typ == "member":
		for _, o := range v.folder.declarations("host") {
			offer(o.name, "host")
		}
	case at.spec.Block(at.typ) != nil:
		for _, label := range at.spec.Block(at.typ).Labels {
			offer(label, at.typ)
		}
	}
	return all
}

// enumItems offers the values of an attribute that has a closed set of them.
func enumItems(at *spot, quote string) []completionItem {
	if at.value == nil {
		return nil
	}
	var all []completionItem
	for i, value := range at.value.Enum {
		all = append(all, completionItem{Label: quote + value + quote, Kind: itemEnum, SortText: fmt.Sprintf("0%02d", i)})
	}
	for _, value := range at.value.EnumInt {
		if quote != "" {
			all = append(all, completionItem{Label: fmt.Sprint(value), Kind: itemEnum, SortText: "0"})
		}
	}
	return all
}
