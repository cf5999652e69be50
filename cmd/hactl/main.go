package main

import (
	"context"
	"fmt"
	"io"
	"os"
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
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(context.Background())
	if message := messageOf(err); message != "" {
		fmt.Fprintf(stderr, "%s %s\n", paletteFor(cmd, stderr).red("hactl:"), message)
	}
	return codeOf(err)
}
