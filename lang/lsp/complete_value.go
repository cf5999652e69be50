package lsp

import (
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hactl/lang"
	"hactl/lang/schema"
)

// roots are the names that an expression begins with, and what is behind them.
var roots = []struct{ name, kind, doc string }{
	{"var", "variable", "A variable's value: var.NAME."},
	{"local", "local", "A value of a locals block: local.NAME."},
	{"host", "host", "A host: host.NAME."},
	{"check", "check", "A check: check.NAME."},
	{"notify", "notify", "Who hears of transitions: notify.NAME."},
	{"cluster", "cluster", "A cluster: cluster.NAME, and cluster.NAME.vip.NAME."},
}

// valueItems offers what an expression may begin with: first what the attribute
// wants.
func (v *view) valueItems(s *Session, at *spot) []completionItem {
	all := enumItems(at, `"`)
	if at.value != nil && at.value.Type == schema.Bool {
		all = append(all, completionItem{Label: "true", Kind: itemKeyword, SortText: "0"}, completionItem{Label: "false", Kind: itemKeyword, SortText: "0"})
	}
	for _, r := range roots {
		rank := "2"
		if at.value != nil && at.value.Kind == r.kind {
			rank = "0"
		}
		if rank == "0" || r.kind == "variable" || r.kind == "local" {
			all = append(all, v.things(r.name, r.kind, rank)...)
		}
		all = append(all, completionItem{Label: r.name, Kind: itemVariable, Documentation: markdown(r.doc), SortText: "3" + r.name})
	}
	for _, name := range at.block.rounds() {
		all = append(all, completionItem{Label: name, Kind: itemVariable, SortText: "1" + name})
	}
	return append(all, s.functionItems()...)
}

// things offers everything of a kind by its whole name.
func (v *view) things(root, kind, rank string) []completionItem {
	var all []completionItem
	for _, o := range v.folder.declarations(kind) {
		name := root + "." + o.name
		if !hclsyntax.ValidIdentifier(o.name) {
			name = root + "[\"" + o.name + "\"]"
		}
		all = append(all, completionItem{Label: name, Kind: itemReference, Detail: kind, SortText: rank + name})
	}
	return all
}

// rounds returns self, where it has a meaning, and the iterators of the dynamic
// blocks around.
func (b *block) rounds() []string {
	var names []string
	for ; b != nil && b.parent != nil; b = b.parent {
		if spec := b.spec(); spec != nil && spec.PerHost {
			names = append(names, "self")
		}
		if b.typ.text == "dynamic" {
			names = append(names, b.round())
		}
	}
	return names
}

// functionItems offers the functions.
func (s *Session) functionItems() []completionItem {
	var all []completionItem
	for _, f := range lang.Signatures() {
		item := completionItem{Label: f.Name, Kind: itemFunction, Detail: f.Call, SortText: "4" + f.Name, TextEdit: writing(f.Name + "(")}
		if f.Doc != "" {
			item.Documentation = markdown(f.Doc)
		}
		if s.snippets {
			item.TextEdit, item.InsertTextFormat = writing(f.Name+"($1)"), 2
		}
		all = append(all, item)
	}
	return all
}

// memberItems offers what may follow the names before the last dot.
func (v *view) memberItems(at *spot) []completionItem {
	root := at.path[0]
	if root != "self" && slices.Contains(at.block.rounds(), root) {
		return fields([]string{"key", "value"})
	}
	if len(at.path) == 1 {
		for _, r := range roots {
			if r.name == root {
				return v.names(r.kind, "")
			}
		}
	}
	if root == "cluster" && len(at.path) == 3 && at.path[2] == "vip" {
		return v.names("vip", at.path[1]+"/")
	}
	return fields(lang.Members(at.path))
}

// names offers the names of a kind that begin with prefix, without it.
func (v *view) names(kind, prefix string) []completionItem {
	var all []completionItem
	for _, o := range v.folder.declarations(kind) {
		if len(o.name) > len(prefix) && o.name[:len(prefix)] == prefix && hclsyntax.ValidIdentifier(o.name[len(prefix):]) {
			all = append(all, completionItem{Label: o.name[len(prefix):], Kind: itemReference, Detail: kind})
		}
	}
	return all
}

// fields offers the attributes of an object.
func fields(names []string) []completionItem {
	var all []completionItem
	for _, name := range names {
		all = append(all, completionItem{Label: name, Kind: itemField})
	}
	return all
}
