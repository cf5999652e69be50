package lsp

import (
	"io/fs"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
	"hactl/lang/rule"
)

// Check finds all that is wrong with the configuration in the folder dir, of which
// the files are those of fsys. It is given the same cache for each folder.
type Check func(dir string, fsys fs.FS, cache *lang.Cache) hcl.Diagnostics

// Analyst finds out what is wrong with snapshots, one after the other: what is
// parsed once is kept. It is for one goroutine.
type Analyst struct {
	check  Check
	caches map[string]*lang.Cache
}

// NewAnalyst returns an analyst that asks check.
func NewAnalyst(check Check) *Analyst {
	return &Analyst{check: check, caches: map[string]*lang.Cache{}}
}

// Diagnose returns what is wrong, by file: an entry for every file of the folder,
// in order of names. A document that is on no disk is no configuration by itself;
// it is parsed and no more.
func (a *Analyst) Diagnose(s *Snapshot) []Published {
	if s.Dir == "" {
		return s.published(s.syntax())
	}
	cache := a.caches[s.Dir]
	if cache == nil {
		cache = &lang.Cache{}
		a.caches[s.Dir] = cache
	}
	return s.published(a.check(s.Dir, s, cache))
}

// Keep forgets all folders but those.
func (a *Analyst) Keep(dirs []string) {
	for dir := range a.caches {
		if !slices.Contains(dirs, dir) {
			delete(a.caches, dir)
		}
	}
}

// syntax returns what is wrong with the texts by themselves.
func (s *Snapshot) syntax() hcl.Diagnostics {
	var all hcl.Diagnostics
	for _, name := range s.names {
		_, diags := lang.Syntax(name, []byte(s.texts[name].text))
		all = append(all, diags...)
	}
	return all
}

// published puts findings to the files that they are about.
func (s *Snapshot) published(diags hcl.Diagnostics) []Published {
	found := map[string][]Diagnostic{}
	for _, d := range diags {
		file, converted := s.diagnostic(d)
		found[file] = append(found[file], converted)
	}
	var all []Published
	for _, name := range s.fileNames() {
		list := found[name]
		if list == nil {
			list = []Diagnostic{}
		}
		all = append(all, Published{s.uris[name], s.versions[name], list})
	}
	return all
}

// fileNames returns the names of the files in order.
func (s *Snapshot) fileNames() []string {
	names := make([]string, 0, len(s.files))
	for name := range s.files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// diagnostic converts a finding. One that is about no place of the folder, such as
// a file of variables, goes to a related place or else to the beginning of a file.
func (s *Snapshot) diagnostic(d *hcl.Diagnostic) (file string, converted Diagnostic) {
	code, related, _ := rule.Of(d)
	c := Diagnostic{Severity: severity(d.Severity, code), Code: code, Source: "hactl", Message: d.Summary + ": " + d.Detail}
	at, ok := s.find(d.Subject)
	if !ok && d.Subject != nil && d.Subject.Filename != "" && d.Subject.Filename != "." {
		c.Message = d.Subject.Filename + ": " + c.Message
	}
	for _, r := range related {
		place, known := s.find(&r.Range)
		if known {
			c.RelatedInformation = append(c.RelatedInformation, Related{Location{s.uris[place.file], place.Range}, r.Message})
		}
		if !ok && known {
			at, ok = place, true
		}
	}
	if !ok {
		at.file = s.first
	}
	c.Range = at.Range
	return at.file, c
}

// severity returns the protocol's number. A variable without a value is no error
// here: whoever runs hactl gives it.
func severity(of rule.Severity, code string) int {
	switch {
	case code == rule.NoValue.Code, of == rule.Info:
		return 3
	case of == rule.Warning:
		return 2
	}
	return 1
}

// found is a place in a file of the folder.
type found struct {
	file string
	Range
}

// find returns the place that lang and compiler mean. ok is false for one outside
// of the folder's files.
func (s *Snapshot) find(r *hcl.Range) (f found, ok bool) {
	if r == nil {
		return found{}, false
	}
	t := s.texts[r.Filename]
	if t.file == "" {
		t.file = r.Filename
	}
	d := s.files[t.file]
	if d == nil {
		return found{}, false
	}
	from := min(max(r.Start.Byte, 0), len(t.text))
	to := min(max(r.End.Byte, from), len(t.text))
	return found{t.file, d.reach(span{from, to}.plus(t.from))}, true
}
