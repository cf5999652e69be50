package lang

import (
	"fmt"
	"math/big"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

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
	c := converter{l: l, spec: spec, a: a}
	switch spec.Type {
	case schema.Prefixes, schema.Strings, schema.References:
		c.list(v, f.expr)
	case schema.StringMap:
		c.stringMap(v)
	default:
		c.scalar(datum{flat, a.value, a.sensitive})
	}
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
	for _, name := range []string{"host", "cluster", "vip"} {
		if t.Equals(objectTypes[name]) {
			return "a " + name
		}
	}
	switch {
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
	case schema.Reference:
		keep(c, d, c.reference)
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
	elements := c.elements(v, expr)
	switch c.spec.Type {
	case schema.Prefixes:
		keepAll(c, elements, c.prefix)
	case schema.Strings:
		keepAll(c, elements, c.text)
	case schema.References:
		keepAll(c, elements, c.reference)
	}
	if len(elements) < c.spec.Min && !c.a.broken {
		c.wrong(rule.OutOfRange, c.a.value, "%s needs at least %d element. Write %s = %s.", c.spec.Name, c.spec.Min, c.spec.Name, c.spec.Example)
	}
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
func (c *converter) stringMap(v cty.Value) {
	v, _ = v.Unmark()
	if !v.Type().IsMapType() && !v.Type().IsObjectType() {
		c.wrong(rule.WrongType, c.a.value, "%s is a map of texts, not %s. Write %s = %s.", c.spec.Name, kindOf(v.Type()), c.spec.Name, c.spec.Example)
		return
	}
	all := map[string]Value[string]{}
	for it := v.ElementIterator(); it.Next(); {
		key, e := it.Element()
		flat, marks := e.UnmarkDeep()
		d := datum{flat, originOf(marks, c.a.value), sensitive(e) || c.spec.Sensitive}
		if !flat.IsKnown() || flat.IsNull() {
			c.a.broken = c.a.broken || !flat.IsKnown()
			continue
		}
		if s, ok := c.text(d); ok {
			all[key.AsString()] = Value[string]{V: s, Range: d.at, Set: true, Sensitive: d.sensitive}
		}
	}
	c.a.decoded = all
}

// text converts a text. A number is not taken for one: 0123 would lose its
// zero.
func (c *converter) text(d datum) (string, bool) {
	if d.v.Type() != cty.String {
		hint := ""
		if d.v.Type().IsPrimitiveType() {
			hint = " Write it in quotes."
		} else if t := d.v.Type(); t.IsObjectType() && t.HasAttribute("name") {
			hint = " Write its name: add .name to the reference."
		}
		c.wrong(rule.WrongType, d.at, "%s must be a text, not %s.%s", c.spec.Name, kindOf(d.v.Type()), hint)
		return "", false
	}
	s := d.v.AsString()
	if len(c.spec.Enum) > 0 && !slices.Contains(c.spec.Enum, s) {
		c.wrong(rule.NotAllowed, d.at, "%s can't be %s.%s", c.spec.Name, d.shown(), c.instead(d))
		return "", false
	}
	if complaint := badForm(c.spec.Form, s); complaint != "" {
		c.wrong(rule.NotAllowed, d.at, "%s can't be %s: %s.", c.spec.Name, d.shown(), complaint)
		return "", false
	}
	return s, true
}

// instead suggests one of the texts that the description allows.
func (c *converter) instead(d datum) string {
	all := quoted(c.spec.Enum)
	if d.sensitive {
		return " Write " + listedOr(all) + "."
	}
	return didYouMean(d.v.AsString(), all, "Write "+listedOr(all)+".")
}

// quoted puts each text in quotes.
func quoted(all []string) []string {
	q := make([]string, len(all))
	for i, s := range all {
		q[i] = strconv.Quote(s)
	}
	return q
}

// listedOr returns names in a sentence: "a, b or c".
func listedOr(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// badForm says why s does not have that form, in half a sentence; "" when it
// does.
func badForm(f schema.Form, s string) string {
	switch {
	case f == schema.Filled && s == "":
		return "it is empty"
	case f == schema.Name && !nameForm.MatchString(s):
		return "it must be 1 to 63 letters, digits, \".\", \"_\" and \"-\", beginning with a letter or digit"
	case f == schema.Interface && badInterface(s):
		return "an interface name has 1 to 15 bytes, and no \"/\", \":\" or white space"
	case f == schema.AbsolutePath && !strings.HasPrefix(s, "/"):
		return "it must be an absolute path, beginning with \"/\""
	}
	return ""
}

// badInterface reports whether Linux would refuse an interface of that name.
func badInterface(s string) bool {
	return s == "" || s == "." || s == ".." || len(s) > 15 ||
		strings.ContainsFunc(s, func(r rune) bool { return r == '/' || r == ':' || unicode.IsSpace(r) || !unicode.IsPrint(r) })
}

// integer converts a whole number.
func (c *converter) integer(d datum) (int, bool) {
	n, err := convert.Convert(d.v, cty.Number)
	if err != nil {
		c.wrong(rule.WrongType, d.at, "%s must be a whole number, not %s. Write %s = %s.", c.spec.Name, d.shown(), c.spec.Name, c.spec.Example)
		return 0, false
	}
	v, accuracy := n.AsBigFloat().Int64()
	switch {
	case accuracy != big.Exact && n.AsBigFloat().IsInt():
		v = 0
		fallthrough
	case accuracy == big.Exact && !c.within(v):
		c.wrong(rule.OutOfRange, d.at, "%s can't be %s. Write %s.", c.spec.Name, d.shown(), c.allowed())
		return 0, false
	case accuracy != big.Exact:
		c.wrong(rule.WrongType, d.at, "%s must be a whole number, not %s. Write %s = %s.", c.spec.Name, d.shown(), c.spec.Name, c.spec.Example)
		return 0, false
	}
	return int(v), true
}

// within reports whether the description allows that number.
func (c *converter) within(n int64) bool {
	if len(c.spec.EnumInt) > 0 {
		return slices.Contains(c.spec.EnumInt, int(n))
	}
	return c.spec.Min == 0 && c.spec.Max == 0 || n >= int64(c.spec.Min) && n <= int64(c.spec.Max)
}

// allowed names the numbers that the description allows.
func (c *converter) allowed() string {
	if len(c.spec.EnumInt) > 0 {
		texts := make([]string, len(c.spec.EnumInt))
		for i, n := range c.spec.EnumInt {
			texts[i] = strconv.Itoa(n)
		}
		return listedOr(texts)
	}
	return fmt.Sprintf("a number from %d to %d", c.spec.Min, c.spec.Max)
}

// boolean converts true or false.
func (c *converter) boolean(d datum) (bool, bool) {
	v, err := convert.Convert(d.v, cty.Bool)
	if err != nil || d.v.Type() == cty.Number {
		c.wrong(rule.WrongType, d.at, "%s must be true or false, not %s. Write %s = true.", c.spec.Name, d.shown(), c.spec.Name)
		return false, false
	}
	return v.True(), true
}

var durationForm = regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`)

// duration converts a text like "1m30s".
func (c *converter) duration(d datum) (time.Duration, bool) {
	if d.v.Type() != cty.String {
		hint := c.spec.Example
		if d.v.Type() == cty.Number && !d.sensitive {
			hint = "\"" + d.shown() + "s\" for seconds"
		}
		c.wrong(rule.BadDuration, d.at, "%s is a text with a unit, not %s. Write %s.", c.spec.Name, kindOf(d.v.Type()), hint)
		return 0, false
	}
	s := d.v.AsString()
	v, err := time.ParseDuration(s)
	if err != nil || !durationForm.MatchString(s) {
		c.wrong(rule.BadDuration, d.at, "%s can't be %s. Write a number with one of the units ms, s, m and h, as in %s.", c.spec.Name, d.shown(), c.spec.Example)
		return 0, false
	}
	if v < c.spec.Shortest || c.spec.Longest > 0 && v > c.spec.Longest {
		c.wrong(rule.OutOfRange, d.at, "%s can't be %s. Write a duration from %s to %s.", c.spec.Name, d.shown(), schema.Brief(c.spec.Shortest), schema.Brief(c.spec.Longest))
		return 0, false
	}
	return v, true
}

// address converts one IP address.
func (c *converter) address(d datum) (netip.Addr, bool) {
	s, ok := c.addressText(d)
	if !ok {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" || a.Is4In6() {
		c.wrong(rule.BadAddress, d.at, "%s can't be %s: it is no IP address without a prefix length or zone. Write %s.", c.spec.Name, d.shown(), c.spec.Example)
		return netip.Addr{}, false
	}
	return a, true
}

// addressText returns the text of an address.
func (c *converter) addressText(d datum) (string, bool) {
	if d.v.Type() != cty.String {
		c.wrong(rule.BadAddress, d.at, "An address in %s is a text, not %s. Write it as in %s.", c.spec.Name, kindOf(d.v.Type()), c.spec.Example)
		return "", false
	}
	return d.v.AsString(), true
}

// prefix converts an address with a prefix length; a bare one is /32 or /128.
func (c *converter) prefix(d datum) (netip.Prefix, bool) {
	s, ok := c.addressText(d)
	if !ok {
		return netip.Prefix{}, false
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		a, bare := netip.ParseAddr(s)
		if bare != nil || a.Zone() != "" {
			c.wrong(rule.BadAddress, d.at, "%s is no IP address. Write one with its prefix length, as in %s.", capital(d.shown()), c.spec.Example)
			return netip.Prefix{}, false
		}
		p = netip.PrefixFrom(a, a.BitLen())
	}
	a := p.Addr()
	if a.Is4In6() || a.IsUnspecified() || a.IsMulticast() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		c.wrong(rule.BadAddress, d.at, "%s is no address that a host can have. Write a unicast address, as in %s.", capital(d.shown()), c.spec.Example)
		return netip.Prefix{}, false
	}
	return p, true
}

// reference converts an object such as host.lb01.
func (c *converter) reference(d datum) (Ref, bool) {
	t := d.v.Type()
	switch {
	case t.Equals(objectTypes[c.spec.Kind]) && d.v.IsWhollyKnown():
		return refOf(c.spec.Kind, d.v.GetAttr("id").AsString()), true
	case t.Equals(objectTypes[c.spec.Kind]):
		return c.partialReference(d)
	case t == cty.String:
		c.wrong(rule.NoReference, d.at, "%s takes a %s itself, not its name. Write %s.%s instead of %s.", c.spec.Name, c.spec.Kind, c.spec.Kind, nameIn(d), d.shown())
	case t.IsObjectType() && t.HasAttribute("id"):
		c.wrong(rule.WrongKind, d.at, "%s takes a %s, not %s. Write %s.", c.spec.Name, c.spec.Kind, kindOf(t), c.spec.Example)
	default:
		c.wrong(rule.NoReference, d.at, "%s takes a %s, not %s. Write %s.", c.spec.Name, c.spec.Kind, kindOf(t), c.spec.Example)
	}
	return Ref{}, false
}

// partialReference converts an object of which something is broken, but not
// what it is.
func (c *converter) partialReference(d datum) (Ref, bool) {
	id := d.v.GetAttr("id")
	if !id.IsKnown() || id.IsNull() {
		c.a.broken = true
		return Ref{}, false
	}
	return refOf(c.spec.Kind, id.AsString()), true
}

// nameIn returns the name that a text was meant to be.
func nameIn(d datum) string {
	if d.sensitive {
		return "NAME"
	}
	return d.v.AsString()
}
