package lsp

import (
	"maps"
	"slices"

	"hactl/lang"
)

// key returns under what a document's folder is kept: one that is on no disk is a
// folder of its own.
func key(uri string) string {
	if p := placeOf(uri); p.dir != "" {
		return p.dir
	}
	return uri
}

// touch notes that a folder is to be looked at again.
func (s *Session) touch(dir string) {
	s.folders[dir].refresh()
	s.dirty[dir] = true
}

func (s *Session) didOpen(p *documentParams) {
	at := placeOf(p.TextDocument.URI)
	if at.dir == "" && p.TextDocument.LanguageID == "hactl" {
		at.name = "untitled.ha.hcl"
	}
	if !lang.IsConfiguration(at.name) {
		return
	}
	k := key(p.TextDocument.URI)
	dir := s.folders[k]
	if dir == nil {
		dir = &folder{dir: at.dir, files: map[string]*file{}, seen: map[string]*outline{}}
		if at.dir != "" {
			dir.open = s.open
		}
		s.folders[k] = dir
	}
	f := dir.files[at.name]
	if f == nil {
		f = &file{name: at.name}
		dir.files[at.name] = f
	}
	delete(s.documents, f.uri) // the same file under another name
	f.uri, f.open, f.lost, f.version = p.TextDocument.URI, true, false, p.TextDocument.Version
	s.documents[f.uri] = f
	dir.write(f, p.TextDocument.Text)
	s.touch(k)
}

func (s *Session) didChange(p *documentParams) {
	f := s.documents[p.TextDocument.URI]
	if f == nil {
		return
	}
	f.version = p.TextDocument.Version
	d := f.document
	for _, c := range p.ContentChanges {
		if c.Range == nil {
			d = newDocument(c.Text)
			continue
		}
		from := d.offset(c.Range.Start)
		d = newDocument(d.text[:from] + c.Text + d.text[max(from, d.offset(c.Range.End)):])
	}
	k := key(p.TextDocument.URI)
	s.folders[k].write(f, d.text)
	s.touch(k)
}

func (s *Session) didSave(p *documentParams) {
	if s.documents[p.TextDocument.URI] != nil {
		s.touch(key(p.TextDocument.URI))
	}
}

func (s *Session) didClose(p *documentParams) {
	f := s.documents[p.TextDocument.URI]
	if f == nil {
		return
	}
	k := key(p.TextDocument.URI)
	dir := s.folders[k]
	delete(s.documents, f.uri)
	delete(s.found, f.uri)
	f.open, f.version, f.state = false, nil, state{size: -1}
	if s.touch(k); !slices.ContainsFunc(slices.Collect(maps.Values(dir.files)), func(f *file) bool { return f.open }) {
		delete(s.folders, k)
	}
}
