package lsp

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// prepareRename returns the place of the name at the cursor, null when it cannot
// be renamed.
func (s *Session) prepareRename(v *view, _ *documentParams) (any, error) {
	at, ok := v.named()
	if !ok || !v.folder.declared(at.thing) {
		return nil, nil
	}
	return v.file.reach(at.at), nil
}

// declared reports whether something is declared in the folder.
func (f *folder) declared(t thing) bool {
	return slices.ContainsFunc(f.declarations(t.kind), func(o occurrence) bool { return o.thing == t })
}

// rename gives the thing at the cursor another name, wherever it is named.
func (s *Session) rename(v *view, p *documentParams) (any, error) {
	at, ok := v.named()
	if !ok || !v.folder.declared(at.thing) {
		return nil, &Error{codeFailed, "there is nothing here that is declared in this folder"}
	}
	if err := v.folder.renameable(at.thing, p.NewName); err != nil {
		return nil, err
	}
	edit := workspaceEdit{map[string][]textEdit{}}
	v.folder.occurrences(func(o occurrence) bool {
		if o.thing == at.thing {
			uri := v.folder.uriOf(o.file)
			edit.Changes[uri] = append(edit.Changes[uri], o.renamed(p.NewName))
		}
		return true
	})
	return edit, nil
}

// renameable says why a thing can't have that name, nil when it can.
func (f *folder) renameable(t thing, name string) error {
	refuse := func(format string, args ...any) error { return &Error{codeFailed, fmt.Sprintf(format, args...)} }
	if t.kind == "variable" || t.kind == "local" {
		if !hclsyntax.ValidIdentifier(name) {
			return refuse("%q cannot be written behind a dot", name)
		}
	} else if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == '"' || r == '\\' || r == '$' || r == '%' || r == '/' }) {
		return refuse("%q is no name", name)
	}
	if cluster, _, ok := strings.Cut(t.name, "/"); ok && t.kind == "vip" {
		name = cluster + "/" + name
	}
	if f.declared(thing{t.kind, name}) {
		return refuse("%s is declared already", name)
	}
	for _, file := range f.files {
		if strings.HasSuffix(file.name, ".json") && strings.Contains(file.text, "${") {
			return refuse("%s is JSON, in which names are not renamed", file.name)
		}
	}
	return nil
}

// renamed returns the edit that gives the thing here another name.
func (o *occurrence) renamed(name string) textEdit {
	if o.step.from == o.step.to { // a label, or a local's own name
		return textEdit{o.file.reach(o.at), name}
	}
	if hclsyntax.ValidIdentifier(name) {
		return textEdit{o.file.reach(o.step), "." + name}
	}
	return textEdit{o.file.reach(o.step), "[" + strconv.Quote(name) + "]"}
}
