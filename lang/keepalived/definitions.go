package keepalived

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

var (
	conditional = regexp.MustCompile(`^\s*@(\^?)([^\s@{}]+)(\s+|$)`)
	definition  = regexp.MustCompile(`^\s*\$([A-Za-z_][A-Za-z0-9_]*)=\s*(.*)$`)
	reference   = regexp.MustCompile(`\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))`)
)

// predefined returns the one definition that keepalived itself makes and that
// depends on the node's name only.
func predefined(node string) map[string][]string {
	return map[string][]string{"_INSTANCE": {configID(node)}}
}

// configID returns the id that keepalived has on a node of that name: up to the
// first dot.
func configID(node string) string {
	id, _, _ := strings.Cut(node, ".")
	return id
}

// line takes one physical line of a file.
func (r *reader) line(l *line) {
	if r.full {
		return
	}
	l.uncomment()
	if r.unfinished != "" {
		r.define(r.unfinished, l.text)
		return
	}
	r.expand(l, 0)
}

// expand does to a line what keepalived does before it looks for keywords: it
// drops what is meant for others, remembers definitions, repeats, puts
// definitions in, and hands each resulting line to the tree. A line that
// comes from a definition goes the same way again.
func (r *reader) expand(l *line, depth int) {
	if depth > maxExpansions {
		r.limit(l.whole(), fmt.Sprintf("Definitions are nested more than %d deep.", maxExpansions))
	}
	if r.full || !r.meant(l) {
		return
	}
	if m := definition.FindStringSubmatch(l.text); m != nil {
		delete(r.definitions, m[1])
		r.define(m[1], m[2])
		return
	}
	if rep := repetition.FindStringSubmatch(l.text); rep != nil {
		r.repeat(l, rep, depth)
		return
	}
	r.substitute(l, depth)
}

// meant tells whether the line is read on this node, and takes the condition
// away.
func (r *reader) meant(l *line) bool {
	m := conditional.FindStringSubmatchIndex(l.text)
	if m == nil {
		return true
	}
	id := l.text[m[4]:m[5]]
	here := id == r.source.Node || id == configID(r.source.Node)
	r.conditions = append(r.conditions, l.rng(m[2]-1, m[5]))
	if negated := m[2] != m[3]; here == negated {
		return false
	}
	r.matched = true
	l.drop(m[1])
	return true
}

// define adds one line to a definition; a backslash at its end says that
// another one follows.
func (r *reader) define(name, text string) {
	text, more := strings.CutSuffix(strings.TrimSpace(text), `\`)
	if text = strings.TrimSpace(text); text != "" || !more {
		r.definitions[name] = append(r.definitions[name], text)
	}
	r.unfinished = ""
	if more {
		r.unfinished = name
	}
}

// repeat takes the rest of a line once for each value of a repetition.
func (r *reader) repeat(l *line, rep []string, depth int) {
	names, values, wrong := repeats(rep[1], r.resolve(rep[2], depth))
	if wrong != "" {
		r.report(rule.BadDefinition.At(l.whole(), fmt.Sprintf("keepalived leaves this line out: %s.", wrong)))
		return
	}
	if len(values) > maxList {
		r.limit(l.whole(), fmt.Sprintf("A line is repeated more than %d times.", maxList))
		return
	}
	at := l.whole()
	for _, v := range values {
		for i, name := range names {
			r.definitions[name] = []string{v[i]}
		}
		r.expand(l.generated(l.text[len(rep[0]):], at.Start.Byte, at.End.Byte), depth+1)
	}
}

// substitute puts the definitions in that the line refers to.
func (r *reader) substitute(l *line, depth int) {
	made := made{from: l}
	for _, m := range reference.FindAllStringSubmatchIndex(l.text, -1) {
		lines, known := r.definitions[l.text[max(m[2], m[4]):max(m[3], m[5])]]
		if !known {
			continue
		}
		if m[4] >= 0 && !ends(l.text[m[1]:]) {
			r.glued(l.rng(m[0], m[1]), l.text[m[4]:m[5]])
		}
		if len(lines) > 1 {
			r.several(l, m[0], m[1], lines, depth)
			return
		}
		made.replace(m[0], m[1], r.resolve(lines[0], depth))
		if made.text.Len() > maxLine {
			r.limit(l.whole(), "A line becomes longer than 1 MiB.")
			return
		}
	}
	if made.rest == 0 {
		r.take(l)
		return
	}
	g := made.line()
	if strings.IndexAny(strings.TrimSpace(g.text), "@$~") == 0 {
		r.expand(g, depth+1)
		return
	}
	r.take(g)
}

// made is a line that is made of another one by putting texts in.
type made struct {
	from  *line
	text  strings.Builder
	parts []part
	rest  int // what is used of the other line
}

// copied takes the other line over up to byte to.
func (m *made) copied(to int) {
	for _, p := range m.from.within(m.rest, to) {
		p.out += m.text.Len() - m.rest
		m.parts = append(m.parts, p)
	}
	m.text.WriteString(m.from.text[m.rest:to])
	m.rest = to
}

// replace puts a text in for the bytes from start to end of the other line.
func (m *made) replace(start, end int, with string) {
	m.copied(start)
	m.parts = append(m.parts, part{m.text.Len(), m.from.position(start, false).Byte, m.from.position(end, true).Byte, false})
	m.text.WriteString(with)
	m.rest = end
}

// line returns the line, the rest included.
func (m *made) line() *line {
	m.copied(len(m.from.text))
	g := *m.from
	g.text, g.parts = m.text.String(), m.parts
	return &g
}

// ends tells whether a reference without braces may end before rest.
func ends(rest string) bool {
	return rest == "" || space(rest[0]) || rest[0] == ',' || rest[0] == ')'
}

// glued reports, once for each place, a reference that keepalived does not see
// as such. It counts for what was meant.
func (r *reader) glued(at hcl.Range, name string) {
	if !slices.Contains(r.references, at) {
		r.references = append(r.references, at)
		r.report(rule.BadDefinition.At(at, fmt.Sprintf("keepalived puts a definition in for $%s only where white space follows, and leaves this as it is. Write ${%s}.", name, name)))
	}
}

// resolve returns a text with the definitions of one line in it.
func (r *reader) resolve(text string, depth int) string {
	for ; depth < maxExpansions && len(text) < maxLine; depth++ {
		found := false
		text = reference.ReplaceAllStringFunc(text, func(ref string) string {
			lines, known := r.definitions[strings.Trim(ref, "${}")]
			if !known || len(lines) != 1 || len(lines[0]) > 4096 {
				return ref
			}
			found = true
			return lines[0]
		})
		if !found {
			break
		}
	}
	return text[:min(len(text), maxLine)]
}

// several puts a definition of several lines in: what stands before the
// reference and after it belongs to its first and last line.
func (r *reader) several(l *line, from, to int, lines []string, depth int) {
	src, end := l.position(from, false).Byte, l.position(to, true).Byte
	for i, text := range lines {
		if i == 0 {
			text = l.text[:from] + text
		}
		if i == len(lines)-1 {
			text += l.text[to:]
		}
		r.expand(l.generated(text, src, end), depth+1)
	}
}

// take counts a finished line and hands it to the tree.
func (r *reader) take(l *line) {
	r.lines++
	r.text += len(l.text)
	if r.lines > maxLines || r.text > maxText {
		r.limit(l.whole(), fmt.Sprintf("There are more than %d lines or %d MiB, repetitions counted.", maxLines, maxText>>20))
		return
	}
	r.tree.add(l)
}
