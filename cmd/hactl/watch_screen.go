package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// screen is a terminal that is drawn on.
type screen struct {
	in, out *os.File
	before  *term.State // of the terminal; nil until begin
	keys    chan byte   // that were pressed
	shown   []string    // lines that are on it
	width   int         // that they were made for
}

// ctrlC is the key of that name, where the terminal makes no signal of it.
const ctrlC = 3

// errNoTerminal says what to do without one.
var errNoTerminal = errors.New("watch needs a terminal; \"hactl status\" shows the same once, and \"hactl events --follow\" goes on line by line")

// openScreen returns the terminal that a command was started on.
func openScreen(cmd *cobra.Command) (*screen, error) {
	in, _ := cmd.InOrStdin().(*os.File)
	out, _ := beneath(cmd.OutOrStdout()).(*os.File)
	if in == nil || out == nil || !isTerminal(in) || !isTerminal(out) || os.Getenv("TERM") == "dumb" {
		return nil, errNoTerminal
	}
	return &screen{in: in, out: out, keys: make(chan byte)}, nil
}

// begin takes the terminal over. What was on it comes back with end.
func (s *screen) begin() error {
	before, err := term.MakeRaw(int(s.in.Fd()))
	if err != nil {
		return fmt.Errorf("take the terminal over: %w", err)
	}
	s.before = before
	go s.read()
	_, err = s.out.WriteString("\x1b[?1049h\x1b[?25l") // another page, without a cursor
	return err
}

// end gives the terminal back.
func (s *screen) end() {
	_, _ = s.out.WriteString("\x1b[?25h\x1b[?1049l")
	_ = term.Restore(int(s.in.Fd()), s.before)
}

// read hands the keys on for as long as there are any: it ends with the process.
func (s *screen) read() {
	for key := make([]byte, 1); ; {
		if _, err := s.in.Read(key); err != nil {
			return
		}
		s.keys <- key[0]
	}
}

// size returns columns and lines; the usual 80 and 24 when the terminal does not
// say.
func (s *screen) size() (width, height int) {
	width, height, err := term.GetSize(int(s.out.Fd()))
	if err != nil || width < 1 || height < 1 {
		return 80, 24
	}
	return width, height
}

// draw shows lines, which fit a screen of that size, in place of those before.
func (s *screen) draw(lines []string) error {
	width, _ := s.size()
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
	_, err := s.out.WriteString(b.String())
	return err
}
