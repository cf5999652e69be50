package keepalived

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// maxFindings is the number of findings after which no more are made.
const maxFindings = 1000

// Options say what to judge by.
type Options struct {
	Version Version // of keepalived, on every node; zero for Newest
}

// linter collects the findings about some nodes.
type linter struct {
	version Version
	nodes   []*Node
	diags   hcl.Diagnostics
}

// Lint reads the files of some nodes of one cluster and returns what is wrong
// with each of them and between them, and the texts by name as in ranges. In the
// texts, whatever stands where passwords do is replaced by asterisks.
func Lint(sources []Source, o Options) (hcl.Diagnostics, map[string][]byte) {
	l := &linter{version: o.Version}
	if l.version == (Version{}) {
		l.version = Newest
	}
	texts := map[string][]byte{}
	for _, s := range sources {
		c, diags := Read(s)
		l.diags = append(l.diags, diags...)
		mask(texts, c)
		if !c.Template {
			l.words(c)
			l.nodes = append(l.nodes, Decode(c))
		}
	}
	for _, n := range l.nodes {
		l.node(n)
	}
	if len(sources) > 1 {
		l.cluster()
	}
	l.once()
	return merged(l.sorted(sources)), texts
}

// once takes findings out of which another one tells more.
func (l *linter) once() {
	onlyHere := map[hcl.Range]bool{}
	for _, d := range l.diags {
		if code, _, _ := rule.Of(d); code == rule.OneSidedTracking.Code {
			onlyHere[*d.Subject] = true
		}
	}
	l.diags = slices.DeleteFunc(l.diags, func(d *hcl.Diagnostic) bool {
		code, _, _ := rule.Of(d)
		return code == rule.NeverTracked.Code && onlyHere[*d.Subject]
	})
}

// sorted returns the findings: those that need no action last, otherwise in
// order of files and lines.
func (l *linter) sorted(sources []Source) hcl.Diagnostics {
	order := map[string]int{}
	for i, s := range sources {
		name := (&reader{source: s}).name(s.Path)
		if _, known := order[name]; !known {
			order[name] = i
		}
	}
	place := func(d *hcl.Diagnostic) (int, int) {
		i, first := order[d.Subject.Filename]
		if !first {
			i = len(order)
		}
		return i, d.Subject.Start.Byte
	}
	slices.SortStableFunc(l.diags, func(a, b *hcl.Diagnostic) int {
		if x, y := a.Severity == rule.Info, b.Severity == rule.Info; x != y {
			if x {
				return 1
			}
			return -1
		}
		fa, ba := place(a)
		fb, bb := place(b)
		if fa != fb {
			return fa - fb
		}
		if c := strings.Compare(a.Subject.Filename, b.Subject.Filename); c != 0 {
			return c
		}
		return ba - bb
	})
	return l.diags
}

// again is the message of further places that a finding says the same of.
const again = "Here, too"

// merged makes one finding of those that say the same of several places of a
// file: the first, with the others for related places.
func merged(all hcl.Diagnostics) hcl.Diagnostics {
	type said struct {
		severity           rule.Severity
		file, code, detail string
	}
	first := map[said]int{}
	var out hcl.Diagnostics
	for _, d := range all {
		code, related, _ := rule.Of(d)
		key := said{d.Severity, d.Subject.Filename, code, d.Detail}
		at, known := first[key]
		if !known {
			first[key], out = len(out), append(out, d)
			continue
		}
		if *d.Subject != *out[at].Subject { // as it is where one file is that of several nodes
			related = append([]rule.Related{see(*d.Subject, again)}, related...)
		}
		out[at] = joined(out[at], related)
	}
	return out
}

// joined returns d with further related places.
func joined(d *hcl.Diagnostic, more []rule.Related) *hcl.Diagnostic {
	code, related, _ := rule.Of(d)
	r, err := rule.Find(code)
	if err != nil {
		panic("keepalived: " + err.Error())
	}
	all := slices.Clone(related)
	for _, m := range more {
		if !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	return r.As(d.Severity).At(*d.Subject, d.Detail, all...)
}

// report adds a finding.
func (l *linter) report(r rule.Rule, at hcl.Range, detail string, related ...rule.Related) {
	if len(l.diags) < maxFindings {
		l.diags = append(l.diags, r.At(at, detail, related...))
	}
}

func (l *linter) reportf(r rule.Rule, at hcl.Range, format string, args ...any) {
	l.report(r, at, fmt.Sprintf(format, args...))
}

// see returns a related place.
func see(at hcl.Range, format string, args ...any) rule.Related {
	return rule.Related{Message: fmt.Sprintf(format, args...), Range: at}
}

// nearest returns the name that word was most likely meant to be, "" for none.
func nearest(word string, names []string) string {
	best, distance := "", 3
	if len(word) < 8 {
		distance = 2
	}
	if len(word) < 4 || len(word) > 40 {
		return ""
	}
	for _, n := range names {
		if d := levenshtein.Distance(strings.ToLower(word), strings.ToLower(n), nil); d < distance || d == distance && swapped(word, n) && best == "" {
			best, distance = n, d
		}
	}
	return best
}

// swapped tells whether a and b have the same letters: two of them changed
// places.
func swapped(a, b string) bool {
	x, y := []byte(strings.ToLower(a)), []byte(strings.ToLower(b))
	slices.Sort(x)
	slices.Sort(y)
	return string(x) == string(y)
}
