package lsp

import (
	"net/url"
	"path"
	"strings"
)

// place is where a document is: a file of a folder. A document that is on no disk
// has no folder.
type place struct{ dir, name string }

// placeOf reads the URI of a document.
func placeOf(uri string) place {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" || !strings.HasPrefix(u.Path, "/") {
		return place{name: path.Base(uri)}
	}
	clean := path.Clean(u.Path)
	return place{path.Dir(clean), path.Base(clean)}
}

// uri returns the URI of a file, as one that no editor has named yet.
func (p place) uri() string {
	return (&url.URL{Scheme: "file", Path: path.Join(p.dir, p.name)}).String()
}
