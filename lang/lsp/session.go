package lsp

import (
	"encoding/json"
	"io/fs"
)

// Session is what an editor has told, and what follows from it. One goroutine at a
// time asks it.
type Session struct {
	version string // of hactl
	open    func(dir string) (fs.FS, error)

	phase     phase
	ended     bool // the editor has said exit
	snippets  bool // the editor fills templates in
	watches   bool // the editor reports files that change on disk, when it is asked to
	folders   map[string]*folder
	documents map[string]*file           // that are open, by URI
	dirty     map[string]bool            // folders to be looked at again
	published map[string]map[string]bool // files with findings, by folder
	found     map[string][]Diagnostic    // what was published last, by URI
	round     int                        // of changes
}

// phase is how far a session has come.
type phase int

const (
	fresh phase = iota
	ready
	shut
)

// New returns the session of one editor with hactl of that version. open opens the
// folder of a configuration.
func New(version string, open func(dir string) (fs.FS, error)) *Session {
	return &Session{version: version, open: open, folders: map[string]*folder{}, documents: map[string]*file{},
		dirty: map[string]bool{}, published: map[string]map[string]bool{}, found: map[string][]Diagnostic{}}
}

// requests are what an editor asks about a document.
var requests = map[string]func(*Session, *view, *documentParams) (any, error){
	"textDocument/completion":     (*Session).completion,
	"textDocument/hover":          (*Session).hover,
	"textDocument/definition":     (*Session).definition,
	"textDocument/references":     (*Session).references,
	"textDocument/prepareRename":  (*Session).prepareRename,
	"textDocument/rename":         (*Session).rename,
	"textDocument/documentSymbol": (*Session).documentSymbols,
	"textDocument/formatting":     (*Session).formatting,
	"textDocument/codeAction":     (*Session).codeActions,
}

// notices are what an editor tells about a document.
var notices = map[string]func(*Session, *documentParams){
	"textDocument/didOpen":   (*Session).didOpen,
	"textDocument/didChange": (*Session).didChange,
	"textDocument/didSave":   (*Session).didSave,
	"textDocument/didClose":  (*Session).didClose,
}

// Handle takes one request or notification and returns the answer: nil where
// there is none. The error is an *Error.
func (s *Session) Handle(method string, params []byte) (any, error) {
	switch {
	case method == "exit":
		s.ended = true
		return nil, nil
	case method == "initialize" && s.phase == fresh:
		return s.initialize(params)
	case s.phase == fresh:
		return nil, &Error{codeNotInitialized, "the session begins with initialize"}
	case s.phase != ready, method == "initialize":
		return nil, &Error{codeInvalidRequest, "the session has been initialized before, or was shut down"}
	case method == "shutdown":
		s.phase = shut
		return nil, nil
	case method == "initialized":
		return nil, nil
	case method == "workspace/symbol":
		return s.workspaceSymbols(params)
	case method == "workspace/didChangeWatchedFiles":
		for dir := range s.folders {
			s.touch(dir)
		}
		return nil, nil
	}
	return s.handleDocument(method, params)
}

// handleDocument takes what is about one document. What is asked about one that is
// not open, or is no configuration, has no answer.
func (s *Session) handleDocument(method string, params []byte) (any, error) {
	request, notice := requests[method], notices[method]
	if request == nil && notice == nil {
		return nil, &Error{codeNoMethod, "there is no method " + method}
	}
	var p documentParams
	if err := json.Unmarshal(params, &p); err != nil {
		return nil, &Error{codeBadParams, err.Error()}
	}
	if notice != nil {
		notice(s, &p)
		return nil, nil
	}
	f := s.documents[p.TextDocument.URI]
	if f == nil {
		return nil, nil
	}
	v := &view{folder: s.folders[key(p.TextDocument.URI)], file: f}
	if p.Position != nil {
		v.offset = f.offset(*p.Position)
	}
	return request(s, v, &p)
}

// view is the place in a document that a request is about.
type view struct {
	folder *folder
	file   *file
	offset int // of the cursor
}

// Ended reports whether the editor has said goodbye, and whether it did so
// properly: after shutdown.
func (s *Session) Ended() (ended, proper bool) { return s.ended, s.ended && s.phase == shut }

func (s *Session) initialize(params []byte) (any, error) {
	var p initializeParams
	if err := json.Unmarshal(params, &p); err != nil {
		return nil, &Error{codeBadParams, err.Error()}
	}
	s.phase = ready
	s.snippets = p.Capabilities.TextDocument.Completion.CompletionItem.SnippetSupport
	s.watches = p.Capabilities.Workspace.DidChangeWatchedFiles.DynamicRegistration
	return initializeResult{ServerInfo: serverInfo{"hactl", s.version}, Capabilities: capabilities{
		PositionEncoding:        "utf-16",
		TextDocumentSync:        syncOptions{OpenClose: true, Change: 2, Save: true},
		CompletionProvider:      completionOptions{[]string{".", "\"", "[", "{"}},
		HoverProvider:           true,
		DefinitionProvider:      true,
		ReferencesProvider:      true,
		DocumentSymbolProvider:  true,
		WorkspaceSymbolProvider: true, DocumentFormattingProvider: true,
		RenameProvider:     renameOptions{PrepareProvider: true},
		CodeActionProvider: codeActionOptions{[]string{"quickfix"}},
	}}, nil
}

// Watches returns the parameters of client/registerCapability by which the editor
// is asked to report files that change on disk; nil when it cannot.
func (s *Session) Watches() any {
	if !s.watches {
		return nil
	}
	type watcher struct {
		GlobPattern string `json:"globPattern"`
	}
	return map[string]any{"registrations": []any{map[string]any{"id": "files", "method": "workspace/didChangeWatchedFiles",
		"registerOptions": map[string]any{"watchers": []watcher{{"**/*.ha.hcl"}, {"**/*.ha.json"}}}}}}
}
