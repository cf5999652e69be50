package lsp

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// manyLines returns n pieces of configuration of 23 lines each: two hosts and a
// cluster.
func manyLines(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(`host "lb%[1]d-a" {
  interface "eth0" {
    addresses = ["10.%[2]d.%[3]d.2/24"]
  }
}

host "lb%[1]d-b" {
  interface "eth0" {
    addresses = ["10.%[2]d.%[3]d.3/24"]
  }
}

cluster "c%[1]d" {
  hosts     = [host.lb%[1]d-a, host.lb%[1]d-b]
  interface = "eth0"

  vip "public" {
    vrid      = 50
    addresses = ["10.%[2]d.%[3]d.100/24"]
  }
}

`, i, i/250, i%250)
	}
	return all
}

// BenchmarkEdit is one letter typed into a folder of 10,000 lines: until the
// findings are there, and until completion answers; in one file, and in 435.
func BenchmarkEdit(b *testing.B) {
	texts := manyLines(435)
	one := fstest.MapFS{"main.ha.hcl": {Data: []byte(strings.Join(texts, ""))}}
	many := fstest.MapFS{}
	for i, text := range texts {
		many[fmt.Sprintf("c%03d.ha.hcl", i)] = &fstest.MapFile{Data: []byte(text)}
	}
	for _, folder := range []struct {
		name, file string
		fsys       fstest.MapFS
	}{{"one file", "main.ha.hcl", one}, {"435 files", "c200.ha.hcl", many}} {
		text := string(folder.fsys[folder.file].Data)
		at := newDocument(text).position(strings.Index(text, "vrid      = 50"))
		b.Run(folder.name+"/findings", func(b *testing.B) {
			e := openedFolder(b, folder.fsys, folder.file, text)
			for n := 0; b.Loop(); n++ {
				e.typeAt(folder.file, at, n)
				e.look()
				if found := e.found[folder.file]; len(found) != (n+1)%2 {
					b.Fatalf("edit %d: %v", n, found)
				}
			}
		})
		b.Run(folder.name+"/completion", func(b *testing.B) {
			e := openedFolder(b, folder.fsys, folder.file, text)
			for n := 0; b.Loop(); n++ {
				e.typeAt(folder.file, at, n)
				items := decode[completionList](e, e.request("textDocument/completion", folder.file, at)).Items
				if len(items) < 5 {
					b.Fatalf("%d items", len(items))
				}
			}
		})
	}
}

func openedFolder(b *testing.B, fsys fstest.MapFS, file, text string) *editor {
	e := &editor{t: b, analyst: NewAnalyst(everything), found: map[string][]Diagnostic{}}
	e.session = New("", func(string) (fs.FS, error) { return fsys, nil })
	e.ask("initialize", "{}")
	e.tell("textDocument/didOpen", documentParams{TextDocument: textDocument{URI: folderURI + file, Text: text}})
	if n := len(e.found[file]); n > 0 {
		b.Fatal(e.found[file])
	}
	return e
}

// typeAt writes a letter, and takes it back when n is odd. The analyst has not
// looked then.
func (e *editor) typeAt(file string, at Position, n int) {
	change := contentChange{Text: "x", Range: &Range{at, at}}
	if n%2 == 1 {
		change = contentChange{Range: &Range{at, Position{at.Line, at.Character + 1}}}
	}
	e.send("textDocument/didChange", documentParams{TextDocument: textDocument{URI: folderURI + file}, ContentChanges: []contentChange{change}})
}
