package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"hactl/compiler"
	"hactl/lang"
)

// jsonOf writes a configuration file in HCL's JSON syntax.
func jsonOf(t *testing.T, text []byte) []byte {
	file, diags := hclsyntax.ParseConfig(text, "main.ha.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return encoded(t, jsonBody(file.Body.(*hclsyntax.Body), text))
}

func jsonBody(b *hclsyntax.Body, text []byte) map[string]any {
	object := map[string]any{"//": "written by a test"}
	for name, a := range b.Attributes {
		object[name] = jsonValue(name, a.Expr, text)
	}
	for _, n := range b.Blocks {
		var body any = jsonBody(n.Body, text)
		for _, label := range slices.Backward(n.Labels) {
			body = map[string]any{label: body}
		}
		list, _ := object[n.Type].([]any)
		object[n.Type] = append(list, body)
	}
	return object
}

// jsonValue writes literals as such, and every other expression as a text. Types
// and iterators are words, not expressions.
func jsonValue(name string, e hclsyntax.Expression, text []byte) any {
	source := string(e.Range().SliceBytes(text))
	switch e := e.(type) {
	case *hclsyntax.TupleConsExpr:
		list := []any{}
		for _, element := range e.Exprs {
			list = append(list, jsonValue("", element, text))
		}
		return list
	case *hclsyntax.ScopeTraversalExpr, *hclsyntax.FunctionCallExpr:
		if name == "type" || name == "iterator" {
			return source
		}
	}
	if v, diags := e.Value(nil); !diags.HasErrors() && v.Type().IsPrimitiveType() && !v.IsNull() {
		switch v.Type() {
		case cty.String:
			return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(v.AsString())
		case cty.Bool:
			return v.True()
		}
		return json.Number(v.AsBigFloat().Text('f', -1))
	}
	return "${" + source + "}"
}

// hashes returns the hash of each host's plan, or the findings, of a folder whose
// one configuration file is replaced.
func hashes(t *testing.T, dir, name string, text []byte) string {
	t.Helper()
	folder := fstest.MapFS{name: {Data: text}}
	others, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range others {
		if data, err := os.ReadFile(dir + "/" + o.Name()); err == nil && !strings.HasSuffix(o.Name(), ".ha.hcl") {
			folder[o.Name()] = &fstest.MapFile{Data: data}
		}
	}
	config, found := lang.Load(folder, lang.Options{})
	result, more := compiler.Compile(config)
	var b strings.Builder
	for _, d := range append(found, more...) {
		fmt.Fprintf(&b, "%s: %s\n", d.Summary, d.Detail)
	}
	for _, host := range slices.Sorted(maps.Keys(result.Plans)) {
		fmt.Fprintf(&b, "%s %s\n", host, result.Plans[host].Hash())
	}
	return b.String()
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
