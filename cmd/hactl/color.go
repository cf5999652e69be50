package main

import (
	"fmt"
	"io"
	"os"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

// palette colours words, or leaves them as they are when it is false.
type palette bool

func (p palette) bold(s string) string    { return p.paint("1", s) }
func (p palette) dim(s string) string     { return p.paint("2", s) }
func (p palette) red(s string) string     { return p.paint("1;31", s) }
func (p palette) green(s string) string   { return p.paint("32", s) }
func (p palette) yellow(s string) string  { return p.paint("33", s) }
func (p palette) inverse(s string) string { return p.paint("7", s) }

func (p palette) paint(code, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// paletteFor returns the palette for what cmd prints to w: colour on a terminal
// or where --color asks for it, and never with NO_COLOR.
func paletteFor(cmd *cobra.Command, w io.Writer) palette {
	if os.Getenv("NO_COLOR") != "" {
		return false
	}
	switch colorFlag(cmd) {
	case "always":
		return true
	case "never":
		return false
	}
	return palette(isTerminal(w) && os.Getenv("TERM") != "dumb")
}

// checkColor refuses a --color that is none of the three words.
func checkColor(cmd *cobra.Command, _ []string) error {
	switch word := colorFlag(cmd); word {
	case "auto", "always", "never":
		return nil
	default:
		return fmt.Errorf(`--color %q: write "auto", "always" or "never"`, word)
	}
}

func colorFlag(cmd *cobra.Command) string {
	flag := cmd.Root().PersistentFlags().Lookup("color")
	return flag.Value.String()
}

// isTerminal tells whether stream, a reader or writer, is a terminal.
func isTerminal(stream any) bool {
	file, ok := beneath(stream).(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}
