package lang

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

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
	if slices.Contains(c.spec.Later, s) && !d.sensitive {
		c.wrong(rule.NotYet, d.at, "%s = %s is not supported yet by this version. Write %s.", c.spec.Name, d.shown(), rule.Or(quoted(c.spec.Enum)))
		return "", false
	}
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
	case f == schema.Store && badStore(s):
		return "a store is a path, or \"ssh:\" with an absolute path or nothing behind it; a path with a colon begins with \"./\""
	case f == schema.AbsolutePath && !strings.HasPrefix(s, "/"):
		return "it must be an absolute path, beginning with \"/\""
	}
	return ""
}

// storeScheme is the beginning of a store that is no path.
var storeScheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)

// badStore reports whether there is no such store.
func badStore(s string) bool {
	dir, isSSH := strings.CutPrefix(s, "ssh:")
	if isSSH {
		return dir != "" && (!strings.HasPrefix(dir, "/") || strings.HasPrefix(dir, "//"))
	}
	return s == "" || storeScheme.MatchString(s)
}

// badInterface reports whether Linux would refuse an interface of that name.
func badInterface(s string) bool {
	return s == "" || s == "." || s == ".." || len(s) > 15 ||
		strings.ContainsFunc(s, func(r rune) bool { return r == '/' || r == ':' || unicode.IsSpace(r) || !unicode.IsPrint(r) })
}
