package terminal

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"
)

// Screen is a terminal that is drawn on.
type Screen struct {
	in, Out *os.File    // where keys come from, and what is drawn on
	before  *term.State // of the terminal; nil until Begin
	Keys    chan byte   // that were pressed
	shown   []string    // lines that are on it
	width   int         // that they were made for
}

// CtrlC is the key of that name, where the terminal makes no signal of it.
const CtrlC = 3

// NewScreen returns the screen of a terminal, whose keys come from in. Nothing has been
// drawn on it yet.
func NewScreen(in, out *os.File) *Screen {
	return &Screen{in: in, Out: out, Keys: make(chan byte)}
}

// Begin takes the terminal over. What was on it comes back with End.
func (s *Screen) Begin() error {
	before, err := term.MakeRaw(int(s.in.Fd()))
	if err != nil {
		return fmt.Errorf("take the terminal over: %w", err)
	}
	s.before = before
	go s.read()
	_, err = s.Out.WriteString("\x1b[?1049h\x1b[?25l") // another page, without a cursor
	return err
}

// End gives the terminal back.
func (s *Screen) End() {
	_, _ = s.Out.WriteString("\x1b[?25h\x1b[?1049l")
	_ = term.Restore(int(s.in.Fd()), s.before)
}

// read hands the keys on for as long as there are any: it ends with the process.
func (s *Screen) read() {
	for key := make([]byte, 1); ; {
		if _, err := s.in.Read(key); err != nil {
			return
		}
		s.Keys <- key[0]
	}
}

// Size returns columns and lines; the usual 80 and 24 when the terminal does not
// say.
func (s *Screen) Size() (width, height int) {
	width, height, err := term.GetSize(int(s.Out.Fd()))
	if err != nil || width < 1 || height < 1 {
		return 80, 24
	}
	return width, height
}

// Draw shows lines, which fit a screen of that size, in place of those before.
func (s *Screen) Draw(lines []string) error {
	width, _ := s.Size()
	if slices.Equal(lines, s.shown) && width == s.width {
		return nil
	}
	s.shown, s.width = lines, width
	var b strings.Builder
	b.WriteString("\x1b[H")
	for i, line := range lines {
		if i > 0 {
			b.WriteString("\r\n")
		}
		if i == len(lines)-1 {
			b.WriteString("\x1b[J") // what was below goes
		}
		b.WriteString("\x1b[2K" + line)
	}
	_, err := s.Out.WriteString(b.String())
	return err
}
