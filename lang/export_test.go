package lang

import (
	"maps"
	"slices"
)

// FunctionNames returns the names of all functions in lexical order.
func FunctionNames() []string { return slices.Sorted(maps.Keys(functions(readable{}, nil))) }
