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

// nearer says better than HCL what has no value: an element or attribute that
// does not exist, or a function. It is empty when HCL says it well.
func (l *loader) nearer(d *hcl.Diagnostic) string {
	switch e := d.Expression.(type) {
	case *hclsyntax.FunctionCallExpr:
		if _, ok := l.functions[e.Name]; !ok && d.EvalContext != nil {
			return "There is no function " + e.Name + "." + didYouMean(e.Name, slices.Collect(maps.Keys(l.functions)), "Functions are those of the specification, section 5.2.")
		}
	case *hclsyntax.ScopeTraversalExpr:
		return l.missing(e.Traversal, d.EvalContext)
	}
	return ""
}

// missing says which step of t leads nowhere, and where it could lead.
func (l *loader) missing(t hcl.Traversal, ctx *hcl.EvalContext) string {
	path, at := t.RootName(), cty.NilVal
	for i := range t {
		v, diags := t[:i+1].TraverseAbs(ctx)
		name := stepName(t[i])
		switch {
		case !diags.HasErrors():
			at = v
			if i > 0 {
				path += "." + name
			}
			continue
		case at == cty.NilVal || name == "" || l.compared > l.most.compared:
			return ""
		}
		names, ok := namesIn(at)
		if !ok {
			return ""
		}
		l.compared += len(names)
		return fmt.Sprintf("%s has no %s.%s", path, name, didYouMean(name, names, "It has "+rule.List(names)+"."))
	}
	return ""
}

// nearest returns the known name that name was most likely meant to be, or "".
func (l *loader) nearest(name string, known iter.Seq[string]) string {
	if l.compared > l.most.compared {
		return ""
	}
	all := slices.Collect(known)
	l.compared += len(all)
	return rule.Nearest(name, all)
}

// didYouMean is the function of that name for what a configuration may declare
// any number of.
func (l *loader) didYouMean(name string, known iter.Seq[string], otherwise string) string {
	if best := l.nearest(name, known); best != "" {
		otherwise = "Did you mean " + best + "?"
	}
	return " " + otherwise
}

// namesIn returns the names of what an object or map holds.
func namesIn(v cty.Value) (names []string, ok bool) {
	v, _ = v.Unmark()
	switch t := v.Type(); {
	case t.IsObjectType():
		return slices.Sorted(maps.Keys(t.AttributeTypes())), true
	case t.IsMapType() && v.IsKnown() && !v.IsNull():
		return slices.Sorted(maps.Keys(v.AsValueMap())), true
	}
	return nil, false
}

// stepName returns the name that a step of a traversal gives, or "".
func stepName(step hcl.Traverser) string {
	switch s := step.(type) {
	case hcl.TraverseRoot:
		return s.Name
	case hcl.TraverseAttr:
		return s.Name
	case hcl.TraverseIndex:
		if s.Key.Type() == cty.String && s.Key.IsKnown() && !s.Key.IsNull() && !s.Key.IsMarked() {
			return s.Key.AsString()
		}
	}
	return ""
}
