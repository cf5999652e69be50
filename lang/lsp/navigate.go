package lsp

import (
	"encoding/json"
	"strings"
)

// definition tells where the thing at the cursor is declared: more than once when
// that is a mistake.
func (s *Session) definition(v *view, _ *documentParams) (any, error) {
	return v.places(func(o occurrence) bool { return o.declares }), nil
}

// references tells where the thing at the cursor is named.
func (s *Session) references(v *view, p *documentParams) (any, error) {
	return v.places(func(o occurrence) bool { return !o.declares || p.Context.IncludeDeclaration }), nil
}

// places returns the occurrences of the thing at the cursor that are wanted.
func (v *view) places(wanted func(occurrence) bool) []Location {
	all := []Location{}
	at, ok := v.meant()
	if !ok {
		return all
	}
	v.folder.occurrences(func(o occurrence) bool {
		if o.thing == at.thing && wanted(o) {
			all = append(all, Location{v.folder.uriOf(o.file), o.file.reach(o.at)})
		}
		return true
	})
	return all
}

// The protocol's kinds of symbols.
const (
	symbolModule    = 2
	symbolClass     = 5
	symbolProperty  = 7
	symbolInterface = 11
	symbolVariable  = 13
	symbolObject    = 19
	symbolEvent     = 24
)

var symbolKinds = map[string]int{
	"hactl": symbolModule, "locals": symbolModule, "cluster": symbolClass, "vip": symbolInterface,
	"variable": symbolVariable, "local": symbolVariable, "upgrade": symbolEvent, "hook": symbolEvent,
}

func symbolKind(kind string) int {
	if k, ok := symbolKinds[kind]; ok {
		return k
	}
	return symbolObject
}

// documentSymbols returns the outline of a file.
func (s *Session) documentSymbols(v *view, _ *documentParams) (any, error) {
	all := []documentSymbol{}
	for _, p := range v.file.pieces {
		all = append(all, v.file.symbols(p.outline.root, p.from)...)
	}
	return all, nil
}

// symbols returns the blocks in b, which stand in a piece that begins at from, and
// the locals.
func (f *file) symbols(b *block, from int) []documentSymbol {
	var all []documentSymbol
	if b.typ.text == "locals" {
		for _, a := range b.attributes {
			all = append(all, documentSymbol{Name: a.name.text, Kind: symbolVariable,
				Range: f.reach(span{a.name.from, max(a.name.to, a.value.to)}.plus(from)), SelectionRange: f.reach(a.name.plus(from))})
		}
	}
	for _, n := range b.blocks {
		symbol := documentSymbol{Name: n.typ.text, Kind: symbolKind(n.typ.text), Range: f.reach(n.whole.plus(from)),
			SelectionRange: f.reach(n.name().plus(from)), Children: f.symbols(n, from)}
		if len(n.labels) > 0 {
			symbol.Name += " \"" + n.labels[0].text + "\""
		}
		all = append(all, symbol)
	}
	return all
}

// mostSymbols is how many symbols of all folders are found at once.
const mostSymbols = 1000

// workspaceSymbols returns what is declared in all open folders under a name that
// holds the letters of the query.
func (s *Session) workspaceSymbols(params []byte) (any, error) {
	var p struct {
		Query string `json:"query"`
	}
	if err := json.Unmarshal(params, &p); err != nil {
		return nil, &Error{codeBadParams, err.Error()}
	}
	all := []workspaceSymbol{}
	for _, dir := range s.folders {
		dir.occurrences(func(o occurrence) bool {
			if o.declares && strings.Contains(strings.ToLower(o.name), strings.ToLower(p.Query)) {
				all = append(all, workspaceSymbol{o.name, symbolKind(o.kind), Location{dir.uriOf(o.file), o.file.reach(o.at)}, o.kind})
			}
			return len(all) < mostSymbols
		})
	}
	return all, nil
}
