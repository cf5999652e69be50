package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Markdown returns the reference page of all blocks and attributes.
func Markdown() string {
	var b strings.Builder
	b.WriteString("# Reference\n\n" +
		"<!-- Written by go test ./lang/schema -update from the tables in lang/schema. Change them instead. -->\n\n" +
		Root.Doc + " The rules that hold for all of them are in [the specification](../lang/SPEC.md).\n")
	seen := map[*Block]bool{}
	for _, n := range Root.Blocks {
		section(&b, n, nil, seen)
	}
	return b.String()
}

// section writes one block and those in it.
func section(b *strings.Builder, block *Block, path []string, seen map[*Block]bool) {
	if seen[block] {
		return
	}
	seen[block] = true
	path = append(slices.Clone(path), block.Type)
	fmt.Fprintf(b, "\n%s %s\n\n%s\n\n%s\n\n```hcl\n%s\n```\n", strings.Repeat("#", len(path)+1), title(block, path), block.Doc, occurrence(block), block.Example)
	if len(block.Attributes) > 0 {
		b.WriteString("\n| attribute | type | default | |\n|---|---|---|---|\n")
	}
	for i := range block.Attributes {
		row(b, &block.Attributes[i])
	}
	for _, n := range block.Blocks {
		if seen[n] {
			fmt.Fprintf(b, "\nA `%s` block stands here as in a cluster.\n", n.Type)
		}
		section(b, n, path, seen)
	}
}

// title names a block with those around it: "cluster > vip".
func title(block *Block, path []string) string {
	t := strings.Join(path, " › ")
	if block.Label != "" {
		t += " \"NAME\""
	}
	return t
}

// occurrence says how often a block may stand in its place, and what its label
// means.
func occurrence(block *Block) string {
	often := "Any number of them."
	switch {
	case block.Required:
		often = "Exactly one."
	case block.Max == 1:
		often = "At most one."
	}
	if block.Label == "" {
		return often
	}
	label := "The label is " + block.Label
	if complaint := block.Form.String(); complaint != "" {
		label += ": " + complaint
	}
	if len(block.Labels) > 0 {
		label = "The label is " + block.Label + ": `\"" + strings.Join(block.Labels, "\"` or `\"") + "\"`"
	}
	if block.Unique {
		label += "; no two are the same"
	}
	return often + " " + label + "."
}

// row writes one attribute.
func row(b *strings.Builder, a *Attribute) {
	fmt.Fprintf(b, "| `%s` | %s | %s | %s For example `%s`. |\n", a.Name, a.kind(), a.otherwise(), a.Doc, a.Example)
}

// kind describes the values of an attribute.
func (a *Attribute) kind() string {
	switch a.Type {
	case String:
		if len(a.Enum) > 0 {
			return "`\"" + strings.Join(a.Enum, "\"`, `\"") + "\"`"
		}
		return "text" + prefixed(", ", a.Form.String())
	case Integer:
		if len(a.EnumInt) > 0 {
			return join(a.EnumInt, " or ")
		}
		return fmt.Sprintf("%d to %d", a.Min, a.Max)
	case Duration:
		return fmt.Sprintf("duration, %s to %s", Brief(a.Shortest), Brief(a.Longest))
	case References:
		return "list of " + a.Kind + "s"
	case Reference:
		return "one " + a.Kind
	case Strings:
		return "list of " + a.texts()
	}
	return [...]string{Bool: "`true` or `false`", Address: "IP address", Prefixes: "list of addresses with prefix length",
		StringMap: "map of texts", Any: "expression", TypeExpr: "type", Network: "IP network"}[a.Type]
}

// texts describes the elements of a list of texts.
func (a *Attribute) texts() string {
	if len(a.Enum) > 0 {
		return "`\"" + strings.Join(a.Enum, "\"`, `\"") + "\"`"
	}
	return "texts" + prefixed(", ", a.Form.String())
}

// prefixed returns s behind prefix, and nothing when s is empty.
func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

// otherwise says what holds when the attribute is not written.
func (a *Attribute) otherwise() string {
	switch d := a.Default.(type) {
	case string:
		return "`\"" + d + "\"`"
	case int:
		return "`" + strconv.Itoa(d) + "`"
	case bool:
		return "`" + strconv.FormatBool(d) + "`"
	case time.Duration:
		return "`\"" + Brief(d) + "\"`"
	}
	if a.Required {
		return "required"
	}
	if a.Implied == "" {
		return "none"
	}
	return a.Implied
}

// join joins numbers.
func join(all []int, separator string) string {
	s := make([]string, len(all))
	for i, n := range all {
		s[i] = strconv.Itoa(n)
	}
	return strings.Join(s, separator)
}

// String describes a form in a few words, "" for Free.
func (f Form) String() string {
	return [...]string{
		Free:         "",
		Filled:       "not empty",
		Name:         "letters, digits, \".\", \"_\" and \"-\", beginning with a letter or digit, at most 63",
		Interface:    "1 to 15 bytes without \"/\", \":\" and white space",
		AbsolutePath: "an absolute path",
		Store:        "a path, or `ssh:` with an absolute path or nothing behind it",
		FileName:     "the name of a file without a folder",
		Command:      "the first an absolute path",
		URL:          "an http or https URL",
		Endpoint:     "host and port",
		MailServer:   "`smtp://` or `smtps://` and a host, perhaps with a port",
		MailAddress:  "a mail address",
		StatusRange:  "status codes, or ranges of them",
		Pattern:      "a regular expression (RE2)",
		SHA256:       "64 hexadecimal digits",
		Moved:        "an IP address, perhaps with a prefix length",
		Destination:  "an IP network or \"default\"",
		KeyID:        "1 to 255",
		HostHeader:   "a host, perhaps with a port",
		HostName:     "the name of a host",
		VariableName: "letters, digits and \"_\", no digit first",
		HeaderName:   "the name of a header",
		HeaderValue:  "no control characters",
	}[f]
}

// Brief returns a duration as a user would write it, "24h" and not "24h0m0s".
func Brief(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
