package lsp

import (
	"regexp"
	"strings"

	"hactl/lang/schema"
)

// spot is what a cursor stands at: the body of a block, the label in a head, or
// the value of an attribute.
type spot struct {
	kind   spotKind
	block  *block            // that it stands in; of a label, the block around
	spec   *schema.Block     // of block; nil when nobody knows it
	value  *schema.Attribute // of a value, when it is known
	typ    string            // of a label, the type of its block
	path   []string          // of a value, the names before the last dot
	prefix string            // what of the word has been written
	word   span              // of prefix, in the file
	behind string            // the rest of the line
}

type spotKind int

const (
	nowhere   spotKind = iota
	inBody             // where an attribute or block may begin
	inLabel            // in the quotes of a label
	inQuotes           // in the quotes of a value
	inValue            // where an expression may begin
	behindDot          // behind host. or local.
)

var (
	bodyStart  = regexp.MustCompile(`(?:^|\{|\*/)[ \t]*([\w-]*)$`)
	labelStart = regexp.MustCompile(`(?:^|\{)[ \t]*([\w-]+)[ \t]+"([^"]*)$`)
	lastWord   = regexp.MustCompile(`[\w-]*$`)
	steps      = regexp.MustCompile(`((?:[A-Za-z_][\w-]*)(?:\.[\w-]+|\["[^"\n]*"\])*)\.([\w-]*)$`)
	step       = regexp.MustCompile(`[\w-]+|"[^"]*"`)
)

// spot finds out what the cursor stands at.
func (v *view) spot() spot {
	p := v.file.at(v.offset)
	if p == nil || strings.HasSuffix(v.file.name, ".json") {
		return spot{}
	}
	rel := v.offset - p.from
	from, to := v.file.line(v.file.position(v.offset).Line)
	line := v.file.text[from:v.offset]
	b := p.outline.root.at(rel)
	s := spot{block: b, spec: b.spec(), behind: v.file.text[v.offset:max(v.offset, to)]}
	if a := b.valueAt(rel); a != nil {
		s.inValue(p.text[a.value.from:rel], a.name.text)
	} else if inComment(line) {
		return spot{}
	} else if m := labelStart.FindStringSubmatch(line); m != nil {
		s.kind, s.typ, s.prefix = inLabel, m[1], m[2]
	} else if m := bodyStart.FindStringSubmatch(line); m != nil {
		s.kind, s.prefix = inBody, m[1]
	}
	s.word = span{v.offset - len(s.prefix), v.offset}
	return s
}

// valueAt returns the attribute in the value of which a cursor stands.
func (b *block) valueAt(offset int) *attribute {
	for i := range b.attributes {
		if a := &b.attributes[i]; a.value.to > 0 && a.value.holds(offset) {
			return a
		}
	}
	return nil
}

// inValue looks at what of the value of an attribute stands before the cursor.
func (s *spot) inValue(before, name string) {
	if s.spec != nil && s.spec.Attribute(name) >= 0 {
		s.value = &s.spec.Attributes[s.spec.Attribute(name)]
	}
	scan := scanner{text: before}
	for scan.at < len(before) {
		scan.step()
	}
	m := steps.FindStringSubmatch(before)
	switch {
	case inComment(before[strings.LastIndexByte(before, '\n')+1:]):
	case scan.top() == '"':
		s.kind, s.prefix = inQuotes, before[strings.LastIndexByte(before, '"')+1:]
	case scan.top() == '<' || scan.top() == '*':
	case m != nil:
		s.kind, s.prefix = behindDot, m[2]
		for _, name := range step.FindAllString(m[1], -1) {
			s.path = append(s.path, strings.Trim(name, `"`))
		}
	default:
		s.kind, s.prefix = inValue, lastWord.FindString(before)
	}
}

// inComment reports whether the end of a line's beginning stands in a comment.
func inComment(line string) bool {
	s := scanner{text: line}
	for s.at < len(line) {
		rest := line[s.at:]
		if s.top() != '"' && (rest[0] == '#' || strings.HasPrefix(rest, "//")) {
			return true
		}
		s.step()
	}
	return s.top() == '*'
}
