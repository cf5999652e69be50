package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"hactl/cmd/hactl/internal/terminal"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is hactl with the arguments args: results go to stdout, all else to
// stderr. It returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	out := &terminal.Output{Stream: stdout}
	root.SetOut(out)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(context.Background())
	if err == nil && out.Err != nil {
		err = fmt.Errorf("print the result: %w", out.Err)
	}
	if message := messageOf(err); message != "" {
		fmt.Fprintf(stderr, "%s %s\n", paletteFor(cmd, stderr).Red("hactl:"), message)
	}
	return codeOf(err)
}
