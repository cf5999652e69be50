package keepalived

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// Limits that keep memory and time bounded whatever a file says.
const (
	maxFile       = 4 << 20 // bytes of one file
	maxFiles      = 64      // files of one node, includes counted
	maxLines      = 100_000 // lines of one node after expansion
	maxText       = 16 << 20
	maxLine       = 1 << 20 // bytes of one line after expansion
	maxList       = 4096    // statements of one block, words of one line
	maxDepth      = 32      // blocks within blocks
	maxExpansions = 16      // definitions within definitions
)

// Source says where the configuration of one node is read from.
type Source struct {
	Node   string // the node's name in findings, and its id for conditional lines
	FS     fs.FS  // what the file and its includes are read from
	Path   string // of the file in FS; its folder stands for /etc/keepalived
	Prefix string // what findings put before a path of FS to name a file
}

// Config is what one node's files say: a tree of statements, not judged yet.
type Config struct {
	Node       string
	File       string            // the name of the first file in ranges
	Statements []*Statement      // of the top level, includes in their place
	Sources    map[string][]byte // by name as in ranges
	Template   bool              // it is the source of a template and was not read further
	Draft      bool              // some value is a placeholder that somebody is to fill in
	Incomplete bool              // an include could not be read, or all lines for single nodes are for others: what is missing here may be there
}

// reader reads one node's files.
type reader struct {
	source      Source
	config      *Config
	diags       hcl.Diagnostics
	definitions map[string][]string // the lines of each definition, by name
	open        []string            // the files that are being read, outermost first
	files       int
	lines       int
	text        int // bytes of all lines
	conditions  []hcl.Range
	references  []hcl.Range // reported as not seen by keepalived
	matched     bool        // some condition named this node
	full        bool        // a limit was reached, and said so
	unfinished  string      // the definition of several lines that goes on with the next one, "" for none
	tree        tree
}

// Read reads the file of s and what it includes. The configuration is what
// could be made of it, never nil.
func Read(s Source) (*Config, hcl.Diagnostics) {
	r := &reader{
		source:      s,
		config:      &Config{Node: s.Node, Sources: map[string][]byte{}},
		definitions: predefined(s.Node),
	}
	r.config.File = r.name(s.Path)
	r.tree.reader = r
	r.read(s.Path, hcl.Range{Filename: r.config.File})
	r.tree.end()
	if len(r.conditions) > 0 && !r.matched {
		r.config.Incomplete = true
		r.report(rule.OtherID.At(r.conditions[0], fmt.Sprintf("keepalived reads this line only where it is started with that id, or on the host of that name. No such line is meant for %q; where that is not the host's name, write NAME=FILE.", s.Node)))
	}
	r.config.Statements = r.tree.root
	if r.config.Template {
		r.config.Statements = nil
	}
	return r.config, r.diags
}

// name returns what ranges call a file.
func (r *reader) name(file string) string { return path.Join(r.source.Prefix, file) }

// read reads one file. from is the place that names it.
func (r *reader) read(name string, from hcl.Range) {
	if d := r.refuse(name, from); d != nil {
		r.config.Incomplete = true
		r.report(d)
		return
	}
	data, err := readFile(r.source.FS, name)
	if err != nil {
		r.config.Incomplete = true
		r.report(r.unreadable(name, from, err))
		return
	}
	r.files++
	f := &file{name: r.name(name), text: data}
	r.config.Sources[f.name] = data
	if at, what := template(f); what != "" {
		r.config.Template = true
		r.report(rule.Template.At(at, fmt.Sprintf("This is the source of a template (%s), not a configuration: what it says depends on what it is rendered with. Render it first, once for each node, and give the results.", what)))
		return
	}
	r.open = append(r.open, name)
	f.each(r.line)
	r.open = r.open[:len(r.open)-1]
}

// refuse returns why the file may not be read, or nil.
func (r *reader) refuse(name string, from hcl.Range) *hcl.Diagnostic {
	for _, o := range r.open {
		if o == name {
			return rule.IncludeCycle.At(from, "The file includes itself, directly or through others; keepalived would read for ever. Take one of the lines out.")
		}
	}
	if r.files >= maxFiles || len(r.open) >= maxDepth {
		return rule.LintLimit.At(from, fmt.Sprintf("More than %d files are included, or they are nested too deeply; the rest is not read.", maxFiles))
	}
	return nil
}

// unreadable says that a file cannot be read; an include only makes what is
// read incomplete, as it may be there on the node itself.
func (r *reader) unreadable(name string, from hcl.Range, err error) *hcl.Diagnostic {
	if len(r.open) == 0 {
		return rule.UnreadableConf.At(from, fmt.Sprintf("The file cannot be read: %v.", cause(err)))
	}
	return rule.MissingInclude.At(from, fmt.Sprintf("%s cannot be read from here: %v. What it defines is unknown, so less is checked. Copy it there from the node to have it checked, too.", shown(r.name(name)), cause(err)))
}

// cause returns what is wrong without the operation and the name.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func readFile(f fs.FS, name string) ([]byte, error) {
	if !fs.ValidPath(name) {
		return nil, errors.New("it lies outside of the folder")
	}
	opened, err := f.Open(name)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	data, err := io.ReadAll(io.LimitReader(opened, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("it is larger than %d MiB", maxFile>>20)
	}
	if err == nil && (bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff"))) {
		err = errors.New("it is UTF-16, as some editors on Windows write it, and not UTF-8")
	}
	return data, err
}

// include reads the files that an include statement names.
func (r *reader) include(s *Statement) {
	if len(s.Words) < 2 || s.Words[1].Unknown {
		r.config.Incomplete = true
		return
	}
	at, written := s.Words[1].Range, s.Words[1].Text
	pattern, ok := r.beside(written)
	if !ok {
		r.config.Incomplete = true
		r.report(rule.MissingInclude.At(at, fmt.Sprintf("%s lies outside of /etc/keepalived on the node, and is not looked for here. What it defines is unknown, so less is checked.", shown(written))))
		return
	}
	names, err := fs.Glob(r.source.FS, pattern)
	if err != nil || len(names) == 0 {
		r.config.Incomplete = true
		r.report(r.unreadable(pattern, at, fs.ErrNotExist))
		return
	}
	for _, name := range names {
		r.read(name, at)
	}
}

// beside returns where a file is looked for that an include names. A path from
// the root is one of the node: it is taken for one below the folder of the first
// file, which stands for /etc/keepalived, and ok is false when it lies
// elsewhere. Files of the machine that reads are none of the node's.
func (r *reader) beside(name string) (pattern string, ok bool) {
	if !strings.HasPrefix(name, "/") {
		return path.Join(path.Dir(r.open[len(r.open)-1]), name), true
	}
	for _, folder := range []string{r.source.Prefix, "/etc/keepalived"} {
		if below, found := strings.CutPrefix(path.Clean(name), path.Clean(folder)+"/"); found && strings.HasPrefix(folder, "/") {
			return path.Join(path.Dir(r.source.Path), below), true
		}
	}
	return "", false
}

func (r *reader) report(d *hcl.Diagnostic) { r.diags = append(r.diags, d) }

// limit reports once that the rest is not read.
func (r *reader) limit(at hcl.Range, what string) {
	if !r.full {
		r.full = true
		r.config.Incomplete = true
		r.report(rule.LintLimit.At(at, what+" The rest is not read."))
	}
}
