package lang

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"hactl/lang/rule"
)

// iteration is one round of a dynamic block, inside others.
type iteration struct {
	parent *iteration
	name   string    // of the iterator; "self" for a block that is decoded for one host
	value  cty.Value // the object of key and value; of self the host
	asked  bool      // of self: an expression uses it
	ctx    *hcl.EvalContext
}

// find returns the round whose iterator has that name, or nil.
func (it *iteration) find(name string) *iteration {
	for ; it != nil; it = it.parent {
		if it.name == name {
			return it
		}
	}
	return nil
}

// within returns ctx with the iterators of it.
func (it *iteration) within(ctx *hcl.EvalContext) *hcl.EvalContext {
	if it == nil {
		return ctx
	}
	child := it.parent.within(ctx).NewChild()
	child.Variables = map[string]cty.Value{it.name: it.value}
	return child
}

// value evaluates an expression. ok is false when it has no value for a reason
// that was reported.
func (l *loader) value(expr hcl.Expression, it *iteration) (cty.Value, bool) {
	if isLiteral(expr) {
		v, diags := expr.Value(nil)
		return v, !diags.HasErrors()
	}
	names := uses{locals: map[string]cty.Value{}, objects: map[*kind]map[string]cty.Value{}}
	sound := true
	for _, t := range expr.Variables() {
		sound = l.use(&names, t, it) && sound
	}
	if !sound {
		return cty.DynamicVal, false
	}
	l.meter.begin()
	v, diags := l.meter.native(expr).Value(l.context(&names, it))
	if l.meter.stopped {
		l.tooMuch(expr.Range())
		return cty.DynamicVal, false
	}
	if diags.HasErrors() {
		l.failed(diags, names.secret, expr.Range())
		return cty.DynamicVal, false
	}
	return v, true
}

// isLiteral reports whether an expression is a number, true, false, null, a
// text without templates, or a list of them. Most are.
func isLiteral(expr hcl.Expression) bool {
	switch e := expr.(type) {
	case *hclsyntax.LiteralValueExpr:
		return true
	case *hclsyntax.TemplateExpr:
		return e.IsStringLiteral()
	case *hclsyntax.TupleConsExpr:
		return !slices.ContainsFunc(e.Exprs, func(e hclsyntax.Expression) bool { return !isLiteral(e) })
	}
	return false
}

// failed reports why an expression has no value. What HCL says may quote
// values, so it is left out when one of them is secret.
func (l *loader) failed(diags hcl.Diagnostics, secret bool, around hcl.Range) {
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		finding := wrap(rule.Evaluation, d, around)
		if better := l.nearer(d); better != "" {
			finding.Detail = better
		}
		if secret {
			finding.Detail = "The expression has no value. It uses a sensitive one, so what is wrong with it is not shown here. Try it with another value."
		}
		l.report(finding)
	}
}

// tooMuch reports an expression that runs too long.
func (l *loader) tooMuch(at hcl.Range) {
	if l.meter.all < -l.most.runs {
		return // said before
	}
	if l.meter.all < 0 {
		l.meter.all = -2 * l.most.runs
	}
	l.report(rule.TooLarge.At(at, fmt.Sprintf("The loops of this expression run more than %d times, those of all expressions more than %d times, or they make more text than that. Make what they run over smaller.", l.most.runs, maxAllRuns)))
}

// uses are the names that one expression uses.
type uses struct {
	locals  map[string]cty.Value
	objects map[*kind]map[string]cty.Value
	cluster bool // a cluster, or all of them
	secret  bool
}

// of returns the objects of kind k.
func (u *uses) of(k *kind) map[string]cty.Value {
	if u.objects[k] == nil {
		u.objects[k] = map[string]cty.Value{}
	}
	return u.objects[k]
}

// context returns the context in which an expression that uses those names is
// evaluated: all names once all are made, those alone before.
func (l *loader) context(names *uses, it *iteration) *hcl.EvalContext {
	if l.scope.settled && !names.cluster {
		if it != nil && it.ctx == nil {
			it.ctx = it.within(l.everything())
		}
		if it != nil {
			return it.ctx
		}
		return l.everything()
	}
	ctx := l.scope.base.NewChild()
	ctx.Variables = map[string]cty.Value{"local": cty.ObjectVal(names.locals)}
	for _, k := range l.scope.kinds {
		if l.scope.settled && k != l.scope.clusters {
			ctx.Variables[k.name] = l.everything().Variables[k.name] // all of them: useAll relies on it
			continue
		}
		ctx.Variables[k.name] = mapOf(k.typ, names.objects[k])
	}
	return it.within(ctx)
}

// use makes the name that t begins with, and reports whether it exists.
func (l *loader) use(names *uses, t hcl.Traversal, it *iteration) bool {
	root := t.RootName()
	if i := it.find(root); i != nil {
		i.asked = true
		return root == "self" || l.useIterator(t, root)
	}
	switch root {
	case "var":
		return l.useVariable(names, t)
	case "local":
		return l.useLocal(names, t)
	}
	if k := l.scope.kind(root); k != nil {
		names.cluster = names.cluster || k == l.scope.clusters
		return l.useObject(k, names.of(k), t)
	}
	l.noRoot(t, root)
	return false
}

