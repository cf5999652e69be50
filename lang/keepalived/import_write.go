package keepalived

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclwrite"
)

// block is a block of the configuration that is written.
type block struct {
	head  string // `vip "web"`; empty for what stands at the top
	items []item
}

// item is an attribute, a block, or a comment that stands by itself.
type item struct {
	note  []string // the comment above it, one line each
	raw   []string // lines of a comment that are not changed at all
	name  string   // of an attribute
	value string   // its expression
	block *block
}

// attr adds an attribute whose value is an expression, with a comment above it.
func (b *block) attr(name, value string, note ...string) {
	b.items = append(b.items, item{note: note, name: name, value: value})
}

// add adds a block with a comment above it.
func (b *block) add(inner *block, note ...string) {
	b.items = append(b.items, item{note: note, block: inner})
}

// remark adds a comment.
func (b *block) remark(note ...string) {
	if len(note) > 0 {
		b.items = append(b.items, item{note: note})
	}
}

// empty tells whether there is nothing in b.
func (b *block) empty() bool { return len(b.items) == 0 }

// text returns what is in b, formatted.
func (b *block) text() string { return string(hclwrite.Format([]byte(b.plain()))) }

// plain returns what is in b, not formatted yet.
func (b *block) plain() string {
	var w strings.Builder
	b.write(&w)
	return w.String()
}

// same tells whether two blocks are written alike.
func (b *block) same(o *block) bool { return b.head == o.head && b.plain() == o.plain() }

func (b *block) write(w *strings.Builder) {
	for n, i := range b.items {
		if n > 0 && spaced(b.items[n-1], i) {
			w.WriteByte('\n')
		}
		i.write(w)
	}
}

// spaced tells whether an empty line stands between two items: before a block,
// but not between empty ones, and around comments of their own.
func spaced(before, after item) bool {
	if before.block != nil && after.block != nil && before.block.empty() && after.block.empty() {
		return len(after.note) > 0
	}
	return after.name == "" || before.name == "" && before.block == nil
}

func (i item) write(w *strings.Builder) {
	for _, line := range i.note {
		w.WriteString(strings.TrimRight("# "+printable(line), " ") + "\n")
	}
	for _, line := range i.raw {
		w.WriteString(strings.TrimRight("# "+line, " ") + "\n")
	}
	switch {
	case i.name != "":
		w.WriteString(i.name + " = " + i.value + "\n")
	case i.block != nil && i.block.empty():
		w.WriteString(i.block.head + " {}\n")
	case i.block != nil:
		w.WriteString(i.block.head + " {\n")
		i.block.write(w)
		w.WriteString("}\n")
	}
}

// printable returns a line that may stand in a comment.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(line, "\uFFFD"))
}

// widest is the number of characters of a comment's line, about.
const widest = 88

// prose breaks sentences into lines of a comment.
func prose(text string) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > widest {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	if line == "" {
		return lines
	}
	return append(lines, line)
}
