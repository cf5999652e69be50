package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"
)

// goSource is what Go files say about their types: comments, and the constants that
// are a type's only values.
type goSource struct {
	comments map[string]string // by "package.Type" and "package.Type.Field"
	values   map[string][]any  // by "package.Type"
}

// readSource reads the Go files of folders, each under the path of its package.
func readSource(t *testing.T, folders map[string]string) goSource {
	s := goSource{comments: map[string]string{}, values: map[string][]any{}}
	for path, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(folder, err)
		}
		for _, name := range files {
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range f.Decls {
				if d, ok := d.(*ast.GenDecl); ok {
					s.declaration(path, d)
				}
			}
		}
	}
	return s
}

// declaration takes note of types and typed constants.
func (s goSource) declaration(path string, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			name := path + "." + spec.Name.Name
			s.comments[name] = plainText(d.Doc, spec.Doc, spec.Comment)
			if st, ok := spec.Type.(*ast.StructType); ok {
				s.fields(name, st)
			}
		case *ast.ValueSpec:
			typ, typed := spec.Type.(*ast.Ident)
			if d.Tok != token.CONST || !typed {
				continue
			}
			for _, v := range spec.Values {
				if lit, ok := v.(*ast.BasicLit); ok {
					s.values[path+"."+typ.Name] = append(s.values[path+"."+typ.Name], constantOf(lit))
				}
			}
		}
	}
}

func (s goSource) fields(name string, st *ast.StructType) {
	for _, f := range st.Fields.List {
		for _, n := range f.Names {
			s.comments[name+"."+n.Name] = plainText(f.Doc, f.Comment)
		}
	}
}

// plainText joins comments and their lines.
func plainText(groups ...*ast.CommentGroup) string {
	var all []string
	for _, g := range groups {
		all = append(all, strings.Fields(g.Text())...)
	}
	return strings.Join(all, " ")
}

// constantOf returns a text or a whole number.
func constantOf(lit *ast.BasicLit) any {
	if text, err := strconv.Unquote(lit.Value); err == nil && lit.Kind == token.STRING {
		return text
	}
	n, _ := strconv.Atoi(lit.Value)
	return n
}

// comment is the LookupComment of a jsonschema.Reflector.
func (s goSource) comment(t reflect.Type, field string) string {
	name := t.PkgPath() + "." + t.Name()
	if field != "" {
		name += "." + field
	}
	return s.comments[name]
}

// enum is the Mapper of a jsonschema.Reflector: types whose constants are all there
// is.
func (s goSource) enum(t reflect.Type) *jsonschema.Schema {
	values := s.values[t.PkgPath()+"."+t.Name()]
	if len(values) == 0 || t.Kind() != reflect.String && t.Kind() != reflect.Int {
		return nil
	}
	return &jsonschema.Schema{Enum: values, Description: s.comment(t, "")}
}
