package lsp

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// editorOf returns an editor of a disk with one folder.
func editorOf(t *testing.T, open func(string) (fs.FS, error)) *editor {
	e := &editor{t: t, analyst: NewAnalyst(everything), session: New("", open), found: map[string][]Diagnostic{}}
	e.ask("initialize", "{}")
	return e
}

func (e *editor) opens(uri, text string) {
	e.tell("textDocument/didOpen", documentParams{TextDocument: textDocument{URI: uri, LanguageID: "hactl", Text: text}})
}

func (e *editor) closes(uri string) {
	e.tell("textDocument/didClose", documentParams{TextDocument: textDocument{URI: uri}})
}

// heard returns the codes of the findings by file: "a.ha.hcl HA005; b.ha.hcl".
func (e *editor) heard() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(e.found)) {
		text := name
		for _, d := range e.found[name] {
			text += " " + d.Code
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

func (e *editor) hears(want string) {
	e.t.Helper()
	if got := e.heard(); got != want {
		e.t.Errorf("heard %q, want %q", got, want)
	}
}

// What is in the editor counts while a file is open, what is on disk afterwards;
// findings of a folder end with its last open file.
func TestDocumentsWinOverFiles(t *testing.T) {
	disk := fstest.MapFS{
		"a.ha.hcl": {Data: []byte("host \"lb01\" {\n  bogus = 1\n}\n")},
		"b.ha.hcl": {Data: []byte("locals {\n  x = host.lb02\n}\n")},
	}
	e := editorOf(t, func(string) (fs.FS, error) { return disk, nil })
	e.opens(folderURI+"b.ha.hcl", "locals {\n  x = host.lb01\n}\n")
	e.hears("a.ha.hcl HA005; b.ha.hcl")
	e.opens(folderURI+"a.ha.hcl", "host \"other\" {}\n")
	e.hears("a.ha.hcl; b.ha.hcl HA020")
	e.closes(folderURI + "a.ha.hcl")
	e.hears("a.ha.hcl HA005; b.ha.hcl")
	disk["a.ha.hcl"] = &fstest.MapFile{Data: []byte("host \"lb01\" {}\n"), ModTime: time.Unix(1, 0)}
	e.tell("workspace/didChangeWatchedFiles", struct{}{})
	e.hears("a.ha.hcl; b.ha.hcl")
	delete(disk, "a.ha.hcl")
	e.tell("textDocument/didSave", documentParams{TextDocument: textDocument{URI: folderURI + "b.ha.hcl"}})
	e.hears("a.ha.hcl; b.ha.hcl HA020")
	e.closes(folderURI + "b.ha.hcl")
	e.hears("a.ha.hcl; b.ha.hcl")
}

// Two folders are two configurations.
func TestFoldersAreApart(t *testing.T) {
	e := editorOf(t, func(string) (fs.FS, error) { return fstest.MapFS{}, nil })
	e.opens("file:///one/main.ha.hcl", "host \"lb01\" {}\n")
	e.opens("file:///two/main.ha.hcl", "locals {\n  x = host.lb01\n}\n")
	e.hears("file:///one/main.ha.hcl; file:///two/main.ha.hcl HA020")
}

// A document that was never saved is no configuration by itself: only its syntax
// is looked at. One of another name is nothing to do with us.
func TestDocumentsOnNoDisk(t *testing.T) {
	e := editorOf(t, func(string) (fs.FS, error) { return nil, fs.ErrNotExist })
	e.opens("untitled:Untitled-1", "locals {\n  x = host.lb01\n}\n")
	e.hears("untitled:Untitled-1")
	e.opens("untitled:Untitled-2", "locals {\n")
	e.hears("untitled:Untitled-1; untitled:Untitled-2 HA001")
	e.opens("file:///etc/hactl/notes.txt", "locals {\n")
	e.opens("file:///etc/hactl/.#main.ha.hcl", "locals {\n")
	e.hears("untitled:Untitled-1; untitled:Untitled-2 HA001")
	if raw := e.request("textDocument/hover", "notes.txt", Position{}); string(raw) != "null" {
		t.Errorf("hover in a text file is %s", raw)
	}
}

// A folder that is not there yet, or may not be read, has what is open; once it
// can be read its files count.
func TestFolderThatComes(t *testing.T) {
	var disk fs.FS
	e := editorOf(t, func(string) (fs.FS, error) {
		if disk == nil {
			return nil, errors.New("permission denied")
		}
		return disk, nil
	})
	e.opens(folderURI+"main.ha.hcl", "locals {\n  x = host.lb01\n}\n")
	e.hears("main.ha.hcl HA020")
	disk = fstest.MapFS{"hosts.ha.hcl": {Data: []byte("host \"lb01\" {}\n")}, "latin1.ha.hcl": {Data: []byte("# \xe4\n")}}
	e.tell("textDocument/didSave", documentParams{TextDocument: textDocument{URI: folderURI + "main.ha.hcl"}})
	e.hears("latin1.ha.hcl HA002; main.ha.hcl")
}

// The analyst's answer to a text that has changed since is not told.
func TestOutdatedFindings(t *testing.T) {
	e := editorOf(t, func(string) (fs.FS, error) { return fstest.MapFS{}, nil })
	params := documentParams{TextDocument: textDocument{URI: folderURI + "main.ha.hcl", Text: "bogus {}\n"}}
	e.send("textDocument/didOpen", params)
	first, _ := e.session.Changed()
	params.ContentChanges = []contentChange{{Text: "host \"lb01\" {}\n"}}
	e.send("textDocument/didChange", params)
	second, _ := e.session.Changed()
	if told := e.session.Publish(first[0], e.analyst.Diagnose(first[0])); len(told) > 0 {
		t.Errorf("told %v of a text that is gone", told)
	}
	if told := e.session.Publish(second[0], e.analyst.Diagnose(second[0])); len(told) != 1 || len(told[0].Diagnostics) > 0 {
		t.Errorf("told %v", told)
	}
}

// URIs come in many spellings; answers use the one that the editor has used.
func TestURIs(t *testing.T) {
	for uri, want := range map[string]place{
		"file:///etc/hactl/main.ha.hcl":              {"/etc/hactl", "main.ha.hcl"},
		"file:///etc/a%20b/w%C3%ABb.ha.hcl":          {"/etc/a b", "wëb.ha.hcl"},
		"file:///etc/hactl/../other/x.ha.hcl":        {"/etc/other", "x.ha.hcl"},
		"file://server/share/x.ha.hcl":               {"/share", "x.ha.hcl"},
		"untitled:Untitled-1":                        {"", "untitled:Untitled-1"},
		"vscode-remote://host/etc/hactl/main.ha.hcl": {"", "main.ha.hcl"},
		"%zz": {"", "%zz"},
	} {
		if got := placeOf(uri); got != want {
			t.Errorf("%s is %+v, want %+v", uri, got, want)
		}
	}
	if got := (place{"/etc/a b", "wëb.ha.hcl"}).uri(); got != "file:///etc/a%20b/w%C3%ABb.ha.hcl" {
		t.Error(got)
	}
	e := editorOf(t, func(string) (fs.FS, error) { return fstest.MapFS{}, nil })
	const spelt = "file:///etc/ha%63tl/main.ha.hcl"
	e.opens(spelt, "bogus {}\n")
	e.hears(fmt.Sprint(spelt, " HA004"))
}
