package lsp

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// Snapshot is a configuration at one moment. It is the folder that Load reads:
// configuration files as the editor has them, in pieces, and all others as they
// are on disk. It does not change, so another goroutine may read it.
type Snapshot struct {
	Dir string // the folder, "" for a document that is on no disk

	disk     fs.FS
	names    []string // in order
	texts    map[string]text
	files    map[string]*document
	uris     map[string]string // of all files
	first    string            // the first open file
	versions map[string]*int   // of open files
	Key      string            // tells the folders of a session apart
	round    int               // of the session's changes
}

// text is a piece under the name that Load knows.
type text struct {
	piece
	file string
}

// snapshot returns f as it is now.
func (f *folder) snapshot(round int) *Snapshot {
	s := &Snapshot{Dir: f.dir, disk: f.disk, texts: map[string]text{}, files: map[string]*document{}, uris: map[string]string{}, versions: map[string]*int{}, round: round}
	for _, file := range f.sorted() {
		s.files[file.name], s.uris[file.name], s.versions[file.name] = file.document, f.uriOf(file), file.version
		if s.first == "" || file.open && !f.files[s.first].open {
			s.first = file.name
		}
		switch {
		case file.lost:
			s.names = append(s.names, file.name)
		case strings.HasSuffix(file.name, ".json"):
			s.add(file.name, file.name, file.pieces[0].piece)
		default:
			for i := range file.pieces {
				s.add(file.pieces[i].name, file.name, file.pieces[i].piece)
			}
		}
	}
	slices.Sort(s.names)
	return s
}

func (s *Snapshot) add(name, file string, p piece) {
	s.names = append(s.names, name)
	s.texts[name] = text{p, file}
}

// Open opens a piece, or a file on disk.
func (s *Snapshot) Open(name string) (fs.File, error) {
	if t, ok := s.texts[name]; ok {
		return &memory{entry{name, len(t.text)}, strings.NewReader(t.text)}, nil
	}
	if s.disk == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return s.disk.Open(name)
}

// Stat describes a piece, or a file on disk.
func (s *Snapshot) Stat(name string) (fs.FileInfo, error) {
	if t, ok := s.texts[name]; ok {
		return entry{name, len(t.text)}, nil
	}
	if s.disk == nil {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return fs.Stat(s.disk, name)
}

// ReadDir lists the pieces; it knows the folder itself only.
func (s *Snapshot) ReadDir(name string) ([]fs.DirEntry, error) {
	if name != "." {
		return nil, &fs.PathError{Op: "read folder", Path: name, Err: errors.ErrUnsupported}
	}
	all := make([]fs.DirEntry, len(s.names))
	for i, n := range s.names {
		all[i] = fs.FileInfoToDirEntry(entry{n, len(s.texts[n].text)})
	}
	return all, nil
}

// memory is a piece that is read as a file.
type memory struct {
	entry
	*strings.Reader
}

// Stat describes the piece.
func (m *memory) Stat() (fs.FileInfo, error) { return m.entry, nil }

// Close does nothing.
func (m *memory) Close() error { return nil }

// Size returns the number of bytes.
func (m *memory) Size() int64 { return m.entry.Size() }

// entry describes a piece as a file.
type entry struct {
	name string
	size int
}

// Name returns the name.
func (e entry) Name() string { return path.Base(e.name) }

// Size returns the number of bytes.
func (e entry) Size() int64 { return int64(e.size) }

// Mode returns that of a file which may be read.
func (e entry) Mode() fs.FileMode { return 0o444 }

// ModTime returns nothing.
func (e entry) ModTime() time.Time { return time.Time{} }

// IsDir returns false.
func (e entry) IsDir() bool { return false }

// Sys returns nothing.
func (e entry) Sys() any { return nil }
