package lang

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"hactl/lang/rule"
	"hactl/lang/schema"
)

// integer converts a whole number.
func (c *converter) integer(d datum) (int, bool) {
	n, err := number(d.v)
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

// number converts v to a number, unless that would take long.
func number(v cty.Value) (cty.Value, error) {
	if v.Type() == cty.String && len(v.AsString()) > maxDigits {
		return cty.NilVal, errTooManyDigits
	}
	return convert.Convert(v, cty.Number)
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
		return rule.Or(texts)
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
