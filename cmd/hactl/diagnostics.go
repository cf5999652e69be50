package main

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/lang/rule"
	"hactl/lang/schema"

	"github.com/hashicorp/hcl/v2"
)

// findings are the diagnostics of one folder, with what is needed to show them.
type findings struct {
	list    hcl.Diagnostics
	sources map[string][]byte        // by file name as in the diagnostics' ranges
	name    func(file string) string // a file name as the user would type it
}

// count returns the numbers of errors and of warnings.
func (f findings) count() (errors, warnings int) {
	for _, d := range f.list {
		switch d.Severity {
		case rule.Error:
			errors++
		case rule.Warning:
			warnings++
		}
	}
	return errors, warnings
}

// sort puts the findings in order of file, place and code, those about no place
// first.
func (f findings) sort() {
	slices.SortStableFunc(f.list, func(a, b *hcl.Diagnostic) int {
		x, y := subject(a), subject(b)
		codeA, _, _ := rule.Of(a)
		codeB, _, _ := rule.Of(b)
		return cmp.Or(cmp.Compare(x.Filename, y.Filename), x.Start.Line-y.Start.Line, x.Start.Column-y.Start.Column, cmp.Compare(codeA, codeB))
	})
}

// subject returns the place that d is about; zero for none.
func subject(d *hcl.Diagnostic) hcl.Range {
	if d.Subject == nil {
		return hcl.Range{}
	}
	return *d.Subject
}

// text returns the findings for people: what and where, the line with a caret
// under the range, the related places, and what to do; at the end, where to read
// more.
func (f findings) text(p terminal.Palette) string {
	var b strings.Builder
	for i, d := range f.list {
		if i > 0 {
			b.WriteByte('\n')
		}
		f.one(&b, p, d)
	}
	if codes := f.codes(); len(codes) > 0 {
		fmt.Fprintf(&b, "\n%s tells more.\n", p.Bold("hactl explain "+strings.Join(codes, " ")))
	}
	return b.String()
}

// fewCodes is how many rules a reader is asked to look up at once.
const fewCodes = 5

// codes returns those of the first rules that were found, each once.
func (f findings) codes() []string {
	var all []string
	for _, d := range f.list {
		if code, _, ok := rule.Of(d); ok && !slices.Contains(all, code) && len(all) < fewCodes {
			all = append(all, code)
		}
	}
	return all
}

func (f findings) one(b *strings.Builder, p terminal.Palette, d *hcl.Diagnostic) {
	code, related, _ := rule.Of(d)
	fmt.Fprintf(b, "%s: %s\n", severity(p, d.Severity, code), p.Bold(d.Summary))
	if located(d) {
		f.place(b, p, *d.Subject, "")
	}
	for _, r := range related {
		f.place(b, p, r.Range, r.Message)
	}
	for _, line := range terminal.Wrap(d.Detail, 88) {
		fmt.Fprintln(b, strings.TrimRight("  "+line, " "))
	}
}

// place prints where r begins, the message that belongs to it, and its line.
func (f findings) place(b *strings.Builder, p terminal.Palette, r hcl.Range, message string) {
	source, read := f.sources[r.Filename]
	where := f.name(r.Filename)
	if read {
		where += fmt.Sprintf(":%d:%d", r.Start.Line, r.Start.Column)
	}
	if message != "" {
		where += ": " + message
	}
	fmt.Fprintf(b, "  %s %s\n", p.Dim("-->"), where)
	line, indent, carets := excerpt(source, r)
	if line == "" {
		return
	}
	number := fmt.Sprint(r.Start.Line)
	gutter := strings.Repeat(" ", max(5, len(number)))
	fmt.Fprintf(b, "%s%s %s %s\n", gutter[len(number):], p.Dim(number), p.Dim("|"), line)
	fmt.Fprintf(b, "%s %s %s\n", gutter, p.Dim("|"), indent+p.Red(carets))
}

// located tells whether d is about a place in a file.
func located(d *hcl.Diagnostic) bool { return subject(d).Filename != "" }

// severity returns the head of a finding, or of a rule: "error HA060".
func severity(p terminal.Palette, s rule.Severity, code string) string {
	paint := p.Red
	switch s {
	case rule.Warning:
		paint = p.Yellow
	case rule.Info:
		paint = p.Dim
	}
	return paint(strings.TrimSpace(rule.SeverityWord(s) + " " + code))
}

// around is how many characters of a line are shown on each side of what a
// finding is about, and at most of that itself.
const around = 60

// reach is how many bytes of a line on each side of a range are looked at: more
// than are shown, so that a secret that begins there is known for one.
const reach = 4096

// excerpt returns the first line of r in source, and what to print under it to
// mark r; all empty when source has no such line. A range over several lines is
// marked to the end of the first; of a long line the parts around r are shown.
func excerpt(source []byte, r hcl.Range) (line, indent, carets string) {
	start, end := r.Start.Byte, r.End.Byte
	if start < 0 || end > len(source) || start > end {
		return "", "", ""
	}
	before, after := source[max(0, start-reach):start], source[start:min(len(source), start+reach)]
	before = before[bytes.LastIndexByte(before, '\n')+1:]
	if n := bytes.IndexByte(after, '\n'); n >= 0 {
		after = after[:n]
	}
	text := []rune(hide(strings.TrimRight(string(before)+string(after), "\r")))
	if strings.TrimSpace(string(text)) == "" {
		return "", "", ""
	}
	from := min(utf8.RuneCount(before), len(text))
	to := min(from+max(1, utf8.RuneCount(after[:min(end-start, len(after))])), from+around)
	left, marked, right := text[:from], text[from:min(to, len(text))], text[min(to, len(text)):]
	if len(left) > around {
		left = append([]rune("…"), left[len(left)-around:]...)
	}
	if len(right) > around {
		right = append(slices.Clone(right[:around]), '…')
	}
	return printable(string(left) + string(marked) + string(right)), blank(left), strings.Repeat("^", to-from)
}

// secret finds a text that is written for a sensitive attribute, in either
// syntax, also within a call or list, or in that of keepalived: what stands
// before it, and itself.
var secret = regexp.MustCompile(`(\b(?:` + strings.Join(append(schema.Sensitive(), "auth_pass"), "|") + `)"?\s*[=:]?\s*(?:\w+\(|\[|\s)*"|\bauth_pass\s+)((?:[^"\\]|\\.)*)`)

// hide replaces the secrets in a line by asterisks, one for each character, so
// that what is wrong beside one can be shown. The language does so for whatever
// it could parse; this is for the lines that it could not.
func hide(line string) string {
	for _, form := range []*regexp.Regexp{secret, keepalivedSecret} {
		line = form.ReplaceAllStringFunc(line, func(found string) string {
			m := form.FindStringSubmatch(found)
			return m[1] + strings.Repeat("*", utf8.RuneCountInString(m[2]))
		})
	}
	return line
}

// keepalivedSecret finds what follows the words for secrets in keepalived.conf,
// misspelt ones included, up to the end of the line: a password may contain
// what looks like a quote or a comment.
var keepalivedSecret = regexp.MustCompile(`((?i:\bauth_?pas\w*|\bpassw(?:or)?d|\bkey\s+\d+)[\s=:]+|\$\w*(?i:pass|secret|key)\w*\s*=\s*)([^\s={].*)`)

// blank returns white space as wide as text: tabs stay.
func blank(text []rune) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, string(text))
}

// printable replaces control characters, which a terminal would obey.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return utf8.RuneError
		}
		return r
	}, line)
}
