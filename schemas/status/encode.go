package status

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxSize is the length of the longest report that Decode reads, in bytes.
const MaxSize = 64 << 20

// ErrNewerFormat is what Decode returns for the report of an agent of a later
// version.
var ErrNewerFormat = errors.New("status of a newer format")

// Encode returns the report as indented JSON that ends in a newline.
func Encode(h *Host) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(h); err != nil {
		panic("status: own type cannot be encoded: " + err.Error())
	}
	return b.Bytes()
}

// WriteLines writes the report as JSON with a router on each line. It needs little
// memory, however many there are. The error is that of to.
func (h *Host) WriteLines(to io.Writer) error {
	frame := *h
	frame.Routers = []Router{}
	data, err := json.Marshal(frame)
	if err != nil {
		panic("status: own type cannot be encoded: " + err.Error())
	}
	before, after, _ := bytes.Cut(data, []byte(`"routers":[]`))
	w := bufio.NewWriterSize(to, 1<<16)
	w.Write(before)
	w.WriteString(`"routers":[`)
	e := json.NewEncoder(w)
	for i := range h.Routers {
		if i > 0 {
			w.WriteByte(',')
		}
		if err := e.Encode(&h.Routers[i]); err != nil {
			return err
		}
	}
	w.WriteByte(']')
	w.Write(after)
	w.WriteByte('\n')
	return w.Flush() // which tells of errors before, too
}

// Decode reads a report. Keys that it does not know are skipped: while hosts
// are upgraded one by one, agents report to whoever asks with a hactl of
// another version. A report of another format, of no host or in no known state
// is refused.
func Decode(data []byte) (*Host, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("decode status: report of %d bytes, more than %d", len(data), MaxSize)
	}
	var head struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("decode status: %w", err)
	}
	switch {
	case head.Format > Format:
		return nil, fmt.Errorf("decode status: %w: %d, and this hactl reads %d: ask with the hactl of that host's version", ErrNewerFormat, head.Format, Format)
	case head.Format < 1:
		return nil, errors.New(`decode status: no "format": not a report of hactl`)
	}
	h := new(Host)
	if err := json.Unmarshal(data, h); err != nil {
		return nil, fmt.Errorf("decode status: %w", err)
	}
	switch {
	case h.Host == "":
		return nil, errors.New("decode status: it names no host")
	case h.State != Running && h.State != Stopped:
		return nil, fmt.Errorf("decode status of host %q: state %q is none of %s, %s", h.Host, h.State, Running, Stopped)
	}
	return h, nil
}
