package lang

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hactl/lang/rule"
	"hactl/lang/schema"
)

// datum is one value that is known, not null and without marks, with its place.
type datum struct {
	v         cty.Value
	at        hcl.Range
	sensitive bool
}

// attribute evaluates one attribute and checks it against its description. It
// returns nil for null.
func (l *loader) attribute(spec *schema.Attribute, f field, it *iteration) *attribute {
	a := &attribute{name: f.at, value: f.expr.Range()}
	if spec.Type == schema.Any || spec.Type == schema.TypeExpr {
		return a
	}
	c := converter{l: l, spec: spec, a: a}
	if c.plain(f.expr, it) {
		return a
	}
	v, ok := l.value(f.expr, it)
	if !ok {
		a.broken = true
		return a
	}
	flat, _ := v.UnmarkDeep()
	_, whole := v.Unmark() // elements have their own marks
	_, a.sensitive = whole[secret{}]
	a.sensitive = a.sensitive || spec.Sensitive
	switch {
	case !flat.IsKnown():
		a.broken = true
		return a
	case flat.IsNull():
		return nil
	}
	switch spec.Type {
	case schema.Prefixes, schema.References, schema.Strings:
		c.list(v, f.expr)
	case schema.Reference:
		c.single(v)
	case schema.StringMap:
		c.stringMap(v, f.expr)
	default:
		c.scalar(datum{flat, a.value, a.sensitive})
	}
	c.exposed()
	return a
}

// converter turns the value of one attribute into Go's types.
type converter struct {
	l    *loader
	spec *schema.Attribute
	a    *attribute
}

// wrong reports what is wrong with a value.
func (c *converter) wrong(r rule.Rule, at hcl.Range, format string, args ...any) {
	c.a.broken = true
	c.l.report(r.At(at, fmt.Sprintf(format, args...)))
}

// shown returns a value for use in a message.
func (d datum) shown() string {
	switch {
	case d.sensitive:
		return "the sensitive value"
	case d.v.Type() == cty.String:
		s := []rune(d.v.AsString())
		if len(s) > 60 {
			return strconv.Quote(string(s[:60])) + "…"
		}
		return strconv.Quote(string(s))
	case d.v.Type() == cty.Number:
		return d.v.AsBigFloat().Text('g', 20)
	case d.v.Type() == cty.Bool:
		return strconv.FormatBool(d.v.True())
	}
	return kindOf(d.v.Type())
}

// kindOf names a type in plain words.
func kindOf(t cty.Type) string {
	switch {
	case t.Equals(hostType):
		return "a host"
	case t.Equals(clusterType):
		return "a cluster"
	case t.Equals(plainType):
		return "a vip, check or notify block"
	case t == cty.String:
		return "a text"
	case t == cty.Number:
		return "a number"
	case t == cty.Bool:
		return "true or false"
	case t.IsTupleType(), t.IsListType():
		return "a list"
	case t.IsSetType():
		return "a set"
	}
	return "a map"
}

// exposed refuses a sensitive value in an attribute that plans, reports and logs
// show.
func (c *converter) exposed() {
	if c.spec.Sensitive || c.spec.Unseen || c.a.broken {
		return
	}
	at, is := c.a.value, c.a.sensitive
	switch all := c.a.decoded.(type) {
	case []Value[string]:
		at, is = hidden(all, at, is)
	case []Value[netip.Prefix]:
		at, is = hidden(all, at, is)
	case []Value[Ref]:
		at, is = hidden(all, at, is)
	}
	if is {
		c.wrong(rule.Exposed, at, "%s would be shown in plans, reports and logs, and this value is sensitive. Take a value that is not, or declare its variable without sensitive.", capital(c.spec.Name))
	}
}

// hidden returns the place of the first sensitive element, or at and is when none
// is.
func hidden[T any](all []Value[T], at hcl.Range, is bool) (hcl.Range, bool) {
	for _, v := range all {
		if v.Sensitive {
			return v.Range, true
		}
	}
	return at, is
}

