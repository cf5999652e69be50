package lang

import (
	"bytes"
	"io/fs"

	"github.com/hashicorp/hcl/v2"
)

// Files returns the names of the configuration's files at the root of fsys, in
// lexical order. Folders are none, whatever their names.
func Files(fsys fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(fsys, ".")
	var names []string
	for _, e := range entries {
		if !e.IsDir() && isConfiguration(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// Read returns the text of one file as Load reads it, or why Load can't.
func Read(fsys fs.FS, name string) ([]byte, hcl.Diagnostics) {
	l := newLoader(fsys, usual)
	text, _ := l.read(name)
	return text, l.diags
}

// Syntax returns what Load says of a text that it can't parse, and nothing of
// what the text means. shown is the text with asterisks for what may be a
// secret, nil when it is no text. A name that ends in .json is of HCL's JSON
// syntax.
func Syntax(name string, text []byte) (shown []byte, diags hcl.Diagnostics) {
	l := newLoader(nil, usual)
	if err := isText(text); err != nil {
		l.unreadable(name, err)
		return nil, l.diags
	}
	shown = bytes.Clone(text)
	l.config.Sources[name] = shown
	l.parse(name, shown)
	l.hide(l.diags)
	return shown, l.diags
}
