package lang

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hactl/lang/rule"
	"hactl/lang/schema"
)

// span is a part of a text that is never shown: from its first byte to the one
// behind its last.
type span struct{ from, to int }

// mask overwrites parts of a source with asterisks, byte for byte so that
// ranges still hold: whoever shows an excerpt shows no secret.
func (l *loader) mask(name string, spans ...span) {
	text := l.config.Sources[name]
	for _, s := range spans {
		for i := max(s.from, 0); i < min(s.to, len(text)); i++ {
			if text[i] != '\n' && text[i] != '\r' {
				text[i] = '*'
			}
		}
	}
	l.masked[name] = append(l.masked[name], spans...)
}

// maskExpr masks an expression, unless it is a mere name such as var.secret.
func (l *loader) maskExpr(expr hcl.Expression) {
	t, diags := hcl.AbsTraversalForExpr(expr)
	if !diags.HasErrors() && slices.Contains([]string{"var", "local", "host", "cluster"}, t.RootName()) {
		return
	}
	at := expr.Range()
	l.mask(at.Filename, span{at.Start.Byte, at.End.Byte})
}

// maskBody masks every value in a body that nobody will decode.
func (l *loader) maskBody(body hcl.Body) {
	native, ok := body.(*hclsyntax.Body)
	if !ok {
		attrs, _ := body.JustAttributes()
		for _, a := range attrs {
			l.maskExpr(a.Expr)
		}
		return
	}
	for _, a := range native.Attributes {
		l.maskExpr(a.Expr)
	}
	for _, b := range native.Blocks {
		l.maskBody(b.Body)
	}
}

// secretName matches names under which people write secrets.
var secretName = regexp.MustCompile(`(?i)secret|pass|token|credential`)

// secretive reports whether the value of an attribute that spec lacks may be a
// secret: where secrets stand, and under names that sound like one.
func secretive(spec *schema.Block, name string) bool {
	return holdsSecrets(spec) || secretName.MatchString(name) || rule.Nearest(name, schema.Sensitive()) != ""
}

// holdsSecrets reports whether a block that spec describes has an attribute
// that is never shown.
func holdsSecrets(spec *schema.Block) bool {
	return slices.ContainsFunc(spec.Attributes, func(a schema.Attribute) bool { return a.Sensitive })
}

// hide takes HCL's own words out of findings about what is masked: they may
// quote it.
func (l *loader) hide(diags hcl.Diagnostics) {
	for _, d := range diags {
		if !l.isMasked(*d.Subject) {
			continue
		}
		switch code, _, _ := rule.Of(d); {
		case code == rule.Evaluation.Code, code == rule.Undefined.Code, code == rule.Syntax.Code && strings.Contains(d.Detail, `"`):
			d.Detail = "What stands here has no value. It may be a secret, so it is not shown. Look at it in the file: a text stands in quotes."
		}
	}
}

// isMasked reports whether some of what stands at a range is masked.
func (l *loader) isMasked(at hcl.Range) bool {
	return slices.ContainsFunc(l.masked[at.Filename], func(s span) bool {
		return s.from < max(at.End.Byte, at.Start.Byte+1) && at.Start.Byte < s.to
	})
}

// The names before values, of which the first group is the name itself: in
// HCL the first word on a line or in a block, in JSON a property.
var (
	nativeKey = regexp.MustCompile(`(?m)(?:^|\{)[ \t]*"?([\w-]+)"?[ \t]*[=:]?[ \t]*`)
	jsonKey   = regexp.MustCompile(`"([^"\\\n]*)"[ \t\r\n]*:[ \t\r\n]*`)
)

// keys finds the names before values in a text that may not be parsed.
func keys(text []byte, isJSON bool) [][]int {
	if isJSON {
		return jsonKey.FindAllSubmatchIndex(text, -1)
	}
	return nativeKey.FindAllSubmatchIndex(text, -1)
}

// harmless are attributes that stand beside secrets and are none.
var harmless = []string{"type", "secret_file", "auth_type"}

// maskText masks what may be a secret in a text that is not parsed whole, or
// whose lines hold much at once.
func (l *loader) maskText(name string, text []byte, isJSON bool) {
	if !secretName.Match(text) && !bytes.Contains(text, []byte("auth")) && !bytes.Contains(text, []byte("sensitive")) {
		return
	}
	defaults := bytes.Contains(text, []byte("sensitive"))
	var found []span
	authEnd := 0
	for _, m := range keys(text, isJSON) {
		key := string(text[m[2]:m[3]])
		sounds := secretName.MatchString(key) || defaults && key == "default"
		switch {
		case strings.HasPrefix(key, "auth") && m[1] < len(text) && (text[m[1]] == '{' || text[m[1]] == '['):
			authEnd = max(authEnd, closing(text, m[1]))
		case slices.Contains(harmless, key), !sounds && m[1] >= authEnd:
		case sounds || bytes.ContainsAny(text[m[3]:m[1]], "=:"):
			found = append(found, span{m[1], valueEnd(text, m[1], isJSON)})
		default: // a line in an auth block that begins with no name
			found = append(found, span{m[2], valueEnd(text, m[1], isJSON)})
		}
	}
	l.mask(name, found...)
}

// maskValues masks all of a text but the names before values that keep allows.
func (l *loader) maskValues(name string, text []byte, isJSON bool, keep func(string) bool) {
	var found []span
	from := 0
	for _, m := range keys(text, isJSON) {
		if keep(string(text[m[2]:m[3]])) {
			found = append(found, span{from, m[2]})
			from = m[1]
		}
	}
	l.mask(name, append(found, span{from, len(text)})...)
}

// closing returns the end of what begins with the bracket at text[i].
func closing(text []byte, i int) int {
	depth := 0
	for ; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = textEnd(text, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

// textEnd returns the end of the text in quotes at text[i], at most that of the
// line.
func textEnd(text []byte, i int) int {
	for i++; i < len(text) && text[i] != '\n'; i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return min(i, len(text))
}

var heredoc = regexp.MustCompile(`^<<-?([\w-]+)`)

// valueEnd returns the end of the value at text[i]: of the line in HCL, and of
// the value itself in JSON, where a line may hold everything.
func valueEnd(text []byte, i int, isJSON bool) int {
	line := len(text)
	if n := bytes.IndexByte(text[i:], '\n'); n >= 0 {
		line = i + n
	}
	if m := heredoc.FindSubmatch(text[i:]); m != nil && !isJSON {
		if n := bytes.Index(text[line:], append([]byte("\n"), m[1]...)); n >= 0 {
			return line + n
		}
		return len(text)
	}
	switch {
	case !isJSON || i >= len(text):
		return line
	case text[i] == '"':
		return textEnd(text, i)
	case text[i] == '[' || text[i] == '{':
		return closing(text, i)
	}
	if n := bytes.IndexAny(text[i:line], ",}"); n >= 0 {
		return i + n
	}
	return line
}
