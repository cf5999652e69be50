package lang

import (
	"bytes"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// How often the bodies of loops may run, in one expression and in all of a
// configuration. A text of 64 bytes that one makes counts as a run.
const (
	maxRuns    = 1 << 18
	maxAllRuns = 1 << 23
	runBytes   = 64
)

// meter stops expressions that would run for ever or fill all memory. What
// HCL's evaluator makes of an expression is measured before it is made.
type meter struct {
	left, all int  // runs that are left to this expression, and to all
	stopped   bool // this expression used up what it had
}

// begin starts the measuring of another expression.
func (m *meter) begin() { m.left, m.stopped = min(maxRuns, m.all), false }

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
	if plain, _ := v.Unmark(); plain.Type() == cty.String && plain.IsKnown() && !plain.IsNull() {
		e.meter.spend(len(plain.AsString()) / runBytes)
	}
	return v, diags
}

// manyParts is how many parts of one template nobody counts.
const manyParts = 64

// watch makes m count the loops and long templates of a tree.
func (m *meter) watch(tree hclsyntax.Node) {
	hclsyntax.VisitAll(tree, func(n hclsyntax.Node) hcl.Diagnostics {
		switch e := n.(type) {
		case *hclsyntax.ForExpr:
			e.CollExpr, e.ValExpr, e.CondExpr = m.count(e.CollExpr), m.count(e.ValExpr), m.count(e.CondExpr)
		case *hclsyntax.TemplateExpr:
			for i := range e.Parts {
				if len(e.Parts) > manyParts {
					e.Parts[i] = m.count(e.Parts[i])
				}
			}
		}
		return nil
	})
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
