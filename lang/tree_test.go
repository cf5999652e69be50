package lang_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hactl/lang"
	"hactl/lang/schema"
)

// tree prints a block and those in it: written attributes with "=", and what
// could not be decoded with "?". What uses self is printed as it is for the first
// host, and then for each other one.
func tree(b *lang.Block) string {
	var out strings.Builder
	printBlock(&out, schema.Root, b, "")
	return out.String()
}

func printBlock(out *strings.Builder, spec *schema.Block, b *lang.Block, indent string) {
	for _, a := range spec.Attributes {
		if b.Has(a.Name) {
			fmt.Fprintf(out, "%s%s %s %s\n", indent, a.Name, sign(b, a.Name), printValue(&a, b))
		}
	}
	for _, n := range spec.Blocks {
		if n.Type == "variable" || n.Type == "locals" {
			continue
		}
		if b.Broken(n.Type) {
			fmt.Fprintf(out, "%s%s ?\n", indent, n.Type)
		}
		for _, c := range b.Blocks(n.Type) {
			fmt.Fprintf(out, "%s%s %s\n", indent, n.Type, c.Label())
			printBlock(out, n, c, indent+"  ")
			for _, h := range hostsOf(b) {
				if other := c.For(h.Label()); other != c {
					fmt.Fprintf(out, "%s%s %s for %s\n", indent, n.Type, c.Label(), h.Label())
					printBlock(out, n, other, indent+"  ")
				}
			}
		}
	}
}

// hostsOf returns the hosts of the configuration that b is part of.
func hostsOf(b *lang.Block) []*lang.Block {
	for b.Parent() != nil {
		b = b.Parent()
	}
	return b.Blocks("host")
}

func sign(b *lang.Block, name string) string {
	if b.Broken(name) {
		return "?"
	}
	return "="
}

// printValue prints the value of an attribute.
func printValue(a *schema.Attribute, b *lang.Block) string {
	switch a.Type {
	case schema.String:
		return one(b.String(a.Name))
	case schema.Integer:
		return one(b.Integer(a.Name))
	case schema.Bool:
		return one(b.Bool(a.Name))
	case schema.Duration:
		return one(b.Duration(a.Name))
	case schema.Address:
		return one(b.Address(a.Name))
	case schema.Prefixes:
		return many(b.Prefixes(a.Name))
	case schema.References:
		return many(b.Refs(a.Name))
	case schema.Strings:
		return many(b.Strings(a.Name))
	case schema.Reference:
		return one(b.Ref(a.Name))
	case schema.Network:
		return one(b.Network(a.Name))
	case schema.StringMap:
		all := b.StringMap(a.Name)
		var s []string
		for _, key := range slices.Sorted(maps.Keys(all)) {
			s = append(s, key+"="+one(all[key]))
		}
		return strings.Join(s, " ")
	}
	panic("no way to print " + a.Name)
}

func one[T any](v lang.Value[T]) string {
	if v.Sensitive {
		return "(sensitive)"
	}
	return fmt.Sprint(v.V)
}

func many[T any](all []lang.Value[T]) string {
	s := make([]string, len(all))
	for i, v := range all {
		s[i] = one(v)
	}
	return strings.Join(s, " ")
}
