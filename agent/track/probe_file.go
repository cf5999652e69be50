package track

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"

	"hactl/schemas/plan"
)

// fileProbe looks at a file.
type fileProbe struct{ plan.FileProbe }

func (p fileProbe) look(context.Context) outcome {
	if p.Expect == plan.Number {
		return outcome{err: p.number()}
	}
	_, err := os.Lstat(p.Path)
	missing := errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
	switch {
	case p.Expect == plan.Exists && missing:
		return failed("%s does not exist", p.Path)
	case p.Expect == plan.Absent && err == nil:
		return failed("%s exists", p.Path)
	case err != nil && !missing:
		return outcome{err: err}
	}
	return outcome{}
}

// maxNumber is the length of the longest number with blanks around it.
const maxNumber = 64

// number says what is wrong with the number in the file; nil when nothing is.
func (p fileProbe) number() error {
	f, err := os.OpenFile(p.Path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe must not block
	if err != nil {
		return err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxNumber+1))
	if err != nil {
		return err
	}
	text := strings.TrimSpace(string(data))
	n, err := strconv.Atoi(text)
	switch {
	case err != nil || len(data) > maxNumber:
		return fmt.Errorf("%s holds no whole number but %q", p.Path, text)
	case p.Minimum != nil && n < *p.Minimum:
		return fmt.Errorf("%s holds %d, less than %d", p.Path, n, *p.Minimum)
	case p.Maximum != nil && n > *p.Maximum:
		return fmt.Errorf("%s holds %d, more than %d", p.Path, n, *p.Maximum)
	}
	return nil
}
