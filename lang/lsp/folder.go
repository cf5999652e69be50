package lsp

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"hactl/lang"
)

// folder is one configuration: the files of a folder, those that are open as the
// editor has them, the others as they are on disk.
type folder struct {
	dir   string                          // "" for a document that is on no disk
	open  func(dir string) (fs.FS, error) // nil for a document that is on no disk
	disk  fs.FS                           // nil as long as the folder cannot be opened
	files map[string]*file
	seen  map[string]*outline // of the pieces of all files, by text
	round int                 // of the changes, when it was looked at last
}

// file is one file of a configuration.
type file struct {
	*document
	name    string
	uri     string // as the editor writes it; "" before it did
	open    bool
	version *int  // of an open one, when the editor told it
	state   state // on disk, when not open
	lost    bool  // lang cannot read it, and says why
	pieces  []labelled
}

// labelled is a piece under a name that keeps the order of pieces and does not
// change when pieces before it do.
type labelled struct {
	piece
	label   uint64
	name    string // under which lang reads it: it sorts as files and pieces do
	outline *outline
}

// state is what tells whether a file on disk has changed.
type state struct {
	size     int64
	modified time.Time
}

// refresh reads the files on disk that are not open and have changed.
func (f *folder) refresh() {
	names, ok := f.list()
	if !ok {
		return
	}
	there := make(map[string]bool, len(names))
	for _, name := range names {
		f.reread(name)
		there[name] = true
	}
	maps.DeleteFunc(f.files, func(name string, file *file) bool { return !file.open && !there[name] })
	f.forget()
}

// list returns the names of the files on disk. ok is false when there is no such
// folder, which may come.
func (f *folder) list() (names []string, ok bool) {
	if f.disk != nil {
		if names, err := lang.Files(f.disk); err == nil {
			return names, true
		}
	}
	if f.open == nil {
		return nil, false
	}
	var err error
	if f.disk, err = f.open(f.dir); err != nil {
		f.disk = nil
		return nil, false
	}
	names, err = lang.Files(f.disk)
	return names, err == nil
}

// reread reads one file on disk, unless it is open or as before.
func (f *folder) reread(name string) {
	known := f.files[name]
	if known != nil && known.open {
		return
	}
	var now state
	if info, err := fs.Stat(f.disk, name); err == nil {
		now = state{info.Size(), info.ModTime()}
	}
	if known != nil && known.state == now {
		return
	}
	text, diags := lang.Read(f.disk, name)
	if known == nil {
		known = &file{name: name}
		f.files[name] = known
	}
	known.state, known.lost = now, diags.HasErrors()
	f.write(known, string(text))
}

// write gives a file another text. Pieces that stay keep their labels and
// outlines.
func (f *folder) write(file *file, text string) {
	file.document = newDocument(text)
	if strings.HasSuffix(file.name, ".json") {
		file.pieces = []labelled{{piece: piece{0, text}, outline: f.outline(text, true)}}
		return
	}
	file.pieces = relabel(file.pieces, split(text))
	for i := range file.pieces {
		p := &file.pieces[i]
		if p.outline == nil {
			p.name, p.outline = fmt.Sprintf("%s\x00%016x.ha.hcl", file.name, p.label), f.outline(p.text, false)
		}
	}
}

// outline returns the outline of a piece, made once for each text.
func (f *folder) outline(text string, isJSON bool) *outline {
	o := f.seen[text]
	if o == nil {
		o = newOutline(text, isJSON)
		f.seen[text] = o
	}
	return o
}

// forget drops the outlines of texts that are gone, now and then.
func (f *folder) forget() {
	live := 0
	for _, file := range f.files {
		live += len(file.pieces)
	}
	if len(f.seen) < 2*live+64 {
		return
	}
	f.seen = map[string]*outline{}
	for _, file := range f.files {
		for _, p := range file.pieces {
			f.seen[p.text] = p.outline
		}
	}
}

// spacing is how far the labels of a new file's pieces are apart.
const spacing = 1 << 32

// relabel returns the pieces of a text that takes the place of one whose pieces
// were old: those that are the same at the beginning and at the end keep their
// labels.
func relabel(old []labelled, pieces []piece) []labelled {
	all := make([]labelled, len(pieces))
	same, most := 0, min(len(old), len(pieces))
	for same < most && old[same].text == pieces[same].text {
		same++
	}
	tail := 0
	for tail < most-same && old[len(old)-1-tail].text == pieces[len(pieces)-1-tail].text {
		tail++
	}
	low, high := uint64(0), uint64(spacing)*uint64(len(pieces)+1)
	if same > 0 {
		low = old[same-1].label
	}
	if tail > 0 {
		high = old[len(old)-tail].label
	} else if same > 0 {
		high = low + uint64(spacing)*uint64(len(pieces)-same+1)
	}
	step := (high - low) / uint64(len(pieces)-same-tail+1)
	if high <= low || step == 0 {
		return relabel(nil, pieces)
	}
	for i, p := range pieces {
		all[i].label = low + step*uint64(i-same+1)
		switch {
		case i < same:
			all[i] = old[i]
		case i >= len(pieces)-tail:
			all[i] = old[i-len(pieces)+len(old)]
		}
		all[i].piece = p
	}
	return all
}

// at returns the piece of a file in which a cursor at offset stands, nil without
// any.
func (f *file) at(offset int) *labelled {
	for i := len(f.pieces) - 1; i >= 0; i-- {
		if f.pieces[i].from <= offset {
			return &f.pieces[i]
		}
	}
	return nil
}

// sorted returns the files in order of names.
func (f *folder) sorted() []*file {
	all := slices.Collect(maps.Values(f.files))
	slices.SortFunc(all, func(a, b *file) int { return strings.Compare(a.name, b.name) })
	return all
}

// uriOf returns the URI of a file of the folder.
func (f *folder) uriOf(file *file) string {
	if file.uri != "" {
		return file.uri
	}
	return place{f.dir, file.name}.uri()
}