// useIterator looks at what follows the name of an iterator.
func (l *loader) useIterator(t hcl.Traversal, root string) bool {
	name, at := second(t)
	if name == "" || name == "key" || name == "value" {
		return true
	}
	if l.scope.kind(root) == nil {
		l.report(rule.Undefined.At(at, fmt.Sprintf("%s is the iterator of a dynamic block, which has key and value only. Write %s.value.%s.", root, root, name)))
		return false
	}
	l.report(rule.Hidden.At(hcl.RangeBetween(t[0].SourceRange(), at), fmt.Sprintf(
		"Inside dynamic %q the name %s means its iterator, with key and value, and hides the %ss. To reach them, write iterator = each_%s in the dynamic block, and each_%s.value for the round's value.", root, root, root, root, root)))
	return false
}

// useVariable looks at var.NAME.
func (l *loader) useVariable(names *uses, t hcl.Traversal) bool {
	name, at := second(t)
	if name == "" {
		return l.bare(t, "var", at)
	}
	if !l.scope.declared[name] {
		if !l.partial {
			l.undefined("variable "+name, "var.", name, at, maps.Keys(l.scope.declared), "Declare it: variable \""+name+"\" {}.")
		}
		return false
	}
	v := l.scope.base.Variables["var"].GetAttr(name)
	names.secret = names.secret || isSecret(v)
	return !absent(v)
}

// useLocal looks at local.NAME.
func (l *loader) useLocal(names *uses, t hcl.Traversal) bool {
	name, at := second(t)
	if name == "" {
		return l.bare(t, "local", at)
	}
	n, ok := l.scope.locals[name]
	if !ok {
		if !l.partial {
			l.undefined("local "+name, "local.", name, at, maps.Keys(l.scope.locals), "Write it in a locals block.")
		}
		return false
	}
	v := l.local(n, hcl.RangeBetween(t[0].SourceRange(), at))
	names.locals[name] = v
	names.secret = names.secret || isSecret(v)
	return !absent(v)
}

// bare reports a use of all variables or locals at once.
func (l *loader) bare(t hcl.Traversal, root string, at hcl.Range) bool {
	l.report(rule.Undefined.At(at, fmt.Sprintf("%s is not a value by itself. Write %s.NAME.", root, root)))
	return false
}

// useObject looks at host.NAME or cluster.NAME, or at all of them.
func (l *loader) useObject(k *kind, into map[string]cty.Value, t hcl.Traversal) bool {
	name, at := second(t)
	whole := hcl.RangeBetween(t[0].SourceRange(), at)
	if name == "" {
		return l.useAll(k, into, whole)
	}
	o, sure := l.find(k, name, whole)
	if o == nil {
		if sure {
			l.undefined(k.name+" "+name, k.name+".", name, whole, l.names(k), "Declare it: "+k.name+" \""+name+"\" {}.")
		}
		return false
	}
	into[name] = l.object(k, o, whole)
	return o.state == finished
}

// useAll makes every block of a kind. It is false when one is missing for a
// reason that was reported.
func (l *loader) useAll(k *kind, into map[string]cty.Value, at hcl.Range) bool {
	if !l.scope.settled || k == l.scope.clusters {
		for it := l.all(k, at).ElementIterator(); it.Next(); {
			name, v := it.Element()
			into[name.AsString()] = v
		}
	}
	return l.whole(k)
}

// names returns the names of all blocks of kind k that are known by now.
func (l *loader) names(k *kind) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, table := range []map[string]*object{k.static, k.generated} {
			for name := range table {
				if !yield(name) {
					return
				}
			}
		}
	}
}

// undefined reports a name that is not declared.
func (l *loader) undefined(what, prefix, name string, at hcl.Range, known iter.Seq[string], otherwise string) {
	if best := l.nearest(name, known); best != "" {
		otherwise = "Did you mean " + prefix + best + "?"
	}
	l.report(rule.Undefined.At(at, fmt.Sprintf("There is no %s. %s", what, otherwise)))
}

// noRoot reports a name that begins no expression.
func (l *loader) noRoot(t hcl.Traversal, root string) {
	at := t[0].SourceRange()
	switch root {
	case "self":
		l.report(rule.Undefined.At(at, "self is the host that a check, notify or upgrade block is evaluated for, and this is none of them. Write host.NAME."))
	case "each":
		l.report(rule.Undefined.At(at, "There is no each. In a dynamic block write the type of the block it makes, as in vip.value, or set iterator."))
	default:
		l.report(rule.Undefined.At(at, fmt.Sprintf("There is no name %s.%s", root,
			didYouMean(root, []string{"var", "local", "host", "check", "notify", "cluster"},
				"An expression begins with var, local, host, check, notify or cluster; a text stands in quotes."))))
	}
}

// second returns the name after the first one of t, and the range of both
// together when there is none: "" for a traversal that ends, or goes on with
// something else.
func second(t hcl.Traversal) (string, hcl.Range) {
	if len(t) < 2 {
		return "", t[0].SourceRange()
	}
	if name := stepName(t[1]); name != "" {
		return name, t[1].SourceRange()
	}
	return "", t[0].SourceRange()
}
