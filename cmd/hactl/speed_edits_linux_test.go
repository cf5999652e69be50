package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hactl/lang/lsp"
)

// A folder of ten thousand lines has lines10k pieces of 23 lines each.
const lines10k = 435

// edits is how long an editor waited, letter by letter.
type edits struct {
	files                int
	findings, completion []time.Duration
}

// writePieces writes pieces of 23 lines each, perFile of them in a file, and
// returns a file in the middle and its text.
func writePieces(t *testing.T, dir string, perFile int) (path, text string) {
	t.Helper()
	var all strings.Builder
	for i := range lines10k {
		for _, host := range []string{"a", "b"} {
			fmt.Fprintf(&all, "host \"lb%d-%s\" {\n  interface \"eth0\" {\n    addresses = [\"10.%d.%d.%d/24\"]\n  }\n}\n\n", i, host, i/250, i%250, host[0])
		}
		fmt.Fprintf(&all, "cluster \"c%[1]d\" {\n  hosts     = [host.lb%[1]d-a, host.lb%[1]d-b]\n  interface = \"eth0\"\n\n  vip \"public\" {\n    vrid      = 50\n    addresses = [\"10.%[2]d.%[3]d.200/24\"]\n  }\n}\n\n", i, i/250, i%250)
		if (i+1)%perFile != 0 && i+1 < lines10k {
			continue
		}
		file := filepath.Join(dir, fmt.Sprintf("p%03d.ha.hcl", i))
		check(t, os.WriteFile(file, []byte(all.String()), 0o600))
		if i >= lines10k/2 && path == "" {
			path, text = file, all.String()
		}
		all.Reset()
	}
	return path, text
}

// measureEdits has an editor type and take back a letter, n times each, in a
// folder of ten thousand lines: it asks for completion at once, and waits for the
// findings.
func measureEdits(t *testing.T, hactl string, perFile, n int) edits {
	t.Helper()
	path, text := writePieces(t, t.TempDir(), perFile)
	file := filepath.Base(path)
	e := runEditor(t, exec.Command(hactl, "lsp"))
	e.notify("textDocument/didOpen", map[string]any{"textDocument": e.document(path, text, 1)})
	e.hears(file, "")
	line := strings.Count(text[:strings.Index(text, "vrid")], "\n")
	at, behind := lsp.Position{Line: line, Character: 4}, lsp.Position{Line: line, Character: 5}
	m := edits{files: (lines10k + perFile - 1) / perFile}
	for i := range n {
		began := time.Now()
		e.change(path, 2*i+2, lsp.Range{Start: at, End: at}, "x")
		e.completes(path, at, "vrid")
		m.completion = append(m.completion, time.Since(began))
		e.hears(file, "HA005")
		m.findings = append(m.findings, time.Since(began))
		e.change(path, 2*i+3, lsp.Range{Start: at, End: behind}, "")
		e.hears(file, "")
	}
	return m
}

// change tells the server that text stands for what was at rng.
func (e *testEditor) change(path string, version int, rng lsp.Range, text string) {
	e.t.Helper()
	e.notify("textDocument/didChange", map[string]any{
		"textDocument": e.document(path, "", version), "contentChanges": []any{map[string]any{"range": rng, "text": text}},
	})
}

// completes asks for completion, with a label among what comes.
func (e *testEditor) completes(path string, at lsp.Position, label string) {
	e.t.Helper()
	r := e.call("textDocument/completion", map[string]any{"textDocument": e.document(path, "", 0), "position": at})
	var items json.RawMessage
	check(e.t, r.UnmarshalResult(&items))
	if !strings.Contains(string(items), fmt.Sprintf("%q", label)) {
		e.t.Fatalf("completion has no %s: %s", label, items)
	}
}

// runEditor starts an editor with a server of its own process.
func runEditor(t *testing.T, server *exec.Cmd) *testEditor {
	t.Helper()
	in, err := server.StdinPipe()
	check(t, err)
	out, err := server.StdoutPipe()
	check(t, err)
	check(t, server.Start())
	e := newTestEditor(t, out, in)
	t.Cleanup(func() {
		in.Close()
		e.rpc.Close()
		server.Wait() // it ends with an error: nobody shut it down
	})
	e.call("initialize", map[string]any{"capabilities": map[string]any{}})
	return e
}
