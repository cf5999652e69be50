package main

import (
	"fmt"
	"io"
	"os"

	"hactl/cmd/hactl/internal/terminal"

	"github.com/spf13/cobra"
)

// paletteFor returns the palette for what cmd prints to w: colour on a terminal
// or where --color asks for it, and never with NO_COLOR.
func paletteFor(cmd *cobra.Command, w io.Writer) terminal.Palette {
	if os.Getenv("NO_COLOR") != "" {
		return false
	}
	switch colorFlag(cmd) {
	case "always":
		return true
	case "never":
		return false
	}
	return terminal.Palette(terminal.IsTerminal(w) && os.Getenv("TERM") != "dumb")
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
