package lsp

import (
	"regexp"
	"strings"

	"hactl/lang/schema"
)

// piece is a part of a file that can be parsed by itself: a block at the top, with
// what stands before it.
type piece struct {
	from int // its first byte in the file
	text string
}

// mostBroken is how many broken blocks are told apart in one file; what follows
// them is one piece.
const mostBroken = 32

// split cuts a text into pieces, which are the text when they are joined. A
// block that does not end breaks only itself: what follows begins with the next
// line that looks like the head of a block.
func split(text string) []piece {
	var all []piece
	broken := 0
	for from := 0; from < len(text) || len(all) == 0; {
		to, ended := blockEnd(text, from)
		if !ended && broken < mostBroken {
			to = nextHead(text, from)
			broken++
		}
		all = append(all, piece{from, text[from:to]})
		from = to
	}
	return all
}

// head matches a line that begins a block at the top.
var head = regexp.MustCompile(`(?m)^(?:` + strings.Join(schema.Root.Names(true), "|") + `)\b[^=\n]*\{`)

// nextHead returns the first head of a block behind the first line of text[from:]
// that is neither empty nor a comment; the end of the text when there is none.
func nextHead(text string, from int) int {
	for line := range strings.Lines(text[from:]) {
		from += len(line)
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "//") {
			break
		}
	}
	if at := head.FindStringIndex(text[from:]); at != nil {
		return from + at[0]
	}
	return len(text)
}

// blockEnd returns the place behind the line on which the next block at the top
// ends. ended is false when the text ends before, within something.
func blockEnd(text string, from int) (to int, ended bool) {
	s := scanner{text: text, at: from}
	for s.at < len(text) {
		if s.step(); s.closed && len(s.open) == 0 && text[s.at-1] == '\n' {
			return s.at, true
		}
	}
	return len(text), len(s.open) == 0
}

// scanner walks through a text and knows what is open: brackets by themselves,
// '"' for a text in quotes, '$' for an expression in one.
type scanner struct {
	text   string
	at     int
	open   []byte
	closed bool // a block has ended, or more were closed than opened
}

// step walks over one sign, word, comment, or part of a text in quotes.
func (s *scanner) step() {
	c := s.text[s.at]
	if s.top() == '"' {
		s.quoted(c)
		return
	}
	rest := s.text[s.at:]
	switch {
	case c == '"':
		s.push(c, 1)
	case c == '#', strings.HasPrefix(rest, "//"):
		s.at += until(rest, "\n")
	case strings.HasPrefix(rest, "/*"):
		if s.at += until(rest, "*/"); s.at == len(s.text) {
			s.push('*', 0)
		} else {
			s.at += 2
		}
	case strings.HasPrefix(rest, "<<"):
		s.heredoc(rest)
	case c == '{', c == '[', c == '(':
		s.push(c, 1)
	case c == '}', c == ']', c == ')':
		s.close(c)
	default:
		s.at++
	}
}

// quoted walks on in a text in quotes, which the end of the line ends. A brace
// before that is taken for the one of a block with an unfinished label.
func (s *scanner) quoted(c byte) {
	rest := s.text[s.at:]
	switch {
	case c == '\\':
		s.at += min(2, len(rest))
	case c == '"':
		s.open = s.open[:len(s.open)-1]
		s.at++
	case c == '\n':
		s.open = s.open[:len(s.open)-1] // the line end itself is that of the code around
		if strings.HasSuffix(strings.TrimRight(s.text[:s.at], " \t\r"), "{") {
			s.open = append(s.open, '{')
		}
	case strings.HasPrefix(rest, "$${"), strings.HasPrefix(rest, "%%{"):
		s.at += 3
	case strings.HasPrefix(rest, "${"), strings.HasPrefix(rest, "%{"):
		s.push('$', 2)
	default:
		s.at++
	}
}

// marker matches what begins a here-document.
var marker = regexp.MustCompile(`^<<-?([\p{L}_][\p{L}\p{N}_-]*)[ \t]*\r?\n`)

// heredoc walks over a here-document.
func (s *scanner) heredoc(rest string) {
	m := marker.FindStringSubmatch(rest)
	if m == nil {
		s.at += 2
		return
	}
	n := len(m[0])
	for line := range strings.Lines(rest[n:]) {
		if strings.TrimSpace(line) == m[1] {
			s.at += n + strings.Index(line, m[1]) + len(m[1])
			return
		}
		n += len(line)
	}
	s.at = len(s.text)
	s.push('<', 0)
}

func (s *scanner) top() byte {
	if len(s.open) == 0 {
		return 0
	}
	return s.open[len(s.open)-1]
}

func (s *scanner) push(c byte, n int) {
	s.open = append(s.open, c)
	s.at += n
}

// close closes what a bracket closes. A brace also closes brackets that were left
// open in it; any other bracket that closes nothing is passed over.
func (s *scanner) close(c byte) {
	s.at++
	if c != '}' {
		if s.top() == '[' && c == ']' || s.top() == '(' && c == ')' {
			s.open = s.open[:len(s.open)-1]
		}
		return
	}
	for s.top() == '[' || s.top() == '(' {
		s.open = s.open[:len(s.open)-1]
	}
	if len(s.open) > 0 {
		s.open = s.open[:len(s.open)-1]
	}
	s.closed = true
}

// until returns where mark stands in text, or the text's length.
func until(text, mark string) int {
	if i := strings.Index(text, mark); i >= 0 {
		return i
	}
	return len(text)
}
