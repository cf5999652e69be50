package lang

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
	"hactl/lang/schema"
)

// report adds one finding, with long names and values cut short.
func (l *loader) report(d *hcl.Diagnostic) {
	d.Detail = rule.Clip(d.Detail)
	l.diags = append(l.diags, d)
}

// reportAll adds findings of HCL's as ours. around is the place to name where
// HCL names none.
func (l *loader) reportAll(r rule.Rule, diags hcl.Diagnostics, around hcl.Range) {
	for _, d := range diags {
		l.report(wrap(r, d, around))
	}
}

// unknown reports a name that spec lacks, as what it most likely is.
func (l *loader) unknown(spec *schema.Block, name string, at hcl.Range, block bool) {
	place, r := within(spec), rule.UnknownName
	if block {
		r = rule.UnknownBlock
	}
	hint, isKeepalived := schema.Keepalived[name]
	meanwhile, isLater := spec.Later[name]
	candidates := spec.Names(block)
	switch other := misplaced(spec, name, block); {
	case isLater:
		l.report(rule.NotYet.At(at, fmt.Sprintf("%s is not supported yet by this version. Take it out; %s.", name, meanwhile)))
	case spec.Free:
		l.report(rule.WrongForm.At(at, fmt.Sprintf("%s holds no blocks. Write %s = { … }.", capital(place), name)))
	case block && spec.Attribute(name) >= 0:
		l.report(rule.WrongForm.At(at, fmt.Sprintf("%s is an attribute, not a block. Write %s = %s.", name, name, spec.Attributes[spec.Attribute(name)].Example)))
	case !block && spec.Block(name) != nil:
		l.report(rule.WrongForm.At(at, fmt.Sprintf("%s is a block, not an attribute. Write it without the equals sign: %s.", name, headOf(spec.Block(name)))))
	case isKeepalived:
		l.report(rule.Keepalived.At(at, fmt.Sprintf("%s is a word of keepalived that %s does not have. %s", name, place, hint)))
	case other != "":
		l.report(r.At(at, fmt.Sprintf("%s has no %s. It belongs in %s.", capital(place), name, other)))
	default:
		l.report(r.At(at, fmt.Sprintf("%s has no %s.%s", capital(place), name, didYouMean(name, candidates, "It has "+rule.List(candidates)+"."))))
	}
}

// headOf shows how a block is begun.
func headOf(b *schema.Block) string {
	if b.Label == "" {
		return b.Type + " { … }"
	}
	if len(b.Labels) > 0 {
		return b.Type + " \"" + b.Labels[0] + "\" { … }"
	}
	return b.Type + " \"NAME\" { … }"
}

// within names the place that spec describes, to be used in a sentence.
func within(spec *schema.Block) string {
	switch {
	case spec == rootSpec:
		return "a configuration"
	case strings.ContainsRune("aeiou", rune(spec.Type[0])) || spec.Type == "http":
		return "an " + spec.Type + " block"
	}
	return "a " + spec.Type + " block"
}

// misplaced names the only type of block that has a nested block of that name,
// or an attribute unless block is true; spec, which has neither, may have a
// namesake elsewhere. It returns "" when there are none or several.
func misplaced(spec *schema.Block, name string, block bool) string {
	var found, around *schema.Block
	several := false
	var walk func(b, parent *schema.Block)
	walk = func(b, parent *schema.Block) {
		if !block && b.Attribute(name) >= 0 || b.Block(name) != nil {
			several = several || found != nil && found.Type != b.Type
			found, around = b, parent
		}
		for _, n := range b.Blocks {
			walk(n, b)
		}
	}
	walk(rootSpec, nil)
	switch {
	case several || found == nil:
		return ""
	case found.Type == spec.Type && around != nil:
		return within(found) + " of " + within(around)
	}
	return within(found)
}

// didYouMean returns " Did you mean X?" when one of the candidates is close to
// name, else a space and otherwise.
func didYouMean(name string, candidates []string, otherwise string) string {
	if best := rule.Nearest(name, candidates); best != "" {
		return " Did you mean " + best + "?"
	}
	if otherwise == "" {
		return ""
	}
	return " " + otherwise
}

// capital returns s with its first letter in upper case.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
