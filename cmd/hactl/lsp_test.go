package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hactl/lang/lsp"

	"github.com/creachadair/jrpc2"
)

// testEditor is an editor that runs a language server.
type testEditor struct {
	t     *testing.T
	rpc   *jrpc2.Client
	told  chan lsp.Published
	ended chan error
	leave func() // closes the server's input
}

// startEditor starts an editor with a server in this process.
func startEditor(t *testing.T, flags *variableFlags) *testEditor {
	t.Helper()
	toServer, serverIn := io.Pipe()
	toEditor, editorIn := io.Pipe()
	e := newTestEditor(t, toEditor, serverIn)
	go func() {
		server := newLanguageServer(lsp.New("1.2.3", openFolder), lsp.NewAnalyst(flags.check))
		e.ended <- server.serve(toServer, editorIn)
	}()
	t.Cleanup(func() {
		serverIn.Close()
		editorIn.Close()
		e.rpc.Close()
	})
	e.call("initialize", map[string]any{"capabilities": map[string]any{}})
	return e
}

// newTestEditor returns an editor that hears a server on one stream, and talks to
// it on the other.
func newTestEditor(t *testing.T, from io.Reader, to io.WriteCloser) *testEditor {
	e := &testEditor{t: t, told: make(chan lsp.Published, 100), ended: make(chan error, 1), leave: func() { to.Close() }}
	e.rpc = jrpc2.NewClient(newFrames(from, to), &jrpc2.ClientOptions{OnNotify: func(r *jrpc2.Request) {
		var p lsp.Published
		if err := r.UnmarshalParams(&p); err != nil {
			t.Error(err)
		}
		e.told <- p
	}})
	return e
}

func (e *testEditor) call(method string, params any) *jrpc2.Response {
	e.t.Helper()
	r, err := e.rpc.Call(e.t.Context(), method, params)
	if err != nil {
		e.t.Fatalf("%s: %v", method, err)
	}
	return r
}

func (e *testEditor) notify(method string, params any) {
	e.t.Helper()
	if err := e.rpc.Notify(e.t.Context(), method, params); err != nil {
		e.t.Fatalf("%s: %v", method, err)
	}
}

// hears waits for the findings of a file: "HA005 HA020", or "" for none.
func (e *testEditor) hears(file, codes string) {
	e.t.Helper()
	var last string
	for late := time.After(30 * time.Second); ; {
		select {
		case p := <-e.told:
			var found []string
			for _, d := range p.Diagnostics {
				found = append(found, d.Code)
			}
			last = filepath.Base(p.URI) + ": " + strings.Join(found, " ")
			if last == file+": "+codes {
				return
			}
		case <-late:
			e.t.Fatalf("heard %q last, want %s: %s", last, file, codes)
		}
	}
}

func (e *testEditor) document(path, text string, version int) map[string]any {
	return map[string]any{"uri": "file://" + path, "languageId": "hactl", "version": version, "text": text}
}

// An address that two clusters of one folder have is found while it is typed, in
// the file that nobody has open as well, and is gone when it is mended.
func TestFindingsBetweenFiles(t *testing.T) {
	dir := t.TempDir()
	cluster := func(name, vrid string) string {
		return fmt.Sprintf("cluster %q {\n  hosts = [host.lb01, host.lb02]\n  interface = \"eth0\"\n  vip \"v\" {\n    vrid = %s\n    addresses = [\"10.0.0.%s/24\"]\n  }\n}\n", name, vrid, vrid)
	}
	for name, text := range map[string]string{"hosts.ha.hcl": "host \"lb01\" {}\nhost \"lb02\" {}\n", "web.ha.hcl": cluster("web", "50"), "app.ha.hcl": cluster("app", "51")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	e := startEditor(t, &variableFlags{})
	path := filepath.Join(dir, "app.ha.hcl")
	e.notify("textDocument/didOpen", map[string]any{"textDocument": e.document(path, cluster("app", "51"), 1)})
	e.hears("app.ha.hcl", "")
	change := func(version int, text string) {
		e.notify("textDocument/didChange", map[string]any{"textDocument": e.document(path, "", version), "contentChanges": []any{map[string]any{"text": text}}})
	}
	change(2, cluster("app", "50"))
	e.hears("web.ha.hcl", "HA060 HA062")
	change(3, cluster("app", "52"))
	e.hears("web.ha.hcl", "")
	if err := os.WriteFile(filepath.Join(dir, "more.ha.hcl"), []byte(cluster("more", "52")), 0o600); err != nil {
		t.Fatal(err)
	}
	e.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{}})
	e.hears("more.ha.hcl", "HA060 HA062")
	e.notify("textDocument/didClose", map[string]any{"textDocument": e.document(path, "", 4)})
	e.hears("more.ha.hcl", "")
	e.call("shutdown", nil)
	e.notify("exit", nil)
	if err := <-e.ended; err != nil {
		t.Errorf("the server ends with %v", err)
	}
}

// Variables may have values from outside.
func TestVariablesOfALanguageServer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "main.ha.hcl")
	for flag, codes := range map[string]string{"": "HA026", "vrid=50": ""} {
		flags := &variableFlags{}
		if flag != "" {
			flags.values = []string{flag}
		}
		e := startEditor(t, flags)
		e.notify("textDocument/didOpen", map[string]any{"textDocument": e.document(path, "variable \"vrid\" {}\n", 1)})
		e.hears("main.ha.hcl", codes)
	}
}

// An editor that goes away without a word, or sends what is no message, ends the
// server.
func TestLanguageServerEnds(t *testing.T) {
	for input, want := range map[string]string{
		"":                                       "the editor went away without a shutdown",
		"Content-Length: 99999999999999\r\n\r\n": "Content-Length is",
		"Content-Length: -1\r\n\r\n":             "Content-Length is",
		"Content-Length: 10\r\n\r\n{}":           "unexpected EOF",
		"hello\r\n\r\n":                          "is no field",
		"\r\n":                                   "there is no Content-Length",
		strings.Repeat("x", 1<<16):               "buffer full",
		"Content-Length: 33\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}":                          "the editor left without a shutdown",
		"content-length:2\r\n\r\n{}Content-Type: x\r\nContent-Length: 3\r\n\r\n{{{Content-Length: x\n": "Content-Length is",
	} {
		server := newLanguageServer(lsp.New("", openFolder), lsp.NewAnalyst((&variableFlags{}).check))
		err := server.serve(strings.NewReader(input), io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: got %v, want %s", input, err, want)
		}
	}
}

// What an editor must not ask gets an error that says so, and the server goes on.
func TestOutOfOrder(t *testing.T) {
	e := startEditor(t, &variableFlags{})
	for method, want := range map[string]string{
		"initialize":         "initialized before",
		"nothing/like-this":  "no method nothing/like-this",
		"textDocument/hover": "cannot unmarshal",
	} {
		_, err := e.rpc.Call(context.Background(), method, []int{1})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", method, err, want)
		}
	}
	e.call("shutdown", nil)
	if _, err := e.rpc.Call(context.Background(), "textDocument/hover", nil); err == nil {
		t.Error("hover after shutdown has an answer")
	}
}
