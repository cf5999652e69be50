package lang

import (
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"
)

// Members returns what an object in expressions has, in order: those of host.lb01
// for the path "host", "lb01". The names of blocks and map keys in a path may be
// any; what has no fixed members has none. self is a host.
func Members(path []string) []string {
	if len(path) == 0 {
		return nil
	}
	kind, rest := path[0], path[1:]
	if kind == "self" {
		kind = "host"
	} else if len(rest) > 0 {
		rest = rest[1:] // its name
	}
	typ, ok := objectTypes[kind]
	for _, name := range rest {
		switch {
		case ok && typ.IsObjectType() && typ.HasAttribute(name):
			typ = typ.AttributeType(name)
		case ok && typ.IsMapType():
			typ = typ.ElementType()
		default:
			return nil
		}
	}
	if !ok || !typ.IsObjectType() || kind == "vip" {
		return nil
	}
	return slices.Sorted(maps.Keys(map[string]cty.Type(typ.AttributeTypes())))
}
