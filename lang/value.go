package lang

import (
	"net/netip"
	"time"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/schema"
)

// Value is one value of an attribute, or one element of a list.
type Value[T any] struct {
	// V is the value: the schema's default, or zero, when Set is false.
	V T

	// Range is where it was written: for an element of a computed list the
	// place it came from where that is known, else the whole expression. It is
	// the block's header when Set is false and nothing was written.
	Range hcl.Range

	// Set is true when V was written and is valid.
	Set bool

	// Sensitive values are never printed.
	Sensitive bool
}

// Ref is a reference to a block.
type Ref struct {
	Kind string // the type of block: "host", "cluster", "vip", "check" or "notify"
	ID   string // its name, "lb01"; for a vip "web/public"
}

// String returns the value of a String attribute.
func (b *Block) String(name string) Value[string] { return scalar[string](b, name, schema.String) }

// Integer returns the value of an Integer attribute.
func (b *Block) Integer(name string) Value[int] { return scalar[int](b, name, schema.Integer) }

// Bool returns the value of a Bool attribute.
func (b *Block) Bool(name string) Value[bool] { return scalar[bool](b, name, schema.Bool) }

// Duration returns the value of a Duration attribute.
func (b *Block) Duration(name string) Value[time.Duration] {
	return scalar[time.Duration](b, name, schema.Duration)
}

// Address returns the value of an Address attribute.
func (b *Block) Address(name string) Value[netip.Addr] {
	return scalar[netip.Addr](b, name, schema.Address)
}

// Network returns the value of a Network attribute: a prefix without host bits.
func (b *Block) Network(name string) Value[netip.Prefix] {
	return scalar[netip.Prefix](b, name, schema.Network)
}

// Ref returns the value of a Reference attribute.
func (b *Block) Ref(name string) Value[Ref] { return scalar[Ref](b, name, schema.Reference) }

// Strings returns the elements of a Strings attribute, in the order written.
func (b *Block) Strings(name string) []Value[string] { return list[string](b, name, schema.Strings) }

// Refs returns the elements of a References attribute, in the order written.
func (b *Block) Refs(name string) []Value[Ref] { return list[Ref](b, name, schema.References) }

// Prefixes returns the elements of a Prefixes attribute, in the order written.
// A prefix keeps its host bits: 10.0.0.5/24.
func (b *Block) Prefixes(name string) []Value[netip.Prefix] {
	return list[netip.Prefix](b, name, schema.Prefixes)
}

// StringMap returns the elements of a StringMap attribute; nil when there are
// none.
func (b *Block) StringMap(name string) map[string]Value[string] {
	i := b.typed(name, schema.StringMap)
	if a := b.attributes[i]; a != nil && a.decoded != nil {
		return a.decoded.(map[string]Value[string])
	}
	return nil
}

// scalar returns a written value, or the default.
func scalar[T any](b *Block, name string, typ schema.Type) Value[T] {
	i := b.typed(name, typ)
	v := Value[T]{Range: b.AttrRange(name)}
	if d := b.spec.Attributes[i].Default; d != nil {
		v.V = d.(T)
	}
	if a := b.attributes[i]; a != nil && a.decoded != nil {
		v.V, v.Set, v.Sensitive = a.decoded.(T), true, a.sensitive
	}
	return v
}

// list returns the valid elements of a written list.
func list[T any](b *Block, name string, typ schema.Type) []Value[T] {
	i := b.typed(name, typ)
	if a := b.attributes[i]; a != nil && a.decoded != nil {
		return a.decoded.([]Value[T])
	}
	return nil
}

// typed returns the position of an attribute after a look at its type.
func (b *Block) typed(name string, typ schema.Type) int {
	i := b.position(name)
	if b.spec.Attributes[i].Type != typ {
		panic("lang: attribute \"" + name + "\" of block \"" + b.spec.Type + "\" has another type")
	}
	return i
}
