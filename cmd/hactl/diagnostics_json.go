package main

import (
	"hactl/lang/rule"

	"github.com/hashicorp/hcl/v2"
)

// verdict is what validate --json prints. The shape is a contract: it is the
// one that Terraform's users know, with code and related.
type verdict struct {
	Valid        bool         `json:"valid"` // no errors; warnings are allowed
	ErrorCount   int          `json:"error_count"`
	WarningCount int          `json:"warning_count"`
	Diagnostics  []diagnostic `json:"diagnostics"`
}

type diagnostic struct {
	Severity string      `json:"severity"` // "error", "warning", or "info" for what counts as neither
	Code     string      `json:"code"`     // "HA012"; empty for HCL's own findings
	Summary  string      `json:"summary"`
	Detail   string      `json:"detail"`
	Range    *sourceSpan `json:"range,omitempty"` // absent for a finding about no place
	Related  []related   `json:"related"`         // never null
}

type related struct {
	Message string     `json:"message"`
	Range   sourceSpan `json:"range"`
}

type sourceSpan struct {
	Filename string    `json:"filename"` // as the user would type it
	Start    sourcePos `json:"start"`
	End      sourcePos `json:"end"`
}

type sourcePos struct {
	Line   int `json:"line"`   // from 1
	Column int `json:"column"` // from 1, in characters
	Byte   int `json:"byte"`   // from 0, in the file
}

// verdict returns the findings for programs.
func (f findings) verdict() verdict {
	errors, warnings := f.count()
	v := verdict{Valid: errors == 0, ErrorCount: errors, WarningCount: warnings, Diagnostics: []diagnostic{}}
	for _, d := range f.list {
		v.Diagnostics = append(v.Diagnostics, f.diagnostic(d))
	}
	return v
}

func (f findings) diagnostic(d *hcl.Diagnostic) diagnostic {
	code, places, _ := rule.Of(d)
	out := diagnostic{Severity: rule.SeverityWord(d.Severity), Code: code, Summary: d.Summary, Detail: d.Detail, Related: []related{}}
	if located(d) {
		r := f.span(*d.Subject)
		out.Range = &r
	}
	for _, p := range places {
		out.Related = append(out.Related, related{Message: p.Message, Range: f.span(p.Range)})
	}
	return out
}

func (f findings) span(r hcl.Range) sourceSpan {
	return sourceSpan{
		Filename: f.name(r.Filename),
		Start:    sourcePos(r.Start),
		End:      sourcePos(r.End),
	}
}
