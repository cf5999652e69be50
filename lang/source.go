package lang

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"

	"hactl/lang/rule"
)

// files reads and parses the configuration's files, in order of names.
func (l *loader) files() []hcl.Body {
	names, err := Files(l.fsys)
	if err != nil {
		l.unreadable(".", err)
		return nil
	}
	var bodies []hcl.Body
	texts := l.readAll(names)
	l.prepare(names, texts)
	for i, name := range names {
		if texts[i] != nil {
			bodies = append(bodies, l.file(name, texts[i])...)
		}
	}
	if len(bodies) == 0 && !l.partial {
		l.report(rule.NoFiles.At(start("."),
			"The folder holds no file whose name ends in .ha.hcl or .ha.json. Name the folder of the configuration, or let hactl init write a first one."))
	}
	return bodies
}

// isConfiguration reports whether a file of that name is part of a
// configuration. Editors' and tools' hidden files are not.
func isConfiguration(name string) bool {
	return !strings.HasPrefix(name, ".") && (strings.HasSuffix(name, ".ha.hcl") || strings.HasSuffix(name, ".ha.json"))
}

// readAll reads files. A text is nil where it can't be read.
func (l *loader) readAll(names []string) [][]byte {
	texts := make([][]byte, len(names))
	for i, name := range names {
		if text, ok := l.read(name); ok {
			texts[i] = text[:len(text):len(text)]
		}
	}
	return texts
}

// file parses one file. The result is empty when it can't be used.
func (l *loader) file(name string, text []byte) []hcl.Body {
	l.config.Sources[name] = text
	body, ok := l.parseOnce(name, text)
	if !ok {
		return nil
	}
	return []hcl.Body{body}
}

// read reads a file that the folder lists.
func (l *loader) read(name string) (text []byte, ok bool) {
	text, err := read(l.fsys, name)
	if errors.Is(err, fs.ErrNotExist) { // though it is listed
		err = errors.New("it is a link to nothing")
	}
	if err != nil {
		l.unreadable(name, err)
	}
	return text, err == nil
}

// unreadable reports a file that can't be read. Names that it may declare are
// then unknown rather than undefined.
func (l *loader) unreadable(name string, err error) {
	l.partial = true
	l.report(rule.Unreadable.At(start(name), fmt.Sprintf("%s can't be read: %s. Make it a readable text file, or move it out of the folder.", name, cause(err))))
}

// cause returns what went wrong without the operation and the name.
func cause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	if err.Error() == "path escapes from parent" { // package os exports no name for it
		return errors.New("it is a link that leads out of the folder")
	}
	return err
}

// read returns the text of a file of at most MaxFile bytes.
func read(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name) // to open a pipe would wait for a writer
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return nil, err
	}
	return text, isText(text)
}

// isText returns what keeps text from being read.
func isText(text []byte) error {
	switch {
	case len(text) > MaxFile:
		return fmt.Errorf("it is larger than %d MiB", MaxFile>>20)
	case bytes.IndexByte(text, 0) >= 0:
		return errors.New("it holds a zero byte, so it is no text")
	case !utf8.Valid(text):
		return errors.New("it is not valid UTF-8")
	}
	return nil
}

// parse parses one file. Of a file with syntax errors, the blocks before the
// first one are kept.
func (l *loader) parse(name string, text []byte) (hcl.Body, bool) {
	isJSON := strings.HasSuffix(name, ".json")
	if at, why := l.tooLarge(name, text, isJSON); why != "" {
		l.partial = true
		l.report(rule.TooLarge.At(at, why))
		l.maskText(name, text, isJSON)
		return nil, false
	}
	if isJSON {
		blankMark(text)
		file, diags := json.Parse(text, name)
		l.maskText(name, text, true) // a line may hold everything
		return l.parsed(name, file, diags, nil)
	}
	file, diags := l.tree(name, text)
	if diags.HasErrors() {
		l.maskText(name, text, false)
	}
	body, ok := l.parsed(name, file, diags, cut)
	if ok {
		l.meter.watchText(body.(*hclsyntax.Body), text)
	}
	return body, ok
}

// blankMark replaces a byte order mark by white space, which JSON allows.
func blankMark(text []byte) {
	if bytes.HasPrefix(text, []byte("\ufeff")) {
		copy(text, "   ")
	}
}

// parsed reports syntax errors and keeps of the file what stands before them.
func (l *loader) parsed(name string, file *hcl.File, diags hcl.Diagnostics, before func(*hcl.File, hcl.Pos)) (hcl.Body, bool) {
	if !diags.HasErrors() {
		return file.Body, true
	}
	l.partial = true
	first := diags[0]
	for _, d := range diags {
		if d.Subject.Start.Byte < first.Subject.Start.Byte {
			first = d
		}
	}
	finding := wrap(rule.Syntax, first, start(name))
	if keepalivedWord.Match(l.config.Sources[name]) {
		finding.Detail += " This looks like keepalived's own language: here a vrrp_instance is a vip block in a cluster block."
	}
	l.report(finding)
	if before == nil || file == nil {
		return nil, false
	}
	before(file, first.Subject.Start)
	return file.Body, true
}

// keepalivedWord matches the head of a block that only a keepalived.conf has.
var keepalivedWord = regexp.MustCompile(`(?m)^[ \t]*(global_defs|vrrp_instance[ \t]+[\w.-]+|vrrp_sync_group[ \t]+[\w.-]+|vrrp_script[ \t]+[\w.-]+)[ \t]*(\{|$)`)

// cut removes the blocks that don't end before pos.
func cut(file *hcl.File, pos hcl.Pos) {
	body := file.Body.(*hclsyntax.Body)
	body.Blocks = slices.DeleteFunc(body.Blocks, func(b *hclsyntax.Block) bool {
		return b.CloseBraceRange.End.Byte > pos.Byte || b.CloseBraceRange.End.Byte == 0
	})
	for name, a := range body.Attributes {
		if a.SrcRange.End.Byte > pos.Byte {
			delete(body.Attributes, name)
		}
	}
}

// wrap turns a finding of HCL's into one of ours. around is the place to name
// where HCL names none.
func wrap(r rule.Rule, d *hcl.Diagnostic, around hcl.Range) *hcl.Diagnostic {
	detail := strings.TrimSpace(d.Detail)
	if before, _, panicked := strings.Cut(detail, ": panic in function"); panicked {
		detail = before + ": it has no result for these arguments"
	}
	detail = strings.TrimRight(detail, ".") + "."
	if d.Subject != nil && d.Subject.Filename != "" {
		around = *d.Subject
	}
	return r.At(around, d.Summary+": "+detail)
}
