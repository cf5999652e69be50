package lang

import (
	"bytes"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// How often the bodies of loops may run, in one expression and in all of a
// configuration. A text of 64 bytes that one makes counts as a run, and so do 8
// elements of what one runs over, makes, or gives to a function.
const (
	maxRuns     = 1 << 18
	maxAllRuns  = 1 << 23
	runBytes    = 64
	runElements = 8
)

// meter stops expressions that would run for ever or fill all memory. What
// HCL's evaluator makes of an expression is measured before it is made.
type meter struct {
	most      int  // runs that one expression has
	left, all int  // runs that are left to this expression, and to all
	stopped   bool // this expression used up what it had
}

// begin starts the measuring of another expression.
func (m *meter) begin() { m.left, m.stopped = min(m.most, m.all), false }

// spend counts n runs, and reports whether there were as many left.
func (m *meter) spend(n int) bool {
	m.left, m.all = m.left-n, m.all-n
	m.stopped = m.stopped || m.left < 0
	return !m.stopped
}

// metered is an expression that is counted whenever it is evaluated. The one in
// it is in parentheses, so that a walk of the tree still visits it.
type metered struct {
	hclsyntax.Expression
	meter *meter
}

// meter returns expr with m.
func (m *meter) count(expr hclsyntax.Expression) hclsyntax.Expression {
	if expr == nil {
		return nil
	}
	return metered{&hclsyntax.ParenthesesExpr{Expression: expr, SrcRange: expr.Range()}, m}
}

// Value evaluates the expression; once nothing is left it is unknown, at no
// cost, so that the loops around it end soon.
func (e metered) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if !e.meter.spend(1) {
		return cty.DynamicVal, nil
	}
	v, diags := e.Expression.Value(ctx)
	switch plain, _ := v.Unmark(); {
	case plain.IsNull() || !plain.IsKnown():
	case plain.Type() == cty.String:
		e.meter.spend(len(plain.AsString()) / runBytes)
	case plain.CanIterateElements():
		e.meter.spend(plain.LengthInt() / runElements)
	}
	return v, diags
}

// operand is an expression of which the value is walked through by what it is
// given to: a function, or a comparison.
type operand struct{ metered }

// operand returns expr with m.
func (m *meter) operand(expr hclsyntax.Expression) hclsyntax.Expression {
	return operand{metered{&hclsyntax.ParenthesesExpr{Expression: expr, SrcRange: expr.Range()}, m}}
}

// Value evaluates the expression and counts all that its value holds. Once
// nothing is left it is unknown.
func (o operand) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if o.meter.stopped {
		return cty.DynamicVal, nil
	}
	v, diags := o.Expression.Value(ctx)
	room := (max(o.meter.left, 0) + 1) * runBytes
	left := room
	walked(v, &left)
	if !o.meter.spend((room - left) / runBytes) {
		return cty.DynamicVal, diags
	}
	return v, diags
}

// walked takes what it costs to walk through v, in bytes of text, from left, and
// ends early when nothing is left.
func walked(v cty.Value, left *int) {
	v, _ = v.Unmark()
	switch {
	case v.IsNull() || !v.IsKnown():
	case v.Type() == cty.String:
		*left -= len(v.AsString())
	case v.CanIterateElements():
		for it := v.ElementIterator(); *left >= 0 && it.Next(); {
			_, e := it.Element()
			*left -= runBytes / runElements
			walked(e, left)
		}
	}
}

// manyParts is how many parts of one template nobody counts.
const manyParts = 64

// watch makes m count the loops and long templates of a tree, and what functions
// and comparisons are given inside of loops.
func (m *meter) watch(tree hclsyntax.Node) { hclsyntax.Walk(tree, &watcher{meter: m}) }

// watcher is a walk through a tree.
type watcher struct {
	meter *meter
	loops int // around the node
}

