package lang

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"

	"hactl/lang/rule"
)

// give finds the value for each variable from outside.
func (l *loader) give(declared map[string]*variable, opts Options) {
	for _, name := range slices.Sorted(maps.Keys(opts.Environment)) {
		if v := declared[name]; v != nil {
			l.giveText(v, "HACTL_VAR_"+name, opts.Environment[name])
		}
	}
	for _, f := range opts.VarFiles {
		l.giveFile(declared, f)
	}
	for _, a := range opts.Variables {
		from := "--var " + a.Name
		if v := declared[a.Name]; v != nil {
			l.giveText(v, from, a.Value)
		} else if !l.partial {
			l.report(rule.NoVariable.At(start(from), fmt.Sprintf("%s gives a value to a variable that no block declares.%s", from,
				l.didYouMean(a.Name, maps.Keys(declared), "Declare it, or leave the flag out."))))
		}
	}
}

// start returns the beginning of a text.
func start(name string) hcl.Range {
	return hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}
}

// giveText gives a variable a text from the command line or environment: taken
// literally for a variable that is a single value, as an expression otherwise.
func (l *loader) giveText(v *variable, from, text string) {
	v.given = &given{from: from, at: start(from), text: text}
	if !v.sensitive {
		l.config.Sources[from] = []byte(text)
	}
	if !v.typed || v.typ.IsPrimitiveType() {
		return
	}
	if at, why := tooDeep(from, []byte(text), false); why != "" {
		l.report(rule.TooLarge.At(at, why))
		v.broken = true
		return
	}
	expr, diags := hclsyntax.ParseExpression([]byte(text), from, hcl.InitialPos)
	if diags.HasErrors() {
		v.broken = true
		l.report(rule.BadValue.At(start(from), fmt.Sprintf("%s is no expression of type %s. Write it as in a configuration, in quotes for the shell.", from, typeexpr.TypeString(v.typ))))
		return
	}
	l.meter.watchText(expr, []byte(text))
	v.given.expr = expr
}

// giveFile gives variables the values of one file.
func (l *loader) giveFile(declared map[string]*variable, f VarFile) {
	if err := isText(f.Bytes); err != nil {
		l.report(rule.Unreadable.At(start(f.Name), fmt.Sprintf("%s can't be read: %s. Give a text file.", f.Name, err)))
		return
	}
	text := bytes.Clone(f.Bytes)
	l.config.Sources[f.Name] = text
	attrs, ok := l.varFields(f.Name, text)
	secrets := l.partial || slices.ContainsFunc(slices.Collect(maps.Values(declared)), func(v *variable) bool { return v.sensitive })
	if !ok && secrets {
		l.maskValues(f.Name, text, strings.HasSuffix(f.Name, ".json"), func(name string) bool { return declared[name] != nil })
	}
	for _, field := range attrs {
		v := declared[field.name]
		if ok && secrets && (v == nil || v.sensitive) {
			l.mask(f.Name, span{field.expr.Range().Start.Byte, field.expr.Range().End.Byte})
		}
		switch {
		case v != nil:
			v.given = &given{from: f.Name, at: field.expr.Range(), expr: field.expr}
		case !l.partial:
			l.report(rule.UnusedValue.At(field.at, fmt.Sprintf("No block declares a variable of this name.%s",
				l.didYouMean(field.name, maps.Keys(declared), "Declare it, or take it out."))))
		}
	}
}

// varFields parses a file of values. ok is false when something else stands in
// it too, or instead, which was reported.
func (l *loader) varFields(name string, text []byte) (all []field, ok bool) {
	isJSON := strings.HasSuffix(name, ".json")
	if at, why := l.tooLarge(name, text, isJSON); why != "" {
		l.report(rule.TooLarge.At(at, why))
		return nil, false
	}
	var file *hcl.File
	var diags hcl.Diagnostics
	if isJSON {
		blankMark(text)
		file, diags = json.Parse(text, name)
	} else {
		file, diags = hclsyntax.ParseConfig(text, name, hcl.InitialPos)
	}
	if diags.HasErrors() {
		l.report(wrap(rule.Syntax, diags[0], start(name)))
		return nil, false
	}
	if body, ok := file.Body.(*hclsyntax.Body); ok {
		l.meter.watchText(body, text)
	}
	attrs, diags := file.Body.JustAttributes()
	l.reportAll(rule.WrongForm, diags, start(name))
	return jsonFields(attrs), !diags.HasErrors()
}
