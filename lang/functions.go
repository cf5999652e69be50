package lang

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// functions returns the functions of expressions. Files are read from fsys.
func functions(fsys fs.FS) map[string]function.Function {
	all := pureFunctions()
	all["file"] = fileFunction(fsys)
	all["fileexists"] = fileExistsFunction(fsys)
	all["templatefile"] = templateFileFunction(fsys, all)
	return all
}

// pureFunctions returns the functions that read nothing.
func pureFunctions() map[string]function.Function {
	return map[string]function.Function{
		"abs": stdlib.AbsoluteFunc, "can": tryfunc.CanFunc, "ceil": stdlib.CeilFunc, "chomp": stdlib.ChompFunc,
		"chunklist": stdlib.ChunklistFunc, "cidrhost": cidrHost, "cidrnetmask": cidrNetmask, "cidrsubnet": cidrSubnet,
		"cidrsubnets": cidrSubnets, "coalesce": stdlib.CoalesceFunc, "coalescelist": stdlib.CoalesceListFunc,
		"compact": stdlib.CompactFunc, "concat": stdlib.ConcatFunc, "contains": stdlib.ContainsFunc,
		"csvdecode": stdlib.CSVDecodeFunc, "distinct": stdlib.DistinctFunc, "element": stdlib.ElementFunc,
		"flatten": stdlib.FlattenFunc, "floor": stdlib.FloorFunc,
		"format": guarded(stdlib.FormatFunc, narrow), "formatdate": stdlib.FormatDateFunc,
		"formatlist": guarded(stdlib.FormatListFunc, narrow), "indent": guarded(stdlib.IndentFunc, shortIndent),
		"index": stdlib.IndexFunc, "join": stdlib.JoinFunc, "jsondecode": guarded(stdlib.JSONDecodeFunc, shallow),
		"jsonencode": stdlib.JSONEncodeFunc, "keys": stdlib.KeysFunc, "length": stdlib.LengthFunc, "log": stdlib.LogFunc,
		"lookup": stdlib.LookupFunc, "lower": stdlib.LowerFunc, "max": stdlib.MaxFunc, "merge": stdlib.MergeFunc,
		"min": stdlib.MinFunc, "parseint": stdlib.ParseIntFunc, "pow": stdlib.PowFunc, "range": stdlib.RangeFunc,
		"regex": stdlib.RegexFunc, "regexall": stdlib.RegexAllFunc, "regexreplace": stdlib.RegexReplaceFunc,
		"replace": stdlib.ReplaceFunc, "reverse": stdlib.ReverseListFunc, "setintersection": stdlib.SetIntersectionFunc,
		"setproduct": guarded(stdlib.SetProductFunc, smallProduct), "setsubtract": stdlib.SetSubtractFunc,
		"setsymmetricdifference": stdlib.SetSymmetricDifferenceFunc, "setunion": stdlib.SetUnionFunc,
		"signum": stdlib.SignumFunc, "slice": stdlib.SliceFunc, "sort": stdlib.SortFunc, "split": stdlib.SplitFunc,
		"strlen": stdlib.StrlenFunc, "strrev": stdlib.ReverseFunc, "substr": stdlib.SubstrFunc,
		"timeadd": stdlib.TimeAddFunc, "title": stdlib.TitleFunc, "tobool": stdlib.MakeToFunc(cty.Bool),
		"tolist": stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)), "tomap": stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
		"tonumber": guarded(stdlib.MakeToFunc(cty.Number), shortNumber), "toset": stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)),
		"tostring": guarded(stdlib.MakeToFunc(cty.String), shortNumber), "trim": stdlib.TrimFunc,
		"trimprefix": stdlib.TrimPrefixFunc, "trimspace": stdlib.TrimSpaceFunc, "trimsuffix": stdlib.TrimSuffixFunc,
		"try": tryfunc.TryFunc, "upper": stdlib.UpperFunc, "values": stdlib.ValuesFunc,
		"yamldecode": guarded(ctyyaml.YAMLDecodeFunc, shallowYAML), "yamlencode": ctyyaml.YAMLEncodeFunc,
		"zipmap": stdlib.ZipmapFunc,
	}
}

