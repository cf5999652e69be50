package lang

import (
	"cmp"
	"io/fs"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// FunctionNames returns the names of all functions in lexical order.
func FunctionNames() []string { return slices.Sorted(maps.Keys(functions(readable{}, nil))) }

// LoadWithin is Load where less is allowed: loops run that often, dynamic blocks
// make that many blocks, there are that many words and signs, and that many names
// are compared. Zero is the usual limit.
func LoadWithin(fsys fs.FS, opts Options, runs, made, parts, compared int) (*Config, hcl.Diagnostics) {
	return load(fsys, opts, limits{
		runs: cmp.Or(runs, usual.runs), made: cmp.Or(made, usual.made), parts: cmp.Or(parts, usual.parts), compared: cmp.Or(compared, usual.compared),
	})
}
