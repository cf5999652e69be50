package main

import (
	"cmp"
	"io"
)

// output is a stream that remembers the first error of a write, as most
// printing does not look: a full disk is no success.
type output struct {
	stream io.Writer
	err    error
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	n, err := o.stream.Write(p)
	o.err = cmp.Or(o.err, err)
	return n, err
}

// beneath returns the stream that w writes to, which a child process can be
// given, and which may be a terminal.
func beneath(w any) any {
	if o, ok := w.(*output); ok {
		return o.stream
	}
	return w
}
