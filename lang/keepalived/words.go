package keepalived

import (
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Word is one word of a line.
type Word struct {
	Text    string // without quotes and escapes
	Range   hcl.Range
	Quoted  bool
	Unknown bool // a placeholder: nothing is known of the value
	Open    bool // its quotes are not closed
	Cut     bool // a comment begins where the word ends, so that it may have been meant longer
}

// token is a word or a brace.
type token struct {
	kind  byte // 'w', '{', '}', or '/' for the rest of the line from "//" on
	word  Word
	start int // in the line's text
	end   int
}

// scanner splits one line.
type scanner struct {
	line *line
	text string
	at   int
	out  []token
	open bool // the quotes of the last word are not closed
}

// tokens splits a line into words and braces. Of a line of more tokens than a
// block may hold only the first ones are made: the tree refuses it.
func tokens(l *line) []token {
	s := scanner{line: l, text: l.text}
	for {
		for s.at < len(s.text) && space(s.text[s.at]) {
			s.at++
		}
		if s.at == len(s.text) || len(s.out) > 4*maxList {
			return s.out
		}
		s.next()
	}
}

func (s *scanner) next() {
	start, c := s.at, s.text[s.at]
	switch {
	case strings.HasPrefix(s.text[start:], "//"):
		s.at = len(s.text)
		s.emit('/', start, "", false)
	case (c == '{' || c == '<') && s.fillIn() > 0:
		s.at += s.fillIn()
		s.emit('w', start, s.text[start:s.at], false)
	case c == '{' || c == '}':
		s.at++
		s.emit(c, start, "", false)
	case c == '"' || c == '\'' && strings.IndexByte(s.text[start+1:], '\'') >= 0:
		s.emit('w', start, s.quoted(c), true)
	default:
		s.emit('w', start, s.bare(), false)
	}
}

var bracketed = regexp.MustCompile(`^(?:\{\$?[\pL_][\pL\d_. -]*\}|<\pL(?:[\pL\d_. -]*[\pL\d_.-])?>)[^\s{}]*`)

// fillIn returns the length of a placeholder in brackets here, perhaps of several
// words, as in "interface {IFACE}" and "<the address>/24", and 0 where a brace
// opens a block.
func (s *scanner) fillIn() int {
	rest := s.text[s.at:]
	if n := len(s.out); rest[0] == '{' && n > 0 && (s.out[n-1].kind != 'w' || openers[s.out[0].word.Text]) {
		return 0
	}
	return len(bracketed.FindString(rest))
}

// emit adds a token that ends here.
func (s *scanner) emit(kind byte, start int, text string, quoted bool) {
	t := token{kind: kind, start: start, end: s.at}
	t.word = Word{Text: text, Quoted: quoted, Range: s.line.rng(start, s.at)}
	t.word.Open = quoted && s.open
	t.word.Cut = s.line.cut && s.at == len(s.text)
	t.word.Unknown = kind == 'w' && placeholder(text)
	s.out = append(s.out, t)
}

// quoted reads up to the closing quote, or to the end of the line.
func (s *scanner) quoted(quote byte) string {
	var b strings.Builder
	s.open = true
	for s.at++; s.at < len(s.text); s.at++ {
		c := s.text[s.at]
		if c == quote {
			s.at++
			s.open = false
			break
		}
		if c == '\\' && s.at+1 < len(s.text) && strings.IndexByte(`"'\#!`, s.text[s.at+1]) >= 0 {
			s.at++
			c = s.text[s.at]
		}
		b.WriteByte(c)
	}
	return b.String()
}

// bare reads a word without quotes, up to white space or a brace that is not
// part of a reference.
func (s *scanner) bare() string {
	var b strings.Builder
	for ; s.at < len(s.text); s.at++ {
		c := s.text[s.at]
		switch {
		case c == '$' && strings.HasPrefix(s.text[s.at:], "${"):
			if n := strings.IndexByte(s.text[s.at:], '}'); n > 0 {
				b.WriteString(s.text[s.at : s.at+n+1])
				s.at += n
				continue
			}
		case space(c) || c == '{' || c == '}':
			return b.String()
		case c == '\\' && s.at+1 < len(s.text):
			s.at++
			c = s.text[s.at]
		}
		b.WriteByte(c)
	}
	return b.String()
}
