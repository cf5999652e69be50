package terminal

import (
	"os"

	"github.com/mattn/go-isatty"
)

// IsTerminal tells whether stream, a reader or writer, is a terminal.
func IsTerminal(stream any) bool {
	file, ok := Beneath(stream).(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}
