package keepalived

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	conditional = regexp.MustCompile(`^\s*@(\^?)([^\s@{}]+)(\s+|$)`)
	definition  = regexp.MustCompile(`^\s*\$([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$`)
	reference   = regexp.MustCompile(`\$(?:\{([A-Za-z0-9][A-Za-z0-9_]*)\}|([A-Za-z][A-Za-z0-9_]*))`)
	sequence    = regexp.MustCompile(`^\s*~(SEQx?|LST)\(([^()]*)\)\s*`)
)

// unfinished is a definition of several lines that goes on with the next one.
type unfinished struct{ name string }

// line takes one physical line: it drops what is meant for others, remembers
// definitions, puts them in, repeats, and hands the result to the tree.
func (r *reader) line(l *line) {
	if r.full {
		return
	}
	l.uncomment()
	if r.tree.unfinished != nil {
		r.define(r.tree.unfinished.name, l.text)
		return
	}
	if m := conditional.FindStringSubmatchIndex(l.text); m != nil {
		here := l.text[m[4]:m[5]] == r.source.Node
		r.matched = r.matched || here
		r.conditions = append(r.conditions, l.rng(m[2]-1, m[5]))
		if negated := m[2] != m[3]; here == negated {
			return
		}
		l.drop(m[1])
	}
	if m := definition.FindStringSubmatch(l.text); m != nil {
		delete(r.definitions, m[1])
		r.define(m[1], m[2])
		return
	}
	r.expand(l, 0)
}

// define adds one line to a definition; a backslash at its end says that
// another one follows.
func (r *reader) define(name, text string) {
	text, more := strings.CutSuffix(strings.TrimSpace(text), `\`)
	if text = strings.TrimSpace(text); text != "" || !more {
		r.definitions[name] = append(r.definitions[name], text)
	}
	r.tree.unfinished = nil
	if more {
		r.tree.unfinished = &unfinished{name}
	}
}

// drop takes the first n bytes of the line away.
func (l *line) drop(n int) {
	l.text = l.text[n:]
	l.parts = []part{{src: l.parts[0].src + n, end: l.parts[0].end, literal: l.parts[0].literal}}
}

// expand repeats and puts definitions in, and hands each resulting line on.
func (r *reader) expand(l *line, depth int) {
	switch {
	case depth > maxExpansions:
		r.limit(l.whole(), fmt.Sprintf("Definitions are nested more than %d deep.", maxExpansions))
	case r.full:
	case sequence.MatchString(l.text):
		m := sequence.FindStringSubmatch(l.text)
		names, values, ok := repetition(m[1], m[2])
		if !ok {
			r.take(l)
			return
		}
		at := l.whole()
		for _, v := range values {
			text := l.text[len(m[0]):]
			for i, name := range names {
				text = replaceReference(text, name, v[i])
			}
			r.expand(l.generated(text, at.Start.Byte, at.End.Byte), depth+1)
		}
	default:
		r.substitute(l, depth)
	}
}

// substitute puts the first definition in that the line refers to, until there
// are none.
func (r *reader) substitute(l *line, depth int) {
	var text strings.Builder
	var parts []part
	rest := 0
	copied := func(to int) {
		p := l.parts[0]
		parts = append(parts, part{text.Len(), p.src, p.end, p.literal})
		if p.literal {
			parts[len(parts)-1].src += rest - p.out
		}
		text.WriteString(l.text[rest:to])
	}
	for _, m := range reference.FindAllStringSubmatchIndex(l.text, -1) {
		name := l.text[max(m[2], m[4]):max(m[3], m[5])]
		lines, known := r.definitions[name]
		if !known {
			continue
		}
		src, end := l.position(m[0], false).Byte, l.position(m[1], true).Byte
		if len(lines) > 1 {
			r.several(l, m[0], m[1], lines, depth)
			return
		}
		copied(m[0])
		parts = append(parts, part{text.Len(), src, end, false})
		text.WriteString(r.resolve(lines[0], depth))
		rest = m[1]
		if text.Len() > maxLine {
			r.limit(l.whole(), "A line becomes longer than 1 MiB.")
			return
		}
	}
	if rest > 0 {
		copied(len(l.text))
		g := *l
		g.text, g.parts = text.String(), parts
		r.take(&g)
		return
	}
	r.take(l)
}

// resolve returns a definition's text with the definitions in it.
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

// repetition returns the names and the values of ~SEQ(name, start, step, end),
// also without start and step, and of ~LST(name, value, …).
func repetition(kind, arguments string) (names []string, values [][]string, ok bool) {
	fields := strings.Split(arguments, ",")
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	if kind == "LST" {
		if strings.Contains(arguments, "{") || len(fields) < 2 {
			return nil, nil, false
		}
		for _, f := range fields[1:] {
			values = append(values, []string{f})
		}
		return fields[:1], values, true
	}
	base, format := 10, "%d"
	if kind == "SEQx" {
		base, format = 16, "%x"
	}
	numbers := []int64{1, 1, 0} // start, step, end
	given := fields[1:]
	switch len(given) {
	case 1:
		given = []string{"1", "1", given[0]}
	case 2:
		given = []string{given[0], "1", given[1]}
	}
	if len(given) != 3 {
		return nil, nil, false
	}
	for i, g := range given {
		n, err := strconv.ParseInt(strings.TrimPrefix(g, "0x"), base, 32)
		if err != nil {
			return nil, nil, false
		}
		numbers[i] = n
	}
	start, step, end := numbers[0], numbers[1], numbers[2]
	if step == 0 || (end-start)/step > 1000 {
		return nil, nil, false
	}
	for n := start; step > 0 && n <= end || step < 0 && n >= end; n += step {
		values = append(values, []string{fmt.Sprintf(format, n)})
	}
	return fields[:1], values, true
}

// replaceReference puts value in for $name and ${name}.
func replaceReference(text, name, value string) string {
	return reference.ReplaceAllStringFunc(text, func(ref string) string {
		if strings.Trim(ref, "${}") == name {
			return value
		}
		return ref
	})
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