// guarded returns f with a look at its arguments, all known and without marks,
// before f sees them.
func guarded(f function.Function, refuse func(args []cty.Value) error) function.Function {
	check := func(args []cty.Value) error {
		plain := make([]cty.Value, len(args))
		for i, a := range args {
			plain[i], _ = a.UnmarkDeep()
			if !plain[i].IsWhollyKnown() || plain[i].IsNull() {
				return nil
			}
		}
		return refuse(plain)
	}
	return function.New(&function.Spec{
		Params:   f.Params(),
		VarParam: f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if err := check(args); err != nil {
				return cty.DynamicPseudoType, err
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(args) },
	})
}

var wideVerb = regexp.MustCompile(`%[^a-zA-Z%]*[0-9]{4,}`)

// narrow refuses formats that pad to thousands of characters.
func narrow(args []cty.Value) error {
	if args[0].Type() == cty.String && wideVerb.MatchString(args[0].AsString()) {
		return errors.New("a width or precision above 999 is too large")
	}
	return nil
}

// shortIndent refuses to indent by thousands of spaces.
func shortIndent(args []cty.Value) error {
	if n, _ := args[0].AsBigFloat().Int64(); n > 999 {
		return errors.New("more than 999 spaces are too many")
	}
	return nil
}

// shortNumber refuses to write out numbers of thousands of digits.
func shortNumber(args []cty.Value) error {
	switch a := args[0]; {
	case a.Type() == cty.Number && isLong(a), a.Type() == cty.String && hugeNumber.MatchString(a.AsString()):
		return errors.New("the number has too many digits")
	}
	return nil
}

// hugeInside matches a document that holds a number of that kind as a value.
var hugeInside = regexp.MustCompile(`(^|[\s:\[,])-?[0-9][0-9.]*[eE][-+]?[0-9]{4,}([\s,\]}]|$)`)

// smallProduct refuses products of more than a million elements.
func smallProduct(args []cty.Value) error {
	n := big.NewInt(1)
	for _, a := range args {
		n.Mul(n, big.NewInt(int64(a.LengthInt())))
	}
	if n.Cmp(big.NewInt(1<<20)) > 0 {
		return fmt.Errorf("%s elements are too many", n)
	}
	return nil
}

// shallow refuses JSON that is nested too deep.
func shallow(args []cty.Value) error {
	text := args[0].AsString()
	if hugeInside.MatchString(text) {
		return errors.New("a number in it has too many digits")
	}
	if deep([]byte(text)) {
		return errors.New("it is nested more than " + strconv.Itoa(maxDepth) + " deep")
	}
	return nil
}

// deep reports whether brackets are nested too deep, outside texts in double
// quotes.
func deep(text []byte) bool {
	depth, inText := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case inText:
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		}
		if depth > maxDepth {
			return true
		}
	}
	return false
}

var deepBlock = regexp.MustCompile(`(?m)^[ \t]*([-?:][ \t]+){250}|^ {1000}`)

// shallowYAML refuses YAML that is nested too deep, or has aliases, which can
// make a small text stand for a huge value.
func shallowYAML(args []cty.Value) error {
	text := []byte(args[0].AsString())
	switch {
	case len(text) > 1<<20:
		return errors.New("it is larger than 1 MiB")
	case brackets(text) > maxDepth || deepBlock.Match(text):
		return errors.New("it is nested more than " + strconv.Itoa(maxDepth) + " deep")
	case hugeInside.Match(text):
		return errors.New("a number in it has too many digits")
	case yamlAlias.Match(text):
		return errors.New("aliases (*name) are not supported: write the value out")
	}
	return nil
}

var yamlAlias = regexp.MustCompile(`(?m)(^|[\s\[,:-])\*[^\s*/]`)

// brackets returns how many more brackets are opened than closed, at most.
func brackets(text []byte) int {
	depth, deepest := 0, 0
	for _, c := range text {
		switch c {
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(depth-1, 0)
		}
		deepest = max(deepest, depth)
	}
	return deepest
}

// FunctionNames returns the names of all functions in lexical order.
func FunctionNames() []string {
	return slices.Sorted(maps.Keys(functions(nil)))
}
