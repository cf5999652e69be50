package lang

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

var pathParameter = function.Parameter{Name: "path", Type: cty.String}

// fileFunction returns file(path): the text of a file.
func fileFunction(files readable) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{pathParameter},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			text, err := files.read(args[0].AsString())
			if err != nil {
				return cty.UnknownVal(cty.String), err
			}
			return cty.StringVal(string(text)), nil
		},
	})
}

// fileExistsFunction returns fileexists(path).
func fileExistsFunction(files readable) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{pathParameter},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			fsys, file, err := files.find(args[0].AsString())
			if err != nil {
				return cty.UnknownVal(cty.Bool), err
			}
			info, err := fs.Stat(fsys, file)
			return cty.BoolVal(err == nil && !info.IsDir()), nil
		},
	})
}

// templateFileFunction returns templatefile(path, vars). Templates have the
// functions of all, but can't render templates themselves.
func templateFileFunction(files readable, all map[string]function.Function, m *meter) function.Function {
	inner := maps.Clone(all)
	inner["templatefile"] = function.New(&function.Spec{
		Params: []function.Parameter{pathParameter, {Name: "vars", Type: cty.DynamicPseudoType}},
		Type: func([]cty.Value) (cty.Type, error) {
			return cty.DynamicPseudoType, errors.New("a template can't render another one")
		},
	})
	return function.New(&function.Spec{
		Params: []function.Parameter{pathParameter, {Name: "vars", Type: cty.DynamicPseudoType}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			text, err := files.read(args[0].AsString())
			if err != nil {
				return cty.UnknownVal(cty.String), err
			}
			return render(args[0].AsString(), text, args[1], inner, m)
		},
	})
}

// render renders one template.
func render(name string, text []byte, vars cty.Value, functions map[string]function.Function, m *meter) (cty.Value, error) {
	none := cty.UnknownVal(cty.String)
	if vars.IsNull() || !vars.Type().IsObjectType() && !vars.Type().IsMapType() {
		return none, errors.New("the second argument is no object of the template's variables")
	}
	if err := few(parts(text)); err != nil {
		return none, fmt.Errorf("the template %q is too long: %w", name, err)
	}
	if suspicious(text) {
		tokens, _ := hclsyntax.LexTemplate(text, name, hcl.InitialPos)
		if _, why := tokensTooDeep(tokens); why != "" {
			return none, fmt.Errorf("the template %q is too deep: %s", name, strings.TrimSuffix(why, "."))
		}
	}
	expr, diags := hclsyntax.ParseTemplate(text, name, hcl.InitialPos)
	if diags.HasErrors() {
		return none, diags
	}
	m.watchText(expr, text)
	values := vars.AsValueMap()
	for _, t := range expr.Variables() {
		if _, ok := values[t.RootName()]; !ok {
			return none, fmt.Errorf("%s: the template uses %s, which the second argument lacks", t.SourceRange(), t.RootName())
		}
	}
	v, diags := expr.Value(&hcl.EvalContext{Variables: values, Functions: functions})
	if diags.HasErrors() {
		return none, diags
	}
	v, err := convert.Convert(v, cty.String)
	if err != nil {
		return none, fmt.Errorf("the template %q gives no text: %w", name, err)
	}
	return v, nil
}
