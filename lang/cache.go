package lang

import (
	"io/fs"

	"github.com/hashicorp/hcl/v2"
)

// Cache loads a configuration again and again, and parses only the files that
// have changed since the last time. It holds the texts and trees of one folder.
// Its zero value is empty and ready; it is for one goroutine at a time.
type Cache struct {
	meter meter
	files map[string]*remembered // of the last Load
}

// remembered is what parsing a file came to.
type remembered struct {
	text   string // before anything was masked
	parts  int    // words and signs
	body   hcl.Body
	ok     bool
	broken bool // the file could not be read whole
	masked []span
	diags  hcl.Diagnostics
}

// Load is the function of that name, with what c remembers.
func (c *Cache) Load(fsys fs.FS, opts Options) (*Config, hcl.Diagnostics) {
	l := newLoader(fsys, usual)
	c.meter = *l.meter
	l.meter = &c.meter // trees that are remembered are counted by it
	l.cache, l.parsedFiles = c, map[string]*remembered{}
	l.load(opts)
	c.files = l.parsedFiles
	l.config.Flawed = l.diags.HasErrors()
	return l.config, inOrder(l.diags)
}

// parseOnce is parse for a file of the folder, which a cache may remember.
func (l *loader) parseOnce(name string, text []byte) (hcl.Body, bool) {
	if l.cache == nil {
		return l.parse(name, text)
	}
	r := l.cache.files[name]
	if r != nil && r.text == string(text) && l.parts+r.parts <= l.most.parts {
		l.recall(name, r)
	} else {
		r = l.remember(name, text)
	}
	l.parsedFiles[name] = r
	return r.body, r.ok
}

// remember parses a text and notes what that does to l.
func (l *loader) remember(name string, text []byte) *remembered {
	r := &remembered{text: string(text)}
	partial, parts, found := l.partial, l.parts, len(l.diags)
	l.partial = false
	r.body, r.ok = l.parse(name, text)
	r.broken, r.parts, r.masked = l.partial, l.parts-parts, l.masked[name]
	l.partial = l.partial || partial
	for _, d := range l.diags[found:] {
		r.diags = append(r.diags, clone(d))
	}
	return r
}

// recall does to l what parsing the text would do.
func (l *loader) recall(name string, r *remembered) {
	l.partial = l.partial || r.broken
	l.parts += r.parts
	if len(r.masked) > 0 {
		l.mask(name, r.masked...)
	}
	for _, d := range r.diags {
		l.diags = append(l.diags, clone(d))
	}
}

// clone returns a copy of d, of which the words may be taken out.
func clone(d *hcl.Diagnostic) *hcl.Diagnostic {
	c := *d
	return &c
}

// IsConfiguration reports whether a file of that name, without a folder, is part
// of a configuration.
func IsConfiguration(name string) bool { return isConfiguration(name) }
