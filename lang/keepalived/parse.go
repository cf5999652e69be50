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
	Close    hcl.Range // of the brace that closes it; zero when none does
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
	closed  early
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
	t.reopen(w)
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
