package lang

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hactl/lang/schema"
)

// plain converts a list that is written out and holds nothing but texts, or the
// names of blocks. Most lists do: an evaluation would come to the same, and takes
// longer. It reports whether the list is one.
func (c *converter) plain(expr hcl.Expression, it *iteration) bool {
	list, ok := expr.(*hclsyntax.TupleConsExpr)
	if !ok || c.spec.Type == schema.References && it.find(c.spec.Kind) != nil {
		return false
	}
	switch c.spec.Type {
	case schema.References:
		return elementwise(list, c.named, func(all []Value[Ref]) { c.a.decoded = all; c.count(len(all)) })
	case schema.Prefixes, schema.Strings:
		return elementwise(list, c.quoted, c.convert)
	}
	return false
}

// elementwise hands over what f makes of the elements of a list, unless there is one
// that it has nothing for.
func elementwise[T any](list *hclsyntax.TupleConsExpr, f func(hclsyntax.Expression) (T, bool), then func([]T)) bool {
	all := make([]T, len(list.Exprs))
	for i, e := range list.Exprs {
		var ok bool
		if all[i], ok = f(e); !ok {
			return false
		}
	}
	then(all)
	return true
}

// quoted returns a text without templates.
func (c *converter) quoted(expr hclsyntax.Expression) (datum, bool) {
	text, ok := expr.(*hclsyntax.TemplateExpr)
	if !ok || !text.IsStringLiteral() {
		return datum{}, false
	}
	v, _ := text.Parts[0].Value(nil) // a constant
	return datum{v, text.Range(), c.spec.Sensitive}, true
}

// named returns the reference that the name of a block is, of the kind that is
// wanted, if that block has been made.
func (c *converter) named(expr hclsyntax.Expression) (Value[Ref], bool) {
	name, ok := expr.(*hclsyntax.ScopeTraversalExpr)
	k := c.l.scope.kind(c.spec.Kind)
	if !ok || k == nil || len(name.Traversal) != 2 || name.Traversal.RootName() != k.name {
		return Value[Ref]{}, false
	}
	label := stepName(name.Traversal[1])
	if o := k.static[label]; o == nil || !o.whole() {
		return Value[Ref]{}, false
	}
	return Value[Ref]{V: Ref{k.name, label}, Range: name.Range(), Set: true, Sensitive: c.spec.Sensitive}, true
}
