package keepalived

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// Statement is a keyword with its values, and the block that follows it.
type Statement struct {
	Words    []Word // the keyword first; never empty
	Block    bool   // it has a block, perhaps an empty one
	Children []*Statement
	Open     hcl.Range // of the block's brace
	Kind     string    // of block that it opens by the grammar, "" for none
	parent   *Statement
}

// Keyword returns the first word.
func (s *Statement) Keyword() string { return s.Words[0].Text }

// Value returns the word after the keyword; ok is false when there is none.
func (s *Statement) Value() (w Word, ok bool) {
	if len(s.Words) < 2 {
		return Word{Range: s.Words[0].Range}, false
	}
	return s.Words[1], true
}

// Range returns the range from the keyword to the last value.
func (s *Statement) Range() hcl.Range {
	return hcl.RangeBetween(s.Words[0].Range, s.Words[len(s.Words)-1].Range)
}

// tree builds the statements of one node.
type tree struct {
	reader  *reader
	root    []*Statement
	stack   []*Statement // the blocks that are open, outermost first
	current *Statement   // the statement that the next word belongs to
	last    *Statement   // the statement before, whose block a "{" may still open
	slashes bool         // a harmless "//" was reported
	strays  int          // closing braces too many that belong to a block that is closed already
}

// add adds one line.
func (t *tree) add(l *line) {
	for _, k := range tokens(l) {
		if t.reader.full {
			return
		}
		switch k.kind {
		case 'w':
			t.word(k.word)
		case '{':
			t.openBlock(k.word.Range)
		case '}':
			t.closeBlock(k.word.Range)
		case '/':
			t.slash(l, k)
		}
	}
	t.finish()
}

func (t *tree) word(w Word) {
	siblings := len(t.root)
	if in := t.inside(); in != nil {
		siblings = len(in.Children)
	}
	if siblings > maxList || t.current != nil && len(t.current.Words) > maxList {
		t.reader.limit(w.Range, fmt.Sprintf("There are more than %d lines in a block, or words on a line.", maxList))
		return
	}
	if t.current != nil {
		t.current.Words = append(t.current.Words, w)
		return
	}
	t.current = &Statement{Words: []Word{w}, Kind: t.kindOf(w.Text), parent: t.inside()}
	if in := t.inside(); in != nil && grammar[top].words[w.Text].opens != "" && !grammar[in.Kind].known(w.Text) && !w.Quoted {
		t.unclosed(w)
	}
	if parent := t.current.parent; parent != nil {
		parent.Children = append(parent.Children, t.current)
		return
	}
	t.root = append(t.root, t.current)
}

// inside returns the block that the next statement is in, nil at the top.
func (t *tree) inside() *Statement {
	if len(t.stack) == 0 {
		return nil
	}
	return t.stack[len(t.stack)-1]
}

// kindOf returns the kind of block that the word opens here.
func (t *tree) kindOf(word string) string {
	around := top
	if in := t.inside(); in != nil {
		around = in.Kind
	}
	return grammar[around].words[word].opens
}

// finish ends the statement of a line.
func (t *tree) finish() {
	s := t.current
	if s == nil {
		return
	}
	t.current, t.last = nil, s
	if !s.Words[0].Quoted && includes[s.Keyword()] {
		t.last = nil
		t.reader.include(s)
	}
}

// includes are the words that name other files to read.
var includes = map[string]bool{"include": true, "includer": true, "includem": true, "includew": true, "includeb": true, "includea": true}

// openBlock opens the block of the statement on this line, or of the one
// before.
func (t *tree) openBlock(at hcl.Range) {
	s := t.current
	if s == nil {
		s = t.last
	}
	t.current, t.last = nil, nil
	if s == nil || s.Block {
		t.reader.config.Incomplete = true
		t.reader.report(rule.Braces.At(at, "A block begins here that no keyword has. keepalived takes the keywords in it for those of the block around. Take the brace out, or write the keyword in front of it."))
		t.strays++
		return
	}
	if len(t.stack) >= maxDepth {
		t.reader.limit(at, fmt.Sprintf("Blocks are nested more than %d deep.", maxDepth))
		return
	}
	s.Block, s.Open = true, at
	t.stack = append(t.stack, s)
}

func (t *tree) closeBlock(at hcl.Range) {
	t.finish()
	t.last = nil
	switch n := len(t.stack); {
	case t.strays > 0:
		t.strays--
	case n > 0:
		t.stack = t.stack[:n-1]
	default:
		t.reader.config.Incomplete = true
		t.reader.report(rule.Braces.At(at, "This brace closes nothing: a block was closed before, perhaps too early. keepalived reads what follows as the top level. Take it out, or look for the missing opening brace above."))
	}
}

// unclosed reports that a block of the top level begins inside of another one,
// and goes on as if that had been closed.
func (t *tree) unclosed(next Word) {
	in := t.stack[len(t.stack)-1]
	t.reader.config.Incomplete = true
	t.reader.report(rule.Braces.At(in.Range(), fmt.Sprintf("The block of %s is not closed: %s begins inside of it, and keepalived reads all that follows as a part of it. Add the missing brace.", in.Keyword(), next.Text),
		rule.Related{Message: "This begins inside of it", Range: next.Range}))
	t.stack, t.strays = nil, 0
	t.current = &Statement{Words: t.current.Words, Kind: grammar[top].words[next.Text].opens}
}

// end ends the text: all blocks must be closed.
func (t *tree) end() {
	t.finish()
	if n := len(t.stack); n > 0 && !t.reader.full {
		in := t.stack[n-1]
		t.reader.config.Incomplete = true
		t.reader.report(rule.Braces.At(in.Range(), fmt.Sprintf("The block of %s is not closed at the end of the file. Add the missing brace.", in.Keyword())))
	}
}

// slash reports "//", which many take for a comment. What follows is left out,
// so that what was meant is still judged.
func (t *tree) slash(l *line, k token) {
	rest := l.text[k.start:]
	at := l.rng(k.start, min(len(l.text), k.start+2))
	if strings.ContainsAny(strings.TrimSpace(rest), "{}") {
		t.reader.report(rule.Slashes.At(at, "Two slashes are no comment in keepalived: it reads on, and the braces in what follows open and close blocks, so that the statements behind them belong somewhere else. Write # instead."))
		return
	}
	if !t.slashes {
		t.slashes = true
		t.reader.report(rule.Slashes.As(rule.Info).At(at, "Two slashes are no comment in keepalived: what follows is read as further values, which mostly go unnoticed. Write # instead, here and below."))
	}
}
