package lang

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// secret marks values that are never printed.
type secret struct{}

// origin marks values with the place they were written at. It serves messages
// only: who a host is says its id.
type origin struct{ at hcl.Range }

// isSecret reports whether v holds a value that is never printed.
func isSecret(v cty.Value) bool {
	if !v.ContainsMarked() {
		return false
	}
	_, marks := v.UnmarkDeep()
	_, ok := marks[secret{}]
	return ok
}

// absent reports whether v stands for a value that could not be made, which
// was reported.
func absent(v cty.Value) bool { return !v.IsKnown() && v.Type() == cty.DynamicPseudoType }

// originOf returns the one place that a value came from, or otherwise when
// there is none or several.
func originOf(marks cty.ValueMarks, otherwise hcl.Range) hcl.Range {
	found, n := otherwise, 0
	for m := range marks {
		if o, ok := m.(origin); ok {
			found, n = o.at, n+1
		}
	}
	if n == 1 {
		return found
	}
	return otherwise
}

// sensitive reports whether v must not be printed. Of a host or another object,
// only its id counts: a secret label makes no secret of the host.
func sensitive(v cty.Value) bool {
	plain, _ := v.Unmark()
	if t := plain.Type(); t.IsObjectType() && t.HasAttribute("id") && plain.IsKnown() && !plain.IsNull() {
		return isSecret(plain.GetAttr("id"))
	}
	return isSecret(v)
}

// annotate marks the parts of v with the places in expr that they are written
// at, as deep as expr is made of literal lists and objects. Parts that know
// their place keep it.
func annotate(expr hcl.Expression, v cty.Value) cty.Value {
	if v.IsMarked() || !v.IsKnown() || v.IsNull() {
		return v
	}
	typ := v.Type()
	switch {
	case typ.IsPrimitiveType() || typ.Equals(hostType) || typ.Equals(clusterType) || typ.Equals(plainType):
		return v.Mark(origin{expr.Range()})
	case typ.IsTupleType() || typ.IsListType():
		return annotateList(expr, v)
	case typ.IsObjectType() || typ.IsMapType():
		return annotateMap(expr, v)
	}
	return v
}

// annotateList marks the elements of a list or tuple.
func annotateList(expr hcl.Expression, v cty.Value) cty.Value {
	exprs, diags := hcl.ExprList(expr)
	if diags.HasErrors() || len(exprs) == 0 || len(exprs) != v.LengthInt() {
		return v
	}
	elements := v.AsValueSlice()
	for i := range elements {
		elements[i] = annotate(exprs[i], elements[i])
	}
	if v.Type().IsTupleType() {
		return cty.TupleVal(elements)
	}
	return cty.ListVal(elements)
}

// annotateMap marks the elements of a map or object whose keys are constant.
func annotateMap(expr hcl.Expression, v cty.Value) cty.Value {
	pairs, diags := hcl.ExprMap(expr)
	if diags.HasErrors() || len(pairs) == 0 {
		return v
	}
	elements := v.AsValueMap()
	for _, p := range pairs {
		key, diags := p.Key.Value(nil)
		if diags.HasErrors() || key.Type() != cty.String || !key.IsWhollyKnown() || key.IsNull() {
			continue
		}
		if e, ok := elements[key.AsString()]; ok {
			elements[key.AsString()] = annotate(p.Value, e)
		}
	}
	if v.Type().IsObjectType() {
		return cty.ObjectVal(elements)
	}
	return cty.MapVal(elements)
}

// maxWeight is how many values, or bytes of text, one local or variable may
// hold. A number of thousands of digits weighs more than that.
const maxWeight = 4 << 20

// heavy reports whether v is larger than maxWeight.
func heavy(v cty.Value) bool {
	left := maxWeight
	weigh(v, &left)
	return left < 0
}

// isLong reports whether a number has thousands of digits.
func isLong(v cty.Value) bool {
	exponent := v.AsBigFloat().MantExp(nil)
	return exponent > 4096 || exponent < -4096
}

// weigh subtracts the size of v from left, until nothing is left.
func weigh(v cty.Value, left *int) {
	v, _ = v.Unmark()
	*left--
	if *left < 0 || v.IsNull() || !v.IsKnown() {
		return
	}
	switch v.Type() {
	case cty.String:
		*left -= len(v.AsString())
		return
	case cty.Number:
		if isLong(v) {
			*left = -1
		}
		return
	}
	if !v.CanIterateElements() {
		return
	}
	for it := v.ElementIterator(); it.Next() && *left >= 0; {
		_, e := it.Element()
		weigh(e, left)
	}
}
