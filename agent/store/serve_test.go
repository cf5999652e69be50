package store

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// talk returns what Serve says on an empty store to the lines of in.
func talk(t testing.TB, in string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := Serve(t.Context(), openDir(t, filepath.Join(t.TempDir(), "store")), strings.NewReader(in), &out)
	return out.String(), err
}

// afterHello is the hello before what Serve says.
func afterHello(lines ...string) string {
	return `{"hello":"hactl store","protocol":1,"version":"` + version() + `"}` + "\n" + strings.Join(lines, "")
}

// The protocol as it is on the wire; an old side must still understand it.
func TestServe(t *testing.T) {
	cases := []struct{ name, in, out string }{
		{"nothing", "", ""},
		{"no hosts", `{"op":"hosts"}` + "\n", "{}\n"},
		{"two requests", `{"op":"hosts"}` + "\n" + `{"op":"rollout"}` + "\n", "{}\n{}\n"},
		{"unknown", `{"op":"drain"}` + "\n", `{"error":"unknown request \"drain\""}` + "\n"},
		{"a key of a newer side", `{"op":"hosts","page":2}` + "\n", "{}\n"},
		{"no JSON, and on", "hello?\n" + `{"op":"hosts"}` + "\n",
			`{"error":"not a request: invalid character 'h' looking for beginning of value"}` + "\n{}\n"},
		{"bad host", `{"op":"status","host":"../x"}` + "\n", `{"error":"read status of ../x: host name \"../x\": it cannot be the name of a file"}` + "\n"},
		{"bad plan", `{"op":"put-plan","host":"lb01","data":"e30="}` + "\n",
			`{"error":"put plan of lb01: decode plan: no \"format\": not a plan of hactl"}` + "\n"},
		{"no rollout", `{"op":"put-rollout"}` + "\n", `{"error":"no rollout in the request"}` + "\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out, err := talk(t, c.in)
			check(t, err)
			same(t, "said", afterHello(c.out), out)
		})
	}
}

// A request that is cut off is not acted on.
func TestServeCutOff(t *testing.T) {
	out, err := talk(t, `{"op":"hosts"}`)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v, want io.ErrUnexpectedEOF", err)
	}
	same(t, "said", afterHello(`{"error":"unexpected EOF"}`+"\n"), out)
}

// A line without end is not kept in memory for ever.
func TestServeBoundsLines(t *testing.T) {
	var out bytes.Buffer
	err := Serve(t.Context(), openDir(t, t.TempDir()), zeros{}, &out)
	wantError(t, err, "read request: line of more than")
	wantError(t, errors.New(out.String()), `"error":"line of more than`)
}

// zeros is a line that does not end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestServeEndsWithContext(t *testing.T) {
	in, hold := io.Pipe()
	defer hold.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Serve(ctx, openDir(t, t.TempDir()), in, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestServeTellsBrokenPipe(t *testing.T) {
	in, out := io.Pipe()
	check(t, in.Close())
	wantError(t, Serve(t.Context(), openDir(t, t.TempDir()), strings.NewReader(""), out), "write line: io: read/write on closed pipe")
}

// Whatever comes in, Serve stays in its folder, ends without a panic, and says
// one line to each of the other side's.
func FuzzServe(f *testing.F) {
	f.Add("")
	f.Add(`{"op":"hosts"}` + "\n")
	f.Add(`{"op":"put-plan","host":"lb01","data":"e30="}` + "\n" + `{"op":"plan","host":"lb01"}` + "\n")
	f.Add(`{"op":"put-rollout","rollout":{"id":"a","by":"","started":"2026-01-02T03:04:05Z","written":"2026-01-02T03:04:05Z","plans":{"lb01":""},"finished":false}}` + "\n" + `{"op":"rollout"}` + "\n")
	f.Add("{\n\n\x00\n")
	f.Fuzz(func(t *testing.T, in string) {
		root := t.TempDir()
		var out bytes.Buffer
		err := Serve(t.Context(), openDir(t, filepath.Join(root, "store")), strings.NewReader(in), &out)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Error(err)
		}
		want := 1 + strings.Count(in, "\n")
		if err != nil {
			want++
		}
		if got := strings.Count(out.String(), "\n"); got != want {
			t.Errorf("%d lines to %q:\n%s", got, in, &out)
		}
		if entries := must(os.ReadDir(root))(t); len(entries) > 1 {
			t.Errorf("wrote outside of its folder: %v", entries)
		}
	})
}
