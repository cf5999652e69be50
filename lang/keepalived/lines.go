package keepalived

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// file is the text of one file.
type file struct {
	name string
	text []byte
}

// line is one line as keepalived reads it: without comment and line end, with
// definitions put in.
type line struct {
	text   string
	parts  []part
	file   *file
	number int  // from 1
	start  int  // of the physical line, in the file's text
	end    int  // of the physical line, without its line end
	cut    bool // a comment follows the last character directly
	cursor cursor
}

// part says where the bytes of a line from out on come from: from src on, one
// by one, or all of them from the reference between src and end.
type part struct {
	out, src, end int
	literal       bool
}

// cursor remembers the column of one byte, so that the next one is found from
// there.
type cursor struct{ byte, column int }

// each calls do for every physical line.
func (f *file) each(do func(*line)) {
	text, start := f.text, 0
	if bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
		start = 3
	}
	for number := 1; start < len(text); number++ {
		end, next := len(text), len(text)
		if n := bytes.IndexByte(text[start:], '\n'); n >= 0 {
			end, next = start+n, start+n+1
		}
		trimmed := len(bytes.TrimRight(text[start:end], "\r"))
		l := &line{text: string(text[start : start+trimmed]), file: f, number: number, start: start, end: start + trimmed}
		l.parts = []part{{src: start, literal: true}}
		do(l)
		start = next
	}
}

// uncomment takes the comment away: from the first "#" or "!" outside of
// quotes on, even inside a word.
func (l *line) uncomment() {
	quoted := false
	for i := 0; i < len(l.text); i++ {
		switch c := l.text[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case (c == '#' || c == '!') && !quoted:
			l.cut = i > 0 && !space(l.text[i-1]) && !strings.ContainsRune("{}", rune(l.text[i-1]))
			l.text = l.text[:i]
			return
		}
	}
}

// generated returns a line of other text that stands for the bytes from src to
// end of the file.
func (l *line) generated(text string, src, end int) *line {
	g := *l
	g.text, g.parts = text, []part{{src: src, end: end}}
	return &g
}

// drop takes the first n bytes of the line away.
func (l *line) drop(n int) {
	l.parts = l.within(n, len(l.text))
	for i := range l.parts {
		l.parts[i].out -= n
	}
	l.text = l.text[n:]
}

// within returns the parts of the bytes from one to another of the line, the
// first of which begins there.
func (l *line) within(from, to int) (all []part) {
	for i, p := range l.parts {
		end := len(l.text)
		if i+1 < len(l.parts) {
			end = l.parts[i+1].out
		}
		if p.out >= to && p.out > from || end <= from && i+1 < len(l.parts) {
			continue
		}
		if p.out < from {
			if p.literal {
				p.src += from - p.out
			}
			p.out = from
		}
		all = append(all, p)
	}
	return all
}

// position returns the place in the file of byte i of the line; at the end of
// what a reference stands for when end is true.
func (l *line) position(i int, end bool) hcl.Pos {
	n, _ := slices.BinarySearchFunc(l.parts[1:], i, func(p part, i int) int {
		if p.out > i || end && p.out == i && i > 0 {
			return 1
		}
		return -1
	})
	p := l.parts[n]
	at := p.src
	switch {
	case p.literal:
		at += i - p.out
	case end:
		at = p.end
	}
	return l.pos(min(at, l.end))
}

// pos returns the place of a byte of the file that is on this line.
func (l *line) pos(at int) hcl.Pos {
	c := &l.cursor
	switch {
	case c.column == 0:
		*c = cursor{at, 1 + utf8.RuneCount(l.file.text[l.start:at])}
	case at < c.byte:
		*c = cursor{at, c.column - utf8.RuneCount(l.file.text[at:c.byte])}
	default:
		*c = cursor{at, c.column + utf8.RuneCount(l.file.text[c.byte:at])}
	}
	return hcl.Pos{Line: l.number, Column: c.column, Byte: at}
}

// rng returns the range of the bytes from start to end of the line.
func (l *line) rng(start, end int) hcl.Range {
	return hcl.Range{Filename: l.file.name, Start: l.position(start, false), End: l.position(end, true)}
}

// whole returns the range of everything on the line but white space around it.
func (l *line) whole() hcl.Range {
	text := l.file.text[l.start:l.end]
	from := len(text) - len(bytes.TrimLeft(text, " \t"))
	to := max(from, len(bytes.TrimRight(text, " \t\r")))
	return hcl.Range{Filename: l.file.name, Start: l.pos(l.start + from), End: l.pos(l.start + to)}
}

func space(c byte) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f' || c == 0
}
