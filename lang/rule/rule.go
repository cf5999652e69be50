package rule

import (
	"errors"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Severity says whether a finding makes a configuration unusable.
type Severity = hcl.DiagnosticSeverity

// The severities.
const (
	Error   Severity = hcl.DiagError   // the configuration is refused
	Warning Severity = hcl.DiagWarning // the configuration is used, but deserves a second look
	Info    Severity = 3               // good to know; HCL has no such severity, and counts it as no error
)

// SeverityWord returns "error", "warning" or "info".
func SeverityWord(s Severity) string {
	switch s {
	case Warning:
		return "warning"
	case Info:
		return "info"
	}
	return "error"
}

// Rule is one kind of finding.
type Rule struct {
	Code     string // "HA" and three digits; never changes its meaning and is never used again
	Severity Severity
	Summary  string // a few fixed words without names, values or a full stop
}

// Related is another place that has to do with a finding: the one it
// contradicts, or the one its value came from.
type Related struct {
	Message string // what is there, a sentence without a full stop
	Range   hcl.Range
}

// finding is what a diagnostic made by a Rule carries in Extra.
type finding struct {
	code    string
	related []Related
}

// As returns r with another severity, for a case that is less grave than most.
func (r Rule) As(s Severity) Rule {
	r.Severity = s
	return r
}

// At returns the finding of r at rng, the tightest range that causes it.
// detail says what is wrong, why, and what to do, and ends in a full stop.
func (r Rule) At(rng hcl.Range, detail string, related ...Related) *hcl.Diagnostic {
	if r.Code == "" {
		panic("rule: a rule without a code")
	}
	return &hcl.Diagnostic{
		Severity: r.Severity,
		Summary:  r.Summary,
		Detail:   detail,
		Subject:  &rng,
		Extra:    finding{code: r.Code, related: related},
	}
}

// Of returns the code and the related places of d. ok is false when no Rule
// made d.
func Of(d *hcl.Diagnostic) (code string, related []Related, ok bool) {
	f, ok := d.Extra.(finding)
	return f.code, f.related, ok
}

// All returns every rule, in order of code.
func All() []Rule {
	all := slices.Clone(registry)
	slices.SortFunc(all, func(a, b Rule) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// Find returns the rule of that code.
func Find(code string) (Rule, error) {
	for _, r := range registry {
		if r.Code == code {
			return r, nil
		}
	}
	return Rule{}, errors.New("find rule: no rule has the code " + code)
}

// registry holds the rules of every file of this package.
var registry []Rule

// register adds rules to the registry, for the initialisation of this
// package's variables.
func register(rules ...Rule) struct{} {
	registry = append(registry, rules...)
	return struct{}{}
}
