package lang

import (
	"maps"
	"slices"
	"strings"
)

// Signature says how a function of expressions is called.
type Signature struct {
	Name string
	Call string // "join(separator, lists...)"
	Doc  string // a sentence or more; may be empty
}

// Signatures returns those of all functions, in order of names.
func Signatures() []Signature {
	all := functions(readable{}, nil)
	signatures := make([]Signature, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		f := all[name]
		var params []string
		for _, p := range f.Params() {
			params = append(params, p.Name)
		}
		if p := f.VarParam(); p != nil {
			params = append(params, p.Name+"...")
		}
		signatures = append(signatures, Signature{name, name + "(" + strings.Join(params, ", ") + ")", f.Description()})
	}
	return signatures
}
