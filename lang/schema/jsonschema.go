package schema

import (
	"regexp"
	"slices"
	"strings"
)

// node is one JSON Schema or a part of it; encoding/json sorts its keys.
type node = map[string]any

// expression is a JSON text that HCL evaluates, so that any type may come out.
var expression = reference("expression")

// JSONSchema returns the JSON Schema (draft 2020-12) of a configuration file in
// HCL's JSON syntax (*.ha.json), for encoding/json. What stands in an expression,
// in another file or in another host is beyond it: validate judges that.
func JSONSchema() map[string]any {
	w := &schemaWriter{defs: node{"expression": node{"type": "string", "pattern": `[$%]\{`}}, names: map[*Block]string{}}
	root := w.body(Root, "")
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "hactl configuration"
	root["description"] = Root.Doc
	root["$defs"] = w.defs
	return root
}

// schemaWriter gathers the definitions of blocks, each once.
type schemaWriter struct {
	defs  node
	names map[*Block]string
}

// ref returns a reference to the definition of a block's body, which is written
// when it is first asked for.
func (w *schemaWriter) ref(b *Block, path string) node {
	name := w.name(b, path)
	if w.defs[name] == nil {
		w.defs[name] = node{} // until it is known: a body may hold itself
		w.defs[name] = w.body(b, name)
	}
	return reference(name)
}

// name returns what the definition of a block is called: by the place where it is
// first met.
func (w *schemaWriter) name(b *Block, path string) string {
	if w.names[b] == "" {
		w.names[b] = strings.TrimPrefix(path+"."+b.Type, ".")
	}
	return w.names[b]
}

// define puts a schema among the definitions, and returns a reference to it.
func (w *schemaWriter) define(name string, n node) node {
	w.defs[name] = n
	return reference(name)
}

// body is the schema of what stands between a block's braces.
func (w *schemaWriter) body(b *Block, path string) node {
	properties, dynamic := node{"//": node{"description": "A comment."}}, node{}
	for i := range b.Attributes {
		properties[b.Attributes[i].Name] = b.Attributes[i].json()
	}
	for _, n := range b.Blocks {
		properties[n.Type] = described(w.occurrences(n, path), n.Doc)
		if n.Label != "" || n.Max != 1 {
			dynamic[n.Type] = oneOrMore(w.define(w.name(n, path)+".dynamic-block", w.dynamic(n, path)))
		}
	}
	if len(dynamic) > 0 {
		made := w.define(strings.TrimPrefix(path+".dynamic", "."), closed(dynamic))
		properties["dynamic"] = described(oneOrMore(made), "Blocks made for each element of a list or map.")
	}
	if b.Free {
		return node{"type": "object", "description": b.Doc}
	}
	body := closed(properties)
	body["description"] = b.Doc
	if must := b.musts(); len(must) > 0 {
		body["allOf"] = must
	}
	return body
}

// dynamic is the schema of a dynamic block that makes blocks like n.
func (w *schemaWriter) dynamic(n *Block, path string) node {
	body := closed(node{
		"//":       node{},
		"for_each": node{"description": "A list, set, map or object."},
		"iterator": node{"type": "string"},
		"labels":   listOf(node{"type": "string"}),
		"content":  oneOrMore(w.ref(n, path)),
	})
	body["required"] = []string{"for_each", "content"}
	return body
}

// occurrences is the schema of a property that holds blocks like n: one or a list
// of them, under their labels if they have one.
func (w *schemaWriter) occurrences(n *Block, path string) node {
	body := w.ref(n, path)
	if n.Label == "" {
		return oneOrMore(body)
	}
	labelled := node{"type": "object", "additionalProperties": oneOrMore(body)}
	switch p := patterns[n.Form]; {
	case len(n.Labels) > 0:
		labelled["propertyNames"] = node{"enum": n.Labels}
	case p != "":
		labelled["propertyNames"] = node{"pattern": p}
	}
	return oneOrMore(w.define(w.name(n, path)+".labels", labelled))
}

