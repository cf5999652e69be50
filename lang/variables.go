package lang

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"hactl/lang/rule"
)

// variable is one declared variable.
type variable struct {
	name        string
	at          hcl.Range // of the header
	typ         cty.Type
	typed       bool // a type was written
	defaults    *typeexpr.Defaults
	fallback    *given // the default; nil: the variable must be given
	sensitive   bool
	validations []*section
	given       *given
	broken      bool // what is wrong was reported
}

// given is a value for a variable and where it comes from.
type given struct {
	from  string // "--var vrid"; for a file, its name
	at    hcl.Range
	expr  hcl.Expression // nil when text is taken literally
	text  string
	value cty.Value // once evaluated
}

// variables evaluates the variables and makes the base of every context.
func (l *loader) variables(sections []*section, opts Options) {
	l.scope.base = &hcl.EvalContext{Functions: l.functions, Variables: map[string]cty.Value{}}
	l.scope.declared = map[string]bool{}
	declared := map[string]*variable{}
	for _, s := range sections {
		if v := l.variable(s, declared); v != nil {
			declared[v.name] = v
			l.scope.declared[v.name] = true
		}
	}
	l.give(declared, opts)
	names := slices.Sorted(maps.Keys(declared))
	values := map[string]cty.Value{}
	for _, name := range names {
		values[name] = l.settle(declared[name])
	}
	l.scope.base.Variables["var"] = cty.ObjectVal(values)
	for _, name := range names {
		l.validate(declared[name])
	}
}

// variable reads one declaration.
func (l *loader) variable(s *section, declared map[string]*variable) *variable {
	spec := rootSpec.Block("variable")
	name, ok := l.label(made{section: s}, spec)
	switch {
	case !ok:
		l.maskBody(s.body)
		return nil
	case !hclsyntax.ValidIdentifier(name):
		l.report(rule.BadName.At(s.labelRange(), fmt.Sprintf("%q can't be a variable's name, since var.%s must be written: use letters, digits, \"_\" and \"-\", beginning with a letter.", name, name)))
		l.maskBody(s.body)
		return nil
	case declared[name] != nil:
		l.duplicate("variable \""+name+"\"", s.labelRange(), declared[name].at)
		l.maskBody(s.body)
		return nil
	}
	v := &variable{name: name, at: s.header, typ: cty.DynamicPseudoType}
	b := newBlock(nil, spec)
	b.header, b.labelRange = s.header, s.labelRange()
	c := l.open(s.body, spec)
	for _, f := range c.fields {
		l.variableField(v, b, f)
	}
	v.sensitive = v.sensitive || slices.ContainsFunc(c.strange, func(name string) bool { return rule.Nearest(name, []string{"sensitive"}) != "" })
	for _, f := range c.fields {
		if f.name == "default" && v.sensitive {
			l.maskExpr(f.expr)
		}
	}
	for _, n := range c.sections {
		if n.typ == "dynamic" {
			l.report(rule.BadDynamic.At(n.header, "A variable block can't hold dynamic blocks. Write the validation out."))
			continue
		}
		v.validations = append(v.validations, n)
	}
	return v
}

// variableField reads one attribute of a declaration, which is constant.
func (l *loader) variableField(v *variable, b *Block, f field) {
	if f.name == "type" {
		l.variableType(v, f)
		return
	}
	if used := f.expr.Variables(); len(used) > 0 {
		v.broken = true
		l.report(rule.BadVariable.At(used[0].SourceRange(), fmt.Sprintf("%s of a variable is a constant. Write the value itself, or use a local.", f.name)))
		return
	}
	if f.name == "default" {
		v.fallback = &given{from: "default", at: f.expr.Range(), expr: f.expr}
		return
	}
	i := b.spec.Attribute(f.name)
	b.attributes[i] = l.attribute(&b.spec.Attributes[i], f, nil)
	if f.name == "sensitive" {
		v.sensitive = b.Bool("sensitive").V || b.Broken("sensitive")
	}
}

// variableType reads the type of a variable.
func (l *loader) variableType(v *variable, f field) {
	typ, defaults, diags := typeexpr.TypeConstraintWithDefaults(f.expr)
	if diags.HasErrors() {
		v.broken = true
		l.report(wrap(rule.BadVariable, diags[0], f.expr.Range()))
		return
	}
	v.typ, v.defaults, v.typed = typ, defaults, true
}

