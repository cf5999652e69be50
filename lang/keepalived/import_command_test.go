package keepalived

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
)

// TestCommands reads the lines of testdata/commands.txt, each followed by what it
// is read as: a typed probe, or the program and its arguments, and what there is to
// say about it.
func TestCommands(t *testing.T) {
	name := filepath.Join("testdata", "commands.txt")
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(want)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			fmt.Fprintln(&b, line)
		case !strings.HasPrefix(line, " "):
			fmt.Fprintf(&b, "%s\n    %s\n", line, outcome(line))
		}
	}
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if b.String() != string(want) {
		t.Error(udiff.Unified(name, "read", string(want), b.String()))
	}
}

// outcome returns what a command is read as, on one line.
func outcome(line string) string {
	m := &importer{}
	d := &checkDraft{on: []*Check{{Statement: &Statement{Words: []Word{{Text: "script"}}}}}, hosts: []*hostDraft{{node: &Node{}}}}
	at := d.on[0].Statement.Range()
	p := m.probe(d, 0, line, at)
	text := strings.Join(strings.Fields(strings.TrimSpace((&block{items: []item{{block: p.block}}}).text())), " ")
	text = strings.TrimSuffix(text, ` user = "root" }`)
	if p.timeout != "" {
		text += ", timeout " + p.timeout
	}
	for _, found := range m.diags {
		text += " | " + strings.SplitAfter(found.Detail, ".")[0]
	}
	return text
}