// musts are the conditions on what has to be written, and what excludes each
// other. A dynamic block may make any nested block.
func (b *Block) musts() []any {
	var all []any
	for _, a := range b.Attributes {
		if a.Required {
			all = append(all, node{"required": []string{a.Name}})
		}
	}
	for _, n := range b.Blocks {
		if n.Required {
			all = append(all, node{"anyOf": b.written([]string{n.Type})})
		}
	}
	for _, set := range slices.Concat(b.ExactlyOne, b.AtLeastOne) {
		all = append(all, node{"anyOf": b.written(set)})
	}
	for _, set := range slices.Concat(b.ExactlyOne, b.AtMostOne) {
		for i, one := range set {
			for _, other := range set[i+1:] {
				all = append(all, node{"not": node{"required": []string{one, other}}})
			}
		}
	}
	return all
}

// written are the alternatives that at least one of a set is there.
func (b *Block) written(set []string) []any {
	var any []any
	for _, name := range set {
		any = append(any, node{"required": []string{name}})
		if b.Block(name) != nil {
			any = append(any, node{"required": []string{"dynamic"}, "properties": node{"dynamic": node{"required": []string{name}}}})
		}
	}
	return any
}

// json is the schema of an attribute's value.
func (a *Attribute) json() node {
	value := a.value()
	if value == nil {
		return described(node{}, a.summary())
	}
	return described(node{"anyOf": []any{value, expression, node{"type": "null"}}}, a.summary())
}

// summary is what an editor says of the attribute.
func (a *Attribute) summary() string {
	if a.Required {
		return a.Doc
	}
	return a.Doc + " Without it: " + a.otherwise() + "."
}

// value is the schema of a literal value; nil when every value may stand there.
func (a *Attribute) value() node {
	switch a.Type {
	case Integer:
		return a.integer()
	case Bool:
		return node{"type": "boolean"}
	case Duration:
		return node{"type": "string", "pattern": `^([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$|^0$`}
	case Prefixes, References:
		return a.list(node{"type": "string"})
	case Strings:
		return a.list(a.text(text()))
	case StringMap:
		return node{"type": "object", "additionalProperties": node{"type": "string", "maxLength": LongestText}, "maxProperties": MostTexts}
	case Any:
		return nil
	}
	return a.text(text())
}

// text is the schema of a text, for which HCL takes a number, too.
func text() node { return node{"type": []string{"string", "number"}} }

// integer is the schema of a whole number.
func (a *Attribute) integer() node {
	n := node{"type": "integer"}
	if len(a.EnumInt) > 0 {
		return node{"enum": a.EnumInt}
	}
	if a.Max != 0 {
		n["minimum"], n["maximum"] = a.Min, a.Max
	}
	return n
}

// text adds to the schema of a text what the description says of it.
func (a *Attribute) text(n node) node {
	if len(a.Enum) > 0 {
		return node{"enum": a.Enum}
	}
	if p := patterns[a.Form]; p != "" {
		n["pattern"] = p
	}
	return n
}

// list is the schema of a list with its number of elements.
func (a *Attribute) list(element node) node {
	n := listOf(node{"anyOf": []any{element, expression}})
	if a.Min > 0 {
		n["minItems"] = a.Min
	}
	if a.Max > 0 {
		n["maxItems"] = a.Max
	}
	return n
}

// patterns are the forms that a regular expression of every dialect can tell; the
// others are left to validate.
var patterns = map[Form]string{
	Filled:       `.`,
	Name:         `^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`,
	AbsolutePath: `^/`,
	URL:          `^https?://`,
	MailServer:   `^smtps?://`,
	StatusRange:  `^[1-5][0-9][0-9](-[1-5][0-9][0-9])?$`,
	SHA256:       `^[0-9A-Fa-f]{64}$`,
	VariableName: `^[A-Za-z_][A-Za-z0-9_]*$`,
}

var code = regexp.MustCompile("`([^`]*)`")

// described adds a description to a schema.
func described(n node, doc string) node {
	n["description"] = code.ReplaceAllString(doc, "$1")
	return n
}

// closed is the schema of an object that has these properties and no others.
func closed(properties node) node {
	return node{"type": "object", "properties": properties, "additionalProperties": false}
}

// reference is the schema that stands among the definitions.
func reference(name string) node { return node{"$ref": "#/$defs/" + name} }

// oneOrMore is the schema of n, or of a list of such.
func oneOrMore(n node) node { return node{"anyOf": []any{n, listOf(n)}} }

// listOf is the schema of a list.
func listOf(n node) node { return node{"type": "array", "items": n} }