// settle returns the value of a variable, DynamicVal when there is none for a
// reason that was reported.
func (l *loader) settle(v *variable) cty.Value {
	if v.fallback != nil && !v.broken {
		l.evaluateGiven(v, v.fallback)
	}
	if v.given == nil {
		v.given = v.fallback
	} else if !v.broken {
		l.evaluateGiven(v, v.given)
	}
	switch {
	case v.broken:
		return cty.DynamicVal
	case v.given == nil:
		v.broken = true
		l.report(rule.NoValue.At(v.at, fmt.Sprintf("var.%s has neither a default nor a value. Give it one: --var %s=VALUE, a file named by --var-file, or HACTL_VAR_%s in the environment.", v.name, v.name, v.name)))
		return cty.DynamicVal
	case v.sensitive:
		return v.given.value.Mark(secret{})
	}
	return v.given.value
}

// evaluateGiven evaluates a value and converts it to the variable's type.
func (l *loader) evaluateGiven(v *variable, g *given) {
	value := cty.StringVal(g.text)
	if g.expr != nil {
		l.meter.begin()
		var diags hcl.Diagnostics
		if value, diags = g.expr.Value(nil); l.meter.stopped {
			v.broken = true
			l.tooMuch(g.at)
			return
		}
		if diags.HasErrors() {
			v.broken = true
			l.failed(diags[:1], v.sensitive, g.at)
			return
		}
	}
	if v.defaults != nil && !value.IsNull() {
		value = v.defaults.Apply(value)
	}
	value, err := convert.Convert(value, v.typ)
	switch {
	case err != nil:
		l.badValue(v, g, err)
		return
	case heavy(value):
		v.broken = true
		l.report(rule.TooLarge.At(g.at, fmt.Sprintf("var.%s holds more than %d values or bytes. Make it smaller.", v.name, maxWeight)))
		return
	}
	g.value = value
	if g.expr != nil {
		g.value = annotate(g.expr, value)
	}
}

// badValue reports a value that the variable's type does not allow.
func (l *loader) badValue(v *variable, g *given, err error) {
	v.broken = true
	why := "it is not"
	if !v.sensitive {
		why = err.Error()
	}
	l.report(rule.BadValue.At(g.at, fmt.Sprintf("var.%s must be of type %s: %s. Change the value, or the type.", v.name, typeexpr.TypeString(v.typ), why),
		rule.Related{Message: "var." + v.name + " is declared here", Range: v.at}))
}

// validate evaluates the variable's validation blocks.
func (l *loader) validate(v *variable) {
	spec := rootSpec.Block("variable").Block("validation")
	for _, s := range v.validations {
		b := l.decode(nil, spec, made{section: s, shared: true})
		var condition, message hcl.Expression
		for _, f := range l.openOnce(s.body, spec).fields {
			if f.name == "condition" {
				condition = f.expr
			} else {
				message = f.expr
			}
		}
		if b.Has("condition") && b.Has("error_message") && !v.broken {
			l.check(v, condition, message)
		}
	}
}

// check reports the variable's value when the condition is false.
func (l *loader) check(v *variable, condition, message hcl.Expression) {
	for _, t := range slices.Concat(condition.Variables(), message.Variables()) {
		if t.RootName() != "var" {
			l.report(rule.BadVariable.At(t.SourceRange(), "A validation may use variables only. Write var.NAME."))
			return
		}
	}
	verdict, ok := l.value(condition, nil)
	if !ok {
		return
	}
	verdict, _ = verdict.UnmarkDeep()
	if verdict.IsNull() || !verdict.IsKnown() || verdict.Type() != cty.Bool {
		l.report(rule.BadVariable.At(condition.Range(), "condition is neither true nor false. Compare the value with something."))
		return
	}
	if verdict.True() {
		return
	}
	if reason, ok := l.reason(message); ok {
		l.report(rule.Refused.At(v.given.at, fmt.Sprintf("var.%s is refused: %s", v.name, reason),
			rule.Related{Message: "The condition stands here", Range: condition.Range()}))
	}
}

// reason returns the text of an error_message. ok is false when it has none for
// a reason that was reported.
func (l *loader) reason(message hcl.Expression) (string, bool) {
	text, ok := l.value(message, nil)
	switch {
	case !ok:
		return "", false
	case isSecret(text):
		return "its validation block says so, in words that use a sensitive value.", true
	}
	text, _ = text.UnmarkDeep()
	if !text.IsKnown() || text.IsNull() || text.Type() != cty.String || text.AsString() == "" {
		l.report(rule.BadVariable.At(message.Range(), "error_message is no text. Write a sentence in quotes."))
		return "", false
	}
	return strings.TrimSuffix(text.AsString(), ".") + ".", true
}
