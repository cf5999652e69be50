package keepalived

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// early is a block of the top level that is closed, and, when a keyword of it
// follows, was perhaps closed too early.
type early struct {
	block *Statement
	brace hcl.Range
	open  *Word // it was opened again for this keyword
}

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
		in := t.stack[n-1]
		in.Close, t.stack = at, t.stack[:n-1]
		if n == 1 {
			t.closes(in, at)
		}
	default:
		t.reader.config.Incomplete = true
		t.reader.report(rule.Braces.At(at, "This brace closes nothing: a block was closed before, perhaps too early. keepalived reads what follows as the top level. Take it out, or look for the missing opening brace above."))
	}
}

// closes remembers the block of the top level that a brace closes, or reports
// the brace that closed it before.
func (t *tree) closes(in *Statement, at hcl.Range) {
	if c := t.closed; c.open != nil {
		t.reader.config.Incomplete = true
		t.reader.report(rule.Braces.At(c.brace, fmt.Sprintf("This brace closes the block of %s too early: %s, which belongs into it, follows, and one brace is left over below. Take this one out.", in.Keyword(), c.open.Text), see(c.open.Range, "This follows"), see(at, "This brace is left over")))
		t.closed = early{}
		return
	}
	t.closed = early{block: in, brace: at}
}

// unclosed reports that a block of the top level begins inside of another one,
// and goes on as if that had been closed.
func (t *tree) unclosed(next Word) {
	in := t.stack[len(t.stack)-1]
	if in == t.closed.block {
		t.misplaced()
		t.current = &Statement{Words: t.current.Words, Kind: grammar[top].words[next.Text].opens}
		return
	}
	t.reader.config.Incomplete = true
	if t.release(in) {
		t.stack, t.strays, t.closed = nil, 0, early{}
		t.current = &Statement{Words: t.current.Words, Kind: grammar[top].words[next.Text].opens}
		return
	}
	t.reader.report(rule.Braces.At(in.Range(), fmt.Sprintf("The block of %s is not closed: %s begins inside of it, and keepalived reads all that follows as a part of it. Add the missing brace.", in.Keyword(), next.Text),
		rule.Related{Message: "This begins inside of it", Range: next.Range}))
	t.stack, t.strays, t.closed = nil, 0, early{}
	t.current = &Statement{Words: t.current.Words, Kind: grammar[top].words[next.Text].opens}
}

// end ends the text: all blocks must be closed.
func (t *tree) end() {
	t.finish()
	if len(t.stack) == 1 {
		t.misplaced()
	}
	if n := len(t.stack); n > 0 && !t.reader.full {
		in := t.stack[n-1]
		t.reader.config.Incomplete = true
		if t.release(in) {
			return
		}
		t.reader.report(rule.Braces.At(in.Range(), fmt.Sprintf("The block of %s is not closed at the end of the file. Add the missing brace.", in.Keyword())))
	}
}

// release looks for the list that is why a block is not closed: a keyword of the
// block stands inside of it. It reports that, and gives what follows back to the
// block, so that what was meant is judged.
func (t *tree) release(in *Statement) bool {
	if grammar[in.Kind].free && in.parent != nil {
		in = in.parent
	}
	for _, l := range in.Children {
		at := slices.IndexFunc(l.Children, func(c *Statement) bool { return grammar[in.Kind].known(c.Keyword()) && !c.Words[0].Quoted })
		if l.Kind == "" || !grammar[l.Kind].free || at < 0 {
			continue
		}
		first := l.Children[at]
		t.reader.report(rule.Braces.At(l.Range(), fmt.Sprintf("The list of %s is not closed: %s begins inside of it, and keepalived takes it for one more value. Add the missing brace in front of it.", l.Keyword(), first.Keyword()),
			see(first.Words[0].Range, "This begins inside of it")))
		for _, c := range l.Children[at:] {
			c.parent = in
			c.retype(in.Kind)
		}
		in.Children = append(in.Children, l.Children[at:]...)
		l.Children = l.Children[:at]
		return true
	}
	return false
}

// retype says of which kind the blocks of s are when it stands in a block of kind
// around.
func (s *Statement) retype(around string) {
	s.Kind = grammar[around].words[s.Keyword()].opens
	for _, c := range s.Children {
		c.retype(s.Kind)
	}
}

// reopen opens the block that was closed last again when a keyword follows that
// belongs into it: what was meant is judged.
func (t *tree) reopen(w Word) {
	c := &t.closed
	if len(t.stack) > 0 || c.block == nil || w.Quoted || grammar[top].known(w.Text) || includes[w.Text] || !grammar[c.block.Kind].known(w.Text) {
		return
	}
	c.open = &w
	t.stack = []*Statement{c.block}
}

// misplaced reports the keyword for which a block was opened again, and that
// stands behind it: no brace is left over.
func (t *tree) misplaced() {
	if c := t.closed; c.open != nil {
		t.reader.report(rule.Misspelt.At(c.open.Range, fmt.Sprintf("keepalived ignores %s here: it belongs into %s. Move it there, in front of the brace that closes the block.", c.open.Text, c.block.Keyword()), see(c.brace, "The block is closed here")))
		t.stack, t.closed = nil, early{}
	}
}
