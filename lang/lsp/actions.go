package lsp

import (
	"regexp"
	"strings"
)

// meantInstead finds the suggestion in a finding.
var meantInstead = regexp.MustCompile(`Did you mean ("[^"]*"|[\w.-]+)\?`)

// codeActions offers to write what the findings at a range suggest.
func (s *Session) codeActions(v *view, p *documentParams) (any, error) {
	all := []codeAction{}
	for _, d := range s.found[v.file.uri] {
		m := meantInstead.FindStringSubmatch(d.Message)
		if m == nil || p.Range == nil || before(p.Range.End, d.Range.Start) || before(d.Range.End, p.Range.Start) {
			continue
		}
		from, to := v.file.offset(d.Range.Start), v.file.offset(d.Range.End)
		written := v.file.text[from:max(from, to)]
		suggestion := strings.TrimRight(m[1], ".")
		if suggestion = fit(suggestion, written); suggestion == "" {
			continue
		}
		all = append(all, codeAction{"Replace by " + m[1], "quickfix", []Diagnostic{d}, true,
			workspaceEdit{map[string][]textEdit{v.file.uri: {{v.file.reach(span{from, max(from, to)}), suggestion}}}}})
	}
	return all, nil
}

// fit returns what to write for a suggestion in the place of what is written: of a
// name behind a dot the last part, of a text in quotes one in quotes. It returns
// "" when the two are not of one form.
func fit(suggestion, written string) string {
	quoted := strings.HasPrefix(suggestion, "\"")
	switch {
	case strings.ContainsAny(written, "\n({[") || written == "":
		return ""
	case strings.HasPrefix(written, "."):
		return "." + suggestion[strings.LastIndex(suggestion, ".")+1:]
	case strings.HasPrefix(written, "\"") && !quoted:
		return "\"" + suggestion + "\""
	case !strings.HasPrefix(written, "\"") && quoted:
		return strings.Trim(suggestion, "\"")
	}
	return suggestion
}