// scalar converts a single value.
func (c *converter) scalar(d datum) {
	switch c.spec.Type {
	case schema.String:
		keep(c, d, c.text)
	case schema.Integer:
		keep(c, d, c.integer)
	case schema.Bool:
		keep(c, d, c.boolean)
	case schema.Duration:
		keep(c, d, c.duration)
	case schema.Address:
		keep(c, d, c.address)
	case schema.Network:
		keep(c, d, c.network)
	default:
		panic("lang: attribute " + c.spec.Name + " has a type without a conversion")
	}
}

// keep stores what f makes of d.
func keep[T any](c *converter, d datum, f func(datum) (T, bool)) {
	if v, ok := f(d); ok {
		c.a.decoded = v
	}
}

// list converts each element of a list.
func (c *converter) list(v cty.Value, expr hcl.Expression) {
	v, _ = v.Unmark()
	t := v.Type()
	if !t.IsTupleType() && !t.IsListType() && !t.IsSetType() {
		c.noList(datum{v, c.a.value, c.a.sensitive})
		return
	}
	c.convert(c.elements(v, expr))
}

// convert converts the elements of a list.
func (c *converter) convert(elements []datum) {
	switch c.spec.Type {
	case schema.Prefixes:
		keepAll(c, elements, c.prefix)
	case schema.References:
		keepAll(c, elements, c.reference)
	case schema.Strings:
		c.texts(elements)
	}
	c.count(len(elements))
}

// count reports a list of n elements that is too short or too long.
func (c *converter) count(n int) {
	switch {
	case n < c.spec.Min && !c.a.broken:
		c.wrong(rule.OutOfRange, c.a.value, "%s needs at least %d element. Write %s = %s.", c.spec.Name, c.spec.Min, c.spec.Name, c.spec.Example)
	case n > c.spec.Max && c.spec.Max > 0:
		c.wrong(rule.OutOfRange, c.a.value, "%s has %d elements, and at most %d are possible. Take some out.", c.spec.Name, n, c.spec.Max)
	}
}

// single converts one object that may have marks inside.
func (c *converter) single(v cty.Value) {
	flat, marks := v.UnmarkDeep()
	if t := flat.Type(); t.IsTupleType() || t.IsListType() || t.IsSetType() {
		c.wrong(rule.WrongType, c.a.value, "%s takes one %s, not a list. Write it without brackets: %s.", c.spec.Name, c.spec.Kind, c.spec.Example)
		return
	}
	keep(c, datum{flat, originOf(marks, c.a.value), sensitive(v) || c.a.sensitive}, c.reference)
}

// noList reports a single value in the place of a list.
func (c *converter) noList(d datum) {
	if d.v.Type().IsMapType() && c.spec.Type == schema.References {
		c.wrong(rule.WrongType, d.at, "%s is a list, and this is a map of all. Write values(%s).", c.spec.Name, c.spec.Kind)
		return
	}
	c.wrong(rule.WrongType, d.at, "%s is a list, not %s. Write it in brackets: %s.", c.spec.Name, kindOf(d.v.Type()), c.spec.Example)
}

// elements takes a list apart. Elements that are not known are left out.
func (c *converter) elements(v cty.Value, expr hcl.Expression) []datum {
	exprs, diags := hcl.ExprList(expr)
	literal := !diags.HasErrors() && len(exprs) == v.LengthInt() && !v.Type().IsSetType()
	elements := make([]datum, 0, v.LengthInt())
	for i, it := 0, v.ElementIterator(); it.Next(); i++ {
		_, e := it.Element()
		flat, marks := e.UnmarkDeep()
		d := datum{flat, originOf(marks, c.a.value), sensitive(e) || c.a.sensitive}
		if literal {
			d.at = exprs[i].Range()
		}
		switch {
		case !flat.IsKnown():
			c.a.broken = true
		case flat.IsNull():
			c.wrong(rule.WrongType, d.at, "An element of %s is null. Take it out.", c.spec.Name)
		default:
			elements = append(elements, d)
		}
	}
	return elements
}

