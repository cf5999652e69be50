package lsp

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// methods are what an editor may say, by the letters that a fuzzer writes.
var methods = []string{
	"initialize", "initialized", "shutdown", "exit", "workspace/symbol", "workspace/didChangeWatchedFiles", "nothing",
	"textDocument/didOpen", "textDocument/didChange", "textDocument/didSave", "textDocument/didClose",
	"textDocument/completion", "textDocument/hover", "textDocument/definition", "textDocument/references", "textDocument/prepareRename",
	"textDocument/rename", "textDocument/documentSymbol", "textDocument/formatting", "textDocument/codeAction",
}

// FuzzSession says anything in any order to a session: a line is a letter for the
// method and its parameters. It answers, its answers can be written, and places in
// them lie in the text.
func FuzzSession(f *testing.F) {
	open := func(text string) string {
		p, _ := json.Marshal(documentParams{TextDocument: textDocument{URI: folderURI + "main.ha.hcl", Text: text}})
		return "h" + string(p) + "\n"
	}
	const at = `{"textDocument":{"uri":"file:///etc/hactl/main.ha.hcl"},"position":{"line":1,"character":4},"newName":"x","range":{"start":{"line":0,"character":0},"end":{"line":9,"character":0}}`
	ask := "l" + at + "}\nm" + at + "}\nn" + at + "}\no" + at + "}\np" + at + "}\nq" + at + "}\nr" + at + "}\ns" + at + "}\nt" + at + "}\n"
	for _, text := range []string{"host \"lb01\" {}\nhost \"😀\" {\n", "cluster \"a\" {\n vip \"${\n}\nlocals {\n a = host.", "\r\n\x00\ufeff[[[", "a = <<E\n${\"", "dynamic \"host\" {\n content {\n  x = host.value."} {
		f.Add("a{}\n" + open(text) + ask)
	}
	f.Add(ask + "a{}\na[]\na\nc{}\nd{}\n" + ask)
	f.Add("a{}\n" + open("x") + `i{"textDocument":{"uri":"file:///etc/hactl/main.ha.hcl"},"contentChanges":[{"range":{"start":{"line":-5,"character":99999999999},"end":{"line":4,"character":-3}},"text":"host"},{}]}` + "\n" + ask)
	f.Add("a{}\n" + `h{"textDocument":{"uri":"untitled:Untitled-1","languageId":"hactl","text":"host \"x\" {"}}` + "\n" + `h{"textDocument":{"uri":"%zz","text":"x"}}` + "\n" + `i{"textDocument":{"uri":"file:///nowhere/a.ha.hcl"}}` + "\n" + ask)
	f.Add("a{}\n" + `h{"textDocument":{"uri":"file:///etc/hactl/m.ha.json","text":"{\"host\":[{\"a\":{}},1,null],\"cluster\":{\"c\":{\"vip\":7}}}"}}` + "\nf{}\nk" + at + "}\n")
	disk := fstest.MapFS{"other.ha.hcl": {Data: []byte("host \"lb02\" {}\n")}, "bad.ha.hcl": {Data: []byte{0xff}}}
	f.Fuzz(func(t *testing.T, messages string) {
		s := New("", func(string) (fs.FS, error) { return disk, nil })
		analyst := NewAnalyst(everything)
		for line := range strings.Lines(messages) {
			i := int(line[0]) - 'a'
			if i < 0 || i >= len(methods) {
				continue
			}
			result, err := s.Handle(methods[i], []byte(strings.TrimRight(line[1:], "\n")))
			if err != nil && err.Error() == "" {
				t.Fatal("an error without a message")
			}
			if _, err := json.Marshal(result); err != nil {
				t.Fatal(err)
			}
			changed, closed := s.Changed()
			for _, c := range changed {
				closed = append(closed, s.Publish(c, analyst.Diagnose(c))...)
			}
			if _, err := json.Marshal(closed); err != nil {
				t.Fatal(err)
			}
		}
		for _, file := range s.documents {
			for i := range file.text {
				if p := file.position(i); p.Line < 0 || p.Line >= len(file.lines) {
					t.Fatalf("%d stands at %v", i, p)
				}
			}
		}
	})
}
