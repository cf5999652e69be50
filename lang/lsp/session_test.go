package lsp

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/aymanbagabas/go-udiff"
	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"

	"hactl/compiler"
	"hactl/lang"
)

var update = flag.Bool("update", false, "write the answers in testdata anew")

// cursor marks the place that requests of a test are about.
const cursor = "‸"

// Each file of testdata is a folder, and what a session answers at the cursor: a
// file named by the request holds the answer. The file with the cursor is open, the
// others are on disk.
func TestAnswers(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files of testdata, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { testAnswers(t, file) })
	}
}

func testAnswers(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	e := newEditor(t, a)
	asked := 0
	for i, f := range a.Files {
		if lang.IsConfiguration(f.Name) {
			continue
		}
		asked++
		answer := e.answer(f.Name)
		if *update {
			a.Files[i].Data = []byte(answer)
		} else if d := udiff.Unified("want", "got", string(f.Data), answer); d != "" {
			t.Errorf("%s:\n%s", f.Name, d)
		}
	}
	if asked == 0 {
		t.Error("nothing is asked")
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// editor is a client of a session in which one file is open.
type editor struct {
	t       testing.TB
	session *Session
	analyst *Analyst
	texts   map[string]string // without the cursor
	open    string            // the file with the cursor
	at      Position
	found   map[string][]Diagnostic // by file
}

const folderURI = "file:///etc/hactl/"

// everything is a Check as cmd/hactl has it.
func everything(_ string, fsys fs.FS, cache *lang.Cache) hcl.Diagnostics {
	c, diags := cache.Load(fsys, lang.Options{})
	_, more := compiler.Compile(c)
	return append(diags, more...)
}

func newEditor(t testing.TB, a *txtar.Archive) *editor {
	e := &editor{t: t, analyst: NewAnalyst(everything), texts: map[string]string{}, found: map[string][]Diagnostic{}}
	disk := fstest.MapFS{}
	for _, f := range a.Files {
		if !lang.IsConfiguration(f.Name) {
			continue
		}
		text := string(f.Data)
		if bytes.Contains(a.Comment, []byte("CR LF")) {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		before, after, marked := strings.Cut(text, cursor)
		e.texts[f.Name] = before + after
		if marked || e.open == "" {
			e.open = f.Name
			e.at = newDocument(before).position(len(before))
		}
		disk[f.Name] = &fstest.MapFile{Data: []byte(e.texts[f.Name])}
	}
	disk[e.open].Data = []byte("# as it was before\n")
	e.session = New("1.2.3", func(string) (fs.FS, error) { return disk, nil })
	e.ask("initialize", `{"capabilities":{"textDocument":{"completion":{"completionItem":{"snippetSupport":true}}}}}`)
	e.tell("textDocument/didOpen", documentParams{TextDocument: textDocument{URI: folderURI + e.open, LanguageID: "hactl", Text: e.texts[e.open]}})
	return e
}

// send sends a message and returns the answer as the client sees it.
func (e *editor) send(method string, params any) json.RawMessage {
	e.t.Helper()
	sent, isText := params.(string)
	if !isText {
		data, err := json.Marshal(params)
		if err != nil {
			e.t.Fatal(err)
		}
		sent = string(data)
	}
	result, err := e.session.Handle(method, []byte(sent))
	if err != nil {
		data, _ := json.Marshal("error: " + err.Error())
		return data
	}
	data, err := json.Marshal(result)
	if err != nil {
		e.t.Fatal(err)
	}
	return data
}

// ask is send, and the analyst looks at what has changed.
func (e *editor) ask(method string, params any) json.RawMessage {
	e.t.Helper()
	answer := e.send(method, params)
	e.look()
	return answer
}

// request asks about a place.
func (e *editor) request(method, file string, at Position) json.RawMessage {
	return e.send(method, documentParams{TextDocument: textDocument{URI: folderURI + file}, Position: &at})
}

func (e *editor) tell(method string, params any) { e.ask(method, params) }

// look lets the analyst look at what has changed.
func (e *editor) look() {
	changed, closed := e.session.Changed()
	for _, c := range changed {
		closed = append(closed, e.session.Publish(c, e.analyst.Diagnose(c))...)
	}
	for _, p := range closed {
		e.found[strings.TrimPrefix(p.URI, folderURI)] = p.Diagnostics
	}
}

// answer returns what the session answers to a request, as a text.
func (e *editor) answer(request string) string {
	verb, argument, _ := strings.Cut(request, " ")
	params := documentParams{TextDocument: textDocument{URI: folderURI + e.open}, Position: &e.at, NewName: argument}
	params.Range = &Range{End: Position{Line: len(e.texts[e.open])}}
	params.Context.IncludeDeclaration = true
	if verb == "diagnostics" {
		return e.diagnostics()
	}
	raw := e.ask(map[string]string{"symbols": "textDocument/documentSymbol", "actions": "textDocument/codeAction"}[verb], params)
	if raw[0] == '"' {
		raw = e.ask("textDocument/"+verb, params)
	}
	if raw[0] == '"' || string(raw) == "null" {
		return strings.Trim(string(raw), `"`) + "\n"
	}
	return answers[verb](e, raw)
}

// answers prints what a request returns.
var answers = map[string]func(*editor, json.RawMessage) string{
	"completion": func(e *editor, raw json.RawMessage) string {
		list := decode[completionList](e, raw)
		slices.SortStableFunc(list.Items, func(a, b completionItem) int {
			return cmp.Or(cmp.Compare(cmp.Or(a.SortText, a.Label), cmp.Or(b.SortText, b.Label)), cmp.Compare(a.Label, b.Label))
		})
		return e.items(list.Items)
	},
	"hover":      func(e *editor, raw json.RawMessage) string { return decode[hover](e, raw).Contents.Value },
	"definition": func(e *editor, raw json.RawMessage) string { return e.places(raw) },
	"references": func(e *editor, raw json.RawMessage) string { return e.places(raw) },
	"symbols": func(e *editor, raw json.RawMessage) string {
		return e.symbols(decode[[]documentSymbol](e, raw), "")
	},
	"formatting": func(e *editor, raw json.RawMessage) string {
		return apply(e.texts[e.open], decode[[]textEdit](e, raw))
	},
	"prepareRename": func(e *editor, raw json.RawMessage) string {
		return e.place(Location{folderURI + e.open, decode[Range](e, raw)})
	},
	"rename": func(e *editor, raw json.RawMessage) string { return e.edited(decode[workspaceEdit](e, raw)) },
	"actions": func(e *editor, raw json.RawMessage) string {
		var b strings.Builder
		for _, a := range decode[[]codeAction](e, raw) {
			b.WriteString(a.Title + "\n" + e.edited(a.Edit))
		}
		return b.String()
	},
}

func decode[T any](e *editor, raw json.RawMessage) (v T) {
	e.t.Helper()
	if err := json.Unmarshal(raw, &v); err != nil {
		e.t.Fatal(err)
	}
	return v
}

// fewItems is how many completions a test shows.
const fewItems = 6

func (e *editor) items(all []completionItem) string {
	var b strings.Builder
	for i, item := range all {
		if i == fewItems {
			b.WriteString("… and more\n")
			break
		}
		fmt.Fprintf(&b, "%-24s %s", item.Label, item.Detail)
		if item.TextEdit.NewText != item.Label {
			fmt.Fprintf(&b, " → %s", strings.ReplaceAll(item.TextEdit.NewText, "\n", "⏎"))
		}
		b.WriteString("\n")
	}
	if len(all) > 0 {
		b.WriteString("in place of " + e.place(Location{folderURI + e.open, all[0].TextEdit.Range}))
	}
	return b.String()
}

func (e *editor) places(raw json.RawMessage) string {
	var b strings.Builder
	for _, l := range decode[[]Location](e, raw) {
		b.WriteString(e.place(l))
	}
	return b.String()
}

// place prints a place with the text that stands there.
func (e *editor) place(l Location) string {
	name := strings.TrimPrefix(l.URI, folderURI)
	d := newDocument(e.texts[name])
	return fmt.Sprintf("%s:%d:%d-%d:%d %q\n", name, l.Range.Start.Line, l.Range.Start.Character, l.Range.End.Line, l.Range.End.Character,
		d.text[d.offset(l.Range.Start):d.offset(l.Range.End)])
}

func (e *editor) symbols(all []documentSymbol, indent string) string {
	var b strings.Builder
	for _, s := range all {
		fmt.Fprintf(&b, "%s%s (%d) lines %d-%d\n", indent, s.Name, s.Kind, s.Range.Start.Line, s.Range.End.Line)
		b.WriteString(e.symbols(s.Children, indent+"  "))
	}
	return b.String()
}

// edited prints the lines that an edit changes, in all files.
func (e *editor) edited(edit workspaceEdit) string {
	var b strings.Builder
	for _, name := range []string{"main.ha.hcl", "hosts.ha.hcl", "old.ha.json"} {
		if edits := edit.Changes[folderURI+name]; edits != nil {
			for line := range strings.Lines(udiff.Unified(name, name, e.texts[name], apply(e.texts[name], edits))) {
				if !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "@") {
					b.WriteString(line)
				}
			}
		}
	}
	return b.String()
}

// apply carries out edits as a client does.
func apply(text string, edits []textEdit) string {
	d := newDocument(text)
	slices.SortStableFunc(edits, func(a, b textEdit) int { return d.offset(b.Range.Start) - d.offset(a.Range.Start) })
	for _, e := range edits {
		text = text[:d.offset(e.Range.Start)] + e.NewText + text[d.offset(e.Range.End):]
	}
	return text
}

// diagnostics prints all findings.
func (e *editor) diagnostics() string {
	var b strings.Builder
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range e.texts {
			yield(name)
		}
	}) {
		for _, d := range e.found[name] {
			fmt.Fprintf(&b, "%s%d %s %s\n", e.place(Location{folderURI + name, d.Range}), d.Severity, d.Code, d.Message)
			for _, r := range d.RelatedInformation {
				fmt.Fprintf(&b, "  %s: %s", r.Message, e.place(r.Location))
			}
		}
	}
	return b.String()
}