// keepAll stores what f makes of each element.
func keepAll[T any](c *converter, elements []datum, f func(datum) (T, bool)) {
	all := make([]Value[T], 0, len(elements))
	for _, d := range elements {
		if v, ok := f(d); ok {
			all = append(all, Value[T]{V: v, Range: d.at, Set: true, Sensitive: d.sensitive})
		}
	}
	c.a.decoded = all
}

// stringMap converts a map of texts.
func (c *converter) stringMap(v cty.Value, expr hcl.Expression) {
	v, marks := v.Unmark()
	_, hidden := marks[secret{}] // what makes a name secret makes the whole map so
	if !v.Type().IsMapType() && !v.Type().IsObjectType() {
		c.wrong(rule.WrongType, c.a.value, "%s is a map of texts, not %s. Write %s = %s.", c.spec.Name, kindOf(v.Type()), c.spec.Name, c.spec.Example)
		return
	}
	if n := v.LengthInt(); n > schema.MostTexts {
		c.wrong(rule.OutOfRange, c.a.value, "%s has %d elements, and at most %d are possible. Take some out.", c.spec.Name, n, schema.MostTexts)
		return
	}
	all, places := map[string]Value[string]{}, placesOf(expr)
	for it := v.ElementIterator(); it.Next(); {
		key, e := it.Element()
		flat, marks := e.UnmarkDeep()
		at, literal := places[key.AsString()]
		if !literal {
			at.key, at.value = c.a.value, originOf(marks, c.a.value)
		}
		d := datum{flat, at.value, sensitive(e) || c.a.sensitive}
		if !flat.IsKnown() || flat.IsNull() {
			c.a.broken = c.a.broken || !flat.IsKnown()
			continue
		}
		if complaint := badForm(c.spec.Keys, key.AsString()); complaint != "" {
			c.wrong(rule.NotAllowed, at.key, "%s can't have %s: %s.", c.spec.Name, shownKey(key, hidden), complaint)
			continue
		}
		if c.again(all, key.AsString()) {
			c.wrong(rule.NotAllowed, at.key, "%s can't have %s: another name differs in capital letters only, which mean nothing to HTTP.", c.spec.Name, shownKey(key, hidden))
			continue
		}
		if s, ok := c.text(d); ok {
			all[key.AsString()] = Value[string]{V: s, Range: d.at, Set: true, Sensitive: d.sensitive}
		}
	}
	c.a.decoded = all
}

// shownKey returns the name of an element for use in a message.
func shownKey(key cty.Value, hidden bool) string {
	if hidden {
		return "that name"
	}
	return strconv.Quote(key.AsString())
}

// again reports whether a header of that name is there already.
func (c *converter) again(all map[string]Value[string], name string) bool {
	if c.spec.Keys != schema.HeaderName {
		return false
	}
	for other := range all {
		if strings.EqualFold(other, name) {
			return true
		}
	}
	return false
}

// pair is where the key and the value of an element are written.
type pair struct{ key, value hcl.Range }

// placesOf returns where the elements of a map are written, by key: those of a
// literal one whose keys are constant.
func placesOf(expr hcl.Expression) map[string]pair {
	places := map[string]pair{}
	pairs, diags := hcl.ExprMap(expr)
	if diags.HasErrors() {
		return places
	}
	for _, p := range pairs {
		key, diags := p.Key.Value(nil)
		if !diags.HasErrors() && key.Type() == cty.String && key.IsWhollyKnown() && !key.IsNull() && !key.IsMarked() {
			places[key.AsString()] = pair{p.Key.Range(), p.Value.Range()}
		}
	}
	return places
}
