package store

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime/debug"

	"hactl/schemas/plan"
)

// The protocol: Serve says a hello, and then one answer to each request, each a
// line of JSON.
const (
	greeting = "hactl store"
	protocol = 1 // its version; rises when an older side would go wrong
)

// maxLine is the length of the longest line of either side, in bytes: a plan in
// base64, and some words.
const maxLine = plan.MaxSize/3*4 + 1<<20

// hello is the first line of Serve.
type hello struct {
	Hello    string `json:"hello"` // greeting
	Protocol int    `json:"protocol"`
	Version  string `json:"version"` // of hactl
}

// request is what the other side wants.
type request struct {
	Op      string       `json:"op"` // "put-plan", "plan", "status", "hosts", "put-rollout", "rollout", "put-intents", "intents", "fingerprints"
	Host    string       `json:"host,omitempty"`
	Data    []byte       `json:"data,omitempty"`
	Rollout *Rollout     `json:"rollout,omitempty"`
	Over    string       `json:"over,omitempty"`
	Nonce   []byte       `json:"nonce,omitempty"` // of "fingerprints"
	Files   []SecretFile `json:"files,omitempty"` // likewise
	Was     []byte       `json:"was,omitempty"`   // what "put-intents" replaces; absent: nothing
}

// answer is what became of a request.
type answer struct {
	Data         []byte        `json:"data,omitempty"`
	Hosts        []string      `json:"hosts,omitempty"`
	Rollout      *Rollout      `json:"rollout,omitempty"` // with Error: the one that is in the way
	Fingerprints []Fingerprint `json:"fingerprints,omitempty"`
	Error        string        `json:"error,omitempty"`
	Missing      bool          `json:"missing,omitempty"` // the error is fs.ErrNotExist
	Changed      bool          `json:"changed,omitempty"` // the error is ErrChanged
}

// Serve is the remote side of the ssh store: it answers the requests that come
// from in, on the store d, until in ends (nil), a line cannot be read or
// written, or ctx ends. It reads on from in for as long as in blocks.
func Serve(ctx context.Context, d *Dir, in io.Reader, out io.Writer) error {
	if err := say(out, hello{Hello: greeting, Protocol: protocol, Version: version()}); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	lines := make(chan line)
	go readLines(ctx, in, lines)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case l := <-lines:
			if l.err == io.EOF {
				return nil
			}
			if l.err != nil {
				return errors.Join(fmt.Errorf("read request: %w", l.err), say(out, answer{Error: l.err.Error()}))
			}
			if err := say(out, d.answer(ctx, l.text)); err != nil {
				return err
			}
		}
	}
}

// answer does what one line asks for.
func (d *Dir) answer(ctx context.Context, text []byte) answer {
	var r request
	if err := json.Unmarshal(text, &r); err != nil {
		return answer{Error: "not a request: " + err.Error()}
	}
	var a answer
	var err error
	switch r.Op {
	case "put-plan":
		err = d.PutPlan(ctx, r.Host, r.Data)
	case "plan":
		a.Data, err = d.Plan(ctx, r.Host)
	case "status":
		a.Data, err = d.Status(ctx, r.Host)
	case "hosts":
		a.Hosts, err = d.Hosts(ctx)
	case "put-rollout":
		if r.Rollout == nil {
			return answer{Error: "no rollout in the request"}
		}
		err = d.PutRollout(ctx, *r.Rollout, r.Over)
	case "rollout":
		a.Rollout, err = d.Rollout(ctx)
	case "put-intents":
		err = d.PutIntents(ctx, r.Host, r.Data, r.Was)
	case "intents":
		a.Data, err = d.Intents(ctx, r.Host)
	case "fingerprints":
		a.Fingerprints, err = fingerprints(r.Nonce, r.Files)
	default:
		return answer{Error: fmt.Sprintf("unknown request %q", r.Op)}
	}
	if err == nil {
		return a
	}
	failed := answer{Error: err.Error(), Missing: errors.Is(err, fs.ErrNotExist), Changed: errors.Is(err, ErrChanged)}
	var busy *BusyError
	if errors.As(err, &busy) {
		failed.Rollout = &busy.Rollout
	}
	return failed
}

// line is a line without its end, or why there is none.
type line struct {
	text []byte
	err  error // io.EOF: the other side has ended, between two lines
}

// readLines sends the lines of in until there is an error, which it sends too,
// or ctx ends.
func readLines(ctx context.Context, in io.Reader, lines chan<- line) {
	buffered := bufio.NewReader(in)
	for {
		var l line
		l.text, l.err = readLine(buffered, maxLine)
		select {
		case lines <- l:
		case <-ctx.Done():
			return
		}
		if l.err != nil {
			return
		}
	}
}

// readLine reads one line of at most limit bytes. One that is cut off by the end
// of r is io.ErrUnexpectedEOF; what there is of it is returned.
func readLine(r *bufio.Reader, limit int) ([]byte, error) {
	var text []byte
	for {
		part, err := r.ReadSlice('\n')
		text = append(text, part...)
		switch {
		case len(text) > limit:
			return nil, fmt.Errorf("line of more than %d bytes", limit)
		case err == nil:
			return text[:len(text)-1], nil
		case err == io.EOF && len(text) > 0:
			return text, io.ErrUnexpectedEOF
		case err != bufio.ErrBufferFull:
			return nil, err
		}
	}
}

// say writes v as one line.
func say(out io.Writer, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		panic("store: own type cannot be encoded: " + err.Error())
	}
	if _, err := out.Write(append(data, '\n')); err != nil {
		return fmt.Errorf("write line: %w", err)
	}
	return nil
}

// version returns which hactl this is, as the Go tool wrote it into the binary.
func version() string {
	if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" && b.Main.Version != "(devel)" {
		return b.Main.Version
	}
	return "devel"
}
