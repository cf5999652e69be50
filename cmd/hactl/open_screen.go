package main

import (
	"errors"
	"os"

	"hactl/cmd/hactl/internal/terminal"

	"github.com/spf13/cobra"
)

// errNoTerminal says what to do without one.
var errNoTerminal = errors.New("watch needs a terminal; \"hactl status\" shows the same once, and \"hactl events --follow\" goes on line by line")

// openScreen returns the terminal that a command was started on.
func openScreen(cmd *cobra.Command) (*terminal.Screen, error) {
	in, _ := cmd.InOrStdin().(*os.File)
	out, _ := terminal.Beneath(cmd.OutOrStdout()).(*os.File)
	if in == nil || out == nil || !terminal.IsTerminal(in) || !terminal.IsTerminal(out) || os.Getenv("TERM") == "dumb" {
		return nil, errNoTerminal
	}
	return terminal.NewScreen(in, out), nil
}
