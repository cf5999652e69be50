package lsp

import (
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"hactl/lang/format"
)

// formatting returns what hactl fmt would change. A file that cannot be parsed, or
// is JSON, stays as it is.
func (s *Session) formatting(v *view, _ *documentParams) (any, error) {
	edits := []textEdit{}
	if strings.HasSuffix(v.file.name, ".json") {
		return edits, nil
	}
	formatted, diags := format.Source(v.file.name, []byte(v.file.text))
	if diags.HasErrors() {
		return nil, &Error{codeFailed, "not formatted: " + diags[0].Detail}
	}
	for _, e := range udiff.Lines(v.file.text, string(formatted)) {
		edits = append(edits, textEdit{v.file.reach(span{e.Start, e.End}), e.New})
	}
	return edits, nil
}
