package terminal

import (
	"cmp"
	"io"
)

// Output is a stream that remembers the first error of a write, as most
// printing does not look: a full disk is no success.
type Output struct {
	Stream io.Writer // that is written to
	Err    error     // the first; nil: there was none
}

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	n, err := o.Stream.Write(p)
	o.Err = cmp.Or(o.Err, err)
	return n, err
}

// Beneath returns the stream that w writes to, which a child process can be
// given, and which may be a terminal.
func Beneath(w any) any {
	if o, ok := w.(*Output); ok {
		return o.Stream
	}
	return w
}
