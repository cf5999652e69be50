package lsp

import (
	"sort"
	"unicode/utf8"
)

// Position is a place in a text as the protocol counts: lines from 0, and
// characters from 0 in UTF-16 code units.
type Position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// Range is what stands between two positions, the end excluded.
type Range struct {
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// document is a text with the places where its lines begin.
type document struct {
	text  string
	lines []int // the first byte of each line
}

// newDocument finds the lines of a text. One ends in \n, \r\n or \r.
func newDocument(text string) *document {
	d := &document{text: text, lines: []int{0}}
	for i := range len(text) {
		if text[i] == '\n' || text[i] == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			d.lines = append(d.lines, i+1)
		}
	}
	return d
}

// position returns where the byte at offset stands. An offset outside of the text
// counts as the nearest one in it.
func (d *document) position(offset int) Position {
	offset = min(max(offset, 0), len(d.text))
	line := sort.SearchInts(d.lines, offset+1) - 1
	p := Position{Line: line}
	for _, r := range d.text[d.lines[line]:offset] {
		p.Character += units(r)
	}
	return p
}

// offset returns the byte that stands at p. A place behind the end of a line or of
// the text counts as the end, one within a character as its beginning.
func (d *document) offset(p Position) int {
	if p.Line < 0 {
		return 0
	}
	if p.Line >= len(d.lines) {
		return len(d.text)
	}
	from, to := d.line(p.Line)
	left := p.Character
	for i, r := range d.text[from:to] {
		if left -= units(r); left < 0 {
			return from + i
		}
	}
	return to
}

// line returns the first byte of a line, and the one behind its last, the line
// end not counted.
func (d *document) line(n int) (from, to int) {
	from, to = d.lines[n], len(d.text)
	if n+1 < len(d.lines) {
		to = d.lines[n+1]
	}
	for to > from && (d.text[to-1] == '\n' || d.text[to-1] == '\r') {
		to--
	}
	return from, to
}

// reach returns the range of a span.
func (d *document) reach(s span) Range { return Range{d.position(s.from), d.position(s.to)} }

// units returns how many UTF-16 code units a character is.
func units(r rune) int {
	if r > 0xffff && r != utf8.RuneError {
		return 2
	}
	return 1
}

// span is a part of a text: its first byte, and the one behind its last.
type span struct{ from, to int }

// holds reports whether a cursor at offset stands in or at s.
func (s span) holds(offset int) bool { return s.from <= offset && offset <= s.to }

// plus returns s in a text that stands n bytes further back in another.
func (s span) plus(n int) span { return span{s.from + n, s.to + n} }
