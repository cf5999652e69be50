package lang

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	entries, err := fs.ReadDir(l.fsys, ".")
	if err != nil {
		l.unreadable(".", err)
		return nil
	}
	var bodies []hcl.Body
	for _, e := range entries {
		if !e.IsDir() && isConfiguration(e.Name()) {
			bodies = append(bodies, l.file(e.Name())...)
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

// file reads and parses one file. The result is empty when it can't be used.
func (l *loader) file(name string) []hcl.Body {
	text, err := read(l.fsys, name)
	if err != nil {
		l.unreadable(name, err)
		return nil
	}
	l.config.Sources[name] = text
	body, ok := l.parse(name, text)
	if !ok {
		return nil
	}
	return []hcl.Body{body}
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
		return p.Err
	}
	return err
}

// read returns the text of a file of at most MaxFile bytes.
func read(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > MaxFile:
		return nil, fmt.Errorf("it is larger than %d MiB", MaxFile>>20)
	case bytes.IndexByte(text, 0) >= 0:
		return nil, errors.New("it holds a zero byte, so it is no text")
	case !utf8.Valid(text):
		return nil, errors.New("it is not valid UTF-8")
	}
	return text, nil
}

// parse parses one file. Of a file with syntax errors, the blocks before the
// first one are kept.
func (l *loader) parse(name string, text []byte) (hcl.Body, bool) {
	isJSON := strings.HasSuffix(name, ".json")
	if rng, deep := tooDeep(name, text, isJSON); deep {
		l.partial = true
		l.tooDeep(rng)
		return nil, false
	}
	if isJSON {
		file, diags := json.Parse(text, name)
		return l.parsed(name, file, diags, nil)
	}
	file, diags := hclsyntax.ParseConfig(text, name, hcl.InitialPos)
	return l.parsed(name, file, diags, cut)
}

// tooDeep reports a text that is not parsed because it is too deep.
func (l *loader) tooDeep(at hcl.Range) {
	l.report(rule.TooLarge.At(at, fmt.Sprintf("Brackets are nested more than %d deep here, or more than %d operators follow each other, or a number has an exponent above 999. Split the expression with locals, or write a smaller number.", maxDepth, maxChain)))
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
	l.report(wrap(rule.Syntax, first, start(name)))
	if before == nil || file == nil {
		return nil, false
	}
	before(file, first.Subject.Start)
	return file.Body, true
}

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
	detail = strings.TrimRight(detail, ".") + "."
	if d.Subject != nil && d.Subject.Filename != "" {
		around = *d.Subject
	}
	return r.At(around, d.Summary+": "+detail)
}
