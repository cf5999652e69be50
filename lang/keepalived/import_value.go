package keepalived

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"hactl/lang/rule"
	"hactl/lang/schema"
)

// quote returns the expression of a text.
func quote(text string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(strings.ToValidUTF8(text, "\uFFFD"))).Bytes())
}

// list returns the expression of a list of expressions.
func list(all []string) string { return "[" + strings.Join(all, ", ") + "]" }

// argv returns the expression of a command.
func argv(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	return list(quoted)
}

// duration returns the expression of a time in seconds, "" for one that is none.
func duration(seconds float64) string {
	ms := math.Round(seconds * 1000)
	switch {
	case !(ms >= 1 && ms <= math.MaxInt32):
		return ""
	case math.Mod(ms, 60_000) == 0 && ms >= 120_000:
		return quote(fmt.Sprintf("%.0fm", ms/60_000))
	case math.Mod(ms, 1000) == 0:
		return quote(fmt.Sprintf("%.0fs", ms/1000))
	}
	return quote(fmt.Sprintf("%.0fms", ms))
}

// variable is a value that the files leave open.
type variable struct {
	name string
	kind string // its type
	word string // the placeholder
	note string
}

var unfit = regexp.MustCompile(`[^a-z0-9]+`)

// open returns the expression of a value that is a placeholder: a variable,
// which is the same wherever the placeholder is.
func (m *importer) open(w Word, kind, purpose string) string {
	for _, v := range m.variables {
		if v.word == w.Text && v.kind == kind {
			return "var." + v.name
		}
	}
	name := strings.Trim(unfit.ReplaceAllString(strings.ToLower(w.Text), "_"), "_")
	if name == "" || name[0] >= '0' && name[0] <= '9' || len(name) > 40 {
		name = strings.Trim("open_"+unfit.ReplaceAllString(strings.ToLower(purpose), "_"), "_")
	}
	name = m.unique("variable", name)
	m.variables = append(m.variables, &variable{name: name, kind: kind, word: w.Text, note: purpose})
	why := "The files do not say "
	if w.Unknown {
		why = "This placeholder stands for "
	}
	m.reportf(rule.ImportOpen, w.Range, "%s%s. The configuration has the variable %q for it, without a default: give it a value, or put the value in its place.", why, purpose, name)
	return "var." + name
}

// unique returns a name that no other object of the kind has: the wished one, with
// a number behind it when it is taken.
func (m *importer) unique(kind, wish string) string {
	name, first := wish, kind+" "+wish
	for n := max(1, m.names[first]) + 1; m.names[kind+" "+name] > 0; n++ {
		name = fmt.Sprintf("%s-%d", wish, n)
		m.names[first] = n
	}
	m.names[kind+" "+name] = max(1, m.names[kind+" "+name])
	return name
}

// textOf returns the expression of a word that is a text.
func (m *importer) textOf(w Word, purpose string) string {
	if w.Unknown {
		return m.open(w, "string", purpose)
	}
	return quote(w.Text)
}

var notInNames = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// label returns a text as the label of a block may be.
func label(text, otherwise string) string {
	name := strings.TrimLeft(notInNames.ReplaceAllString(text, "-"), "._-")
	name = strings.TrimRight(name[:min(len(name), 63)], "-")
	if name == "" {
		return otherwise
	}
	return name
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// refer returns the expression that names an object.
func refer(kind, name string) string {
	if identifier.MatchString(name) {
		return kind + "." + name
	}
	return kind + "[" + quote(name) + "]"
}

// key returns a name as the key of an object.
func key(name string) string {
	if identifier.MatchString(name) {
		return name
	}
	return quote(name)
}

// fileLine returns a place as a comment names it.
func fileLine(r hcl.Range) string { return fmt.Sprintf("%s:%d", r.Filename, r.Start.Line) }

// sentence returns a phrase as a title has it.
func sentence(phrase string) string {
	for n, r := range phrase {
		return string(unicode.ToUpper(r)) + phrase[n+utf8.RuneLen(r):]
	}
	return ""
}

// usual returns the expression of what an attribute of a block is by default, ""
// where the language says none.
func usual(block, attribute string) string {
	b := schema.Root.Block(block)
	switch value := b.Attributes[b.Attribute(attribute)].Default.(type) {
	case string:
		return quote(value)
	case time.Duration:
		return cmp.Or(duration(value.Seconds()), quote("0s"))
	case nil:
		return ""
	default:
		return fmt.Sprint(value)
	}
}

// decimal is a number as a configuration may have it.
var decimal = regexp.MustCompile(`^[1-9]\d{0,9}$`)

// text returns what stands at a place, on one line.
func (m *importer) text(r hcl.Range) string {
	all := m.texts[r.Filename]
	if r.Start.Byte > r.End.Byte || r.End.Byte > len(all) {
		return ""
	}
	return strings.Join(strings.Fields(string(all[r.Start.Byte:r.End.Byte])), " ")
}
