package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"hactl/lang"
)

// longestMessage is how many bytes one message of an editor has at most: a file as
// large as the language takes, in which every byte may be an escape.
const longestMessage = 6*lang.MaxFile + 1<<16

// frames are messages behind the headers of the Language Server Protocol. A header
// promises how long a message is; memory is taken for what comes.
type frames struct {
	in  *bufio.Reader
	out io.Writer
}

func newFrames(in io.Reader, out io.Writer) *frames { return &frames{bufio.NewReader(in), out} }

// Recv reads one message; the error is io.EOF when there is none any more.
func (f *frames) Recv() ([]byte, error) {
	length, err := f.header()
	if err == io.EOF {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("read the header of a message: %w", err)
	}
	message, err := io.ReadAll(io.LimitReader(f.in, int64(length)))
	if err == nil && len(message) < length {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, fmt.Errorf("read a message: %w", err)
	}
	return message, nil
}

// header reads the lines before a message and returns its length. A line that is
// longer than the reader's buffer is none of a header.
func (f *frames) header() (length int, err error) {
	length = -1
	for n := 0; ; n++ {
		line, err := f.in.ReadSlice('\n')
		switch {
		case err == io.EOF && n == 0 && len(line) == 0:
			return 0, io.EOF
		case err != nil:
			return 0, fmt.Errorf("line %q: %w", line[:min(len(line), 40)], err)
		}
		name, value, isField := strings.Cut(strings.TrimSpace(string(line)), ":")
		switch {
		case name == "" && length < 0:
			return 0, errors.New("there is no Content-Length")
		case name == "":
			return length, nil
		case !isField:
			return 0, fmt.Errorf("line %q is no field", name)
		case strings.EqualFold(name, "Content-Length"):
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil || length < 0 || length > longestMessage {
				return 0, fmt.Errorf("Content-Length is%s, want 0 to %d", value, longestMessage)
			}
		}
	}
}

// Send writes one message.
func (f *frames) Send(message []byte) error {
	_, err := fmt.Fprintf(f.out, "Content-Length: %d\r\n\r\n%s", len(message), message)
	return err
}

// Close does nothing: the streams are those of the process.
func (f *frames) Close() error { return nil }