// Enter makes the meter count what the node evaluates.
func (w *watcher) Enter(n hclsyntax.Node) hcl.Diagnostics {
	m := w.meter
	switch e := n.(type) {
	case *hclsyntax.ForExpr:
		w.loops++
		e.CollExpr, e.ValExpr, e.CondExpr = m.count(e.CollExpr), m.count(e.ValExpr), m.count(e.CondExpr)
	case *hclsyntax.TemplateExpr:
		for i := range e.Parts {
			if len(e.Parts) > manyParts {
				e.Parts[i] = m.count(e.Parts[i])
			}
		}
	case *hclsyntax.SplatExpr:
		e.Source = m.count(e.Source)
	case *hclsyntax.FunctionCallExpr:
		for i := range e.Args {
			if w.loops > 0 {
				e.Args[i] = m.operand(e.Args[i])
			}
		}
	case *hclsyntax.BinaryOpExpr:
		if w.loops > 0 && (e.Op == hclsyntax.OpEqual || e.Op == hclsyntax.OpNotEqual) {
			e.LHS, e.RHS = m.operand(e.LHS), m.operand(e.RHS)
		}
	}
	return nil
}

// Exit leaves a loop.
func (w *watcher) Exit(n hclsyntax.Node) hcl.Diagnostics {
	if _, ok := n.(*hclsyntax.ForExpr); ok {
		w.loops--
	}
	return nil
}

// watchText is watch for a tree of which the text is known: few have loops.
func (m *meter) watchText(tree hclsyntax.Node, text []byte) {
	if bytes.Contains(text, []byte("for")) || bytes.Count(text, []byte("${")) > manyParts {
		m.watch(tree)
	}
}

// native returns an expression of HCL's JSON syntax whose texts hold loops as
// one of the native syntax, which can be watched. Others stay what they are.
func (m *meter) native(expr hcl.Expression) hcl.Expression {
	if _, ok := expr.(hclsyntax.Expression); ok {
		return expr
	}
	v, diags := expr.Value(nil) // texts as they are written
	if diags.HasErrors() || !hasLoop(v) {
		return expr
	}
	made := convertJSON(expr)
	if made == nil {
		return expr
	}
	m.watch(made)
	return made
}

// hasLoop reports whether a text in v may be a template with a loop, or a long
// one.
func hasLoop(v cty.Value) bool {
	found := false
	cty.Walk(v, func(p cty.Path, v cty.Value) (bool, error) {
		texts := []cty.Value{v}
		if len(p) > 0 {
			if index, ok := p[len(p)-1].(cty.IndexStep); ok {
				texts = append(texts, index.Key)
			} else if attr, ok := p[len(p)-1].(cty.GetAttrStep); ok {
				texts = append(texts, cty.StringVal(attr.Name))
			}
		}
		for _, t := range texts {
			if t.Type() == cty.String && !t.IsNull() && t.IsKnown() {
				s := t.AsString()
				found = found || strings.Contains(s, "for") && strings.Contains(s, "{") || strings.Count(s, "${") > manyParts
			}
		}
		return !found, nil
	})
	return found
}

// convertJSON returns what expr, of HCL's JSON syntax, means; nil when it can't
// be parsed.
func convertJSON(expr hcl.Expression) hclsyntax.Expression {
	at := expr.Range()
	if all, diags := hcl.ExprList(expr); !diags.HasErrors() {
		list := &hclsyntax.TupleConsExpr{SrcRange: at, OpenRange: at}
		for _, e := range all {
			made := convertJSON(e)
			if made == nil {
				return nil
			}
			list.Exprs = append(list.Exprs, made)
		}
		return list
	}
	if pairs, diags := hcl.ExprMap(expr); !diags.HasErrors() {
		object := &hclsyntax.ObjectConsExpr{SrcRange: at, OpenRange: at}
		for _, p := range pairs {
			key, value := convertJSON(p.Key), convertJSON(p.Value)
			if key == nil || value == nil {
				return nil
			}
			object.Items = append(object.Items, hclsyntax.ObjectConsItem{KeyExpr: key, ValueExpr: value})
		}
		return object
	}
	v, diags := expr.Value(nil)
	if diags.HasErrors() {
		return nil
	}
	if v.Type() != cty.String || v.IsNull() {
		return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: at}
	}
	start := at.Start
	start.Byte, start.Column = start.Byte+1, start.Column+1 // behind the quotes
	made, diags := hclsyntax.ParseTemplate([]byte(v.AsString()), at.Filename, start)
	if diags.HasErrors() {
		return nil
	}
	return made
}
