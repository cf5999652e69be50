package lsp

import (
	"fmt"
	"strings"

	"hactl/lang/schema"
)

// placeholder returns the template of a value; n is the first number of a place
// to be filled in.
func placeholder(a *schema.Attribute, n int) string {
	switch a.Type {
	case schema.String, schema.Duration, schema.Address, schema.Network:
		if len(a.Enum) > 0 {
			return fmt.Sprintf(`"${%d|%s|}"`, n, strings.Join(a.Enum, ","))
		}
		return fmt.Sprintf(`"$%d"`, n)
	case schema.Bool:
		if a.Default == false {
			return fmt.Sprintf("${%d|true,false|}", n)
		}
		return fmt.Sprintf("${%d|false,true|}", n)
	case schema.Prefixes, schema.Strings:
		return fmt.Sprintf(`["$%d"]`, n)
	case schema.References:
		return fmt.Sprintf("[%s.$%d]", a.Kind, n)
	case schema.Reference:
		return fmt.Sprintf("%s.$%d", a.Kind, n)
	case schema.StringMap:
		return fmt.Sprintf("{ $%d }", n)
	}
	return fmt.Sprintf("$%d", n)
}

// blockSnippet returns the template of a block with what has to stand in it.
func blockSnippet(b *schema.Block) string {
	t := template{}
	t.block(b, "")
	return t.String()
}

// template is a text with numbered places to be filled in.
type template struct {
	strings.Builder
	places int
}

// place returns the number of the next place.
func (t *template) place() int {
	t.places++
	return t.places
}

func (t *template) block(b *schema.Block, indent string) {
	t.WriteString(b.Type)
	switch {
	case len(b.Labels) > 0:
		fmt.Fprintf(t, ` "${%d|%s|}"`, t.place(), strings.Join(b.Labels, ","))
	case b.Label != "":
		fmt.Fprintf(t, ` "$%d"`, t.place())
	}
	t.WriteString(" {\n")
	for i := range b.Attributes {
		if a := &b.Attributes[i]; a.Required || first(b, a.Name) {
			fmt.Fprintf(t, "%s  %s = %s\n", indent, a.Name, placeholder(a, t.place()))
		}
	}
	for _, n := range b.Blocks {
		if n.Required || first(b, n.Type) {
			t.WriteString(indent + "  ")
			t.block(n, indent+"  ")
			t.WriteString("\n")
		}
	}
	if indent == "" {
		t.WriteString("  $0\n")
	}
	t.WriteString(indent + "}")
}

// first reports whether a name is the first of those of which one must be written.
func first(b *schema.Block, name string) bool {
	for _, set := range append(b.ExactlyOne, b.AtLeastOne...) {
		if set[0] == name {
			return true
		}
	}
	return false
}
