package status

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
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
// memory beside that of to, however many there are.
func (h *Host) WriteLines(to *bytes.Buffer) {
	frame := *h
	frame.Routers = []Router{}
	data, err := json.Marshal(frame)
	before, after, _ := bytes.Cut(data, []byte(`"routers":[]`))
	to.Write(before)
	to.WriteString(`"routers":[`)
	e := json.NewEncoder(to)
	for i := range h.Routers {
		if i > 0 {
			to.WriteByte(',')
		}
		err = errors.Join(err, e.Encode(&h.Routers[i]))
	}
	if err != nil {
		panic("status: own type cannot be encoded: " + err.Error())
	}
	to.WriteByte(']')
	to.Write(after)
	to.WriteByte('\n')
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
