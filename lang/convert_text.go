package lang

import (
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hactl/lang/rule"
	"hactl/lang/schema"
)

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
	if len(s) > schema.LongestText || strings.Contains(s, "\x00") {
		c.wrong(rule.TooLarge, d.at, "A text of %s has %d bytes, and at most %d are possible, none of them a NUL. Make it shorter; a long one belongs in a file.", c.spec.Name, len(s), schema.LongestText)
		return "", false
	}
	if len(c.spec.Enum) > 0 && !slices.Contains(c.spec.Enum, s) {
		c.wrong(rule.NotAllowed, d.at, "%s can't be %s.%s", c.spec.Name, d.shown(), c.instead(d))
		return "", false
	}
	if complaint := badForm(c.spec.Form, s); complaint != "" {
		shown := d.shown()
		if strings.Contains(s, "@") && (c.spec.Form == schema.URL || c.spec.Form == schema.MailServer) { // perhaps with a password
			shown = "this value"
			c.l.mask(d.at.Filename, span{d.at.Start.Byte, d.at.End.Byte})
		}
		c.wrong(rule.NotAllowed, d.at, "%s can't be %s: %s.", c.spec.Name, shown, complaint)
		return "", false
	}
	return s, true
}

// texts converts a list of texts. A status code may be written as a number.
func (c *converter) texts(elements []datum) {
	if c.spec.Form == schema.StatusRange {
		for i, d := range elements {
			if d.v.Type() == cty.Number {
				elements[i].v = cty.StringVal(d.v.AsBigFloat().Text('f', -1))
			}
		}
	}
	keepAll(c, elements, c.text)
	if c.spec.Form == schema.Command && len(elements) > 0 && !c.a.broken {
		if first := elements[0]; !strings.HasPrefix(first.v.AsString(), "/") {
			c.wrong(rule.NotAllowed, first.at, "%s can't begin with %s: no shell looks for it, so it must be an absolute path, beginning with \"/\". Write %s = %s.",
				c.spec.Name, first.shown(), c.spec.Name, c.spec.Example)
		}
	}
}

// instead suggests one of the texts that the description allows.
func (c *converter) instead(d datum) string {
	best := rule.Nearest(d.v.AsString(), c.spec.Enum)
	if d.sensitive || best == "" {
		return " Write " + rule.Or(quoted(c.spec.Enum)) + "."
	}
	return " Did you mean " + strconv.Quote(best) + "?"
}

// quoted puts each text in quotes.
func quoted(all []string) []string {
	q := make([]string, len(all))
	for i, s := range all {
		q[i] = strconv.Quote(s)
	}
	return q
}
