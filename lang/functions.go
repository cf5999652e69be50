package lang

import (
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// functions returns the functions of expressions.
func functions(files readable, m *meter) map[string]function.Function {
	all := pureFunctions()
	all["file"] = fileFunction(files)
	all["fileexists"] = fileExistsFunction(files)
	all["templatefile"] = templateFileFunction(files, all, m)
	return all
}

// pureFunctions returns the functions that read nothing.
func pureFunctions() map[string]function.Function {
	return map[string]function.Function{
		"abs": stdlib.AbsoluteFunc, "can": tryfunc.CanFunc, "ceil": stdlib.CeilFunc, "chomp": stdlib.ChompFunc,
		"chunklist": stdlib.ChunklistFunc, "cidrhost": cidrHost, "cidrnetmask": cidrNetmask, "cidrsubnet": cidrSubnet,
		"cidrsubnets": cidrSubnets, "coalesce": stdlib.CoalesceFunc, "coalescelist": stdlib.CoalesceListFunc,
		"compact": stdlib.CompactFunc, "concat": guarded(stdlib.ConcatFunc, fewElements), "contains": stdlib.ContainsFunc,
		"csvdecode": guarded(stdlib.CSVDecodeFunc, fewParts), "distinct": stdlib.DistinctFunc, "element": stdlib.ElementFunc,
		"flatten": stdlib.FlattenFunc, "floor": stdlib.FloorFunc,
		"format": guarded(stdlib.FormatFunc, narrow), "formatdate": stdlib.FormatDateFunc,
		"formatlist": guarded(stdlib.FormatListFunc, narrow), "indent": guarded(stdlib.IndentFunc, shortIndent),
		"index": stdlib.IndexFunc, "join": guarded(stdlib.JoinFunc, shortJoin), "jsondecode": guarded(stdlib.JSONDecodeFunc, shallow),
		"jsonencode": stdlib.JSONEncodeFunc, "keys": stdlib.KeysFunc, "length": length, "log": stdlib.LogFunc,
		"lookup": stdlib.LookupFunc, "lower": stdlib.LowerFunc, "max": stdlib.MaxFunc, "merge": stdlib.MergeFunc,
		"min": stdlib.MinFunc, "parseint": guarded(stdlib.ParseIntFunc, fewDigits), "pow": stdlib.PowFunc, "range": stdlib.RangeFunc,
		"regex": stdlib.RegexFunc, "regexall": guarded(stdlib.RegexAllFunc, fewMatches), "regexreplace": guarded(stdlib.RegexReplaceFunc, shortMatched),
		"replace": guarded(stdlib.ReplaceFunc, shortReplaced), "reverse": stdlib.ReverseListFunc, "setintersection": stdlib.SetIntersectionFunc,
		"setproduct": guarded(stdlib.SetProductFunc, smallProduct), "setsubtract": stdlib.SetSubtractFunc,
		"setsymmetricdifference": stdlib.SetSymmetricDifferenceFunc, "setunion": stdlib.SetUnionFunc,
		"signum": stdlib.SignumFunc, "slice": stdlib.SliceFunc, "sort": stdlib.SortFunc, "split": guarded(stdlib.SplitFunc, fewSplit),
		"strlen": stdlib.StrlenFunc, "strrev": stdlib.ReverseFunc, "substr": stdlib.SubstrFunc,
		"timeadd": stdlib.TimeAddFunc, "title": stdlib.TitleFunc, "tobool": stdlib.MakeToFunc(cty.Bool),
		"tolist": stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)), "tomap": stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
		"tonumber": guarded(stdlib.MakeToFunc(cty.Number), fewDigits), "toset": stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)),
		"tostring": guarded(stdlib.MakeToFunc(cty.String), shortNumber), "trim": stdlib.TrimFunc,
		"trimprefix": stdlib.TrimPrefixFunc, "trimspace": stdlib.TrimSpaceFunc, "trimsuffix": stdlib.TrimSuffixFunc,
		"try": tryfunc.TryFunc, "upper": stdlib.UpperFunc, "values": stdlib.ValuesFunc,
		"yamldecode": guarded(ctyyaml.YAMLDecodeFunc, shallowYAML), "yamlencode": ctyyaml.YAMLEncodeFunc,
		"zipmap": stdlib.ZipmapFunc,
	}
}

// length is length(value): how many elements or attributes it has, or characters.
var length = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowDynamicType: true, AllowUnknown: true, AllowMarked: true}},
	Type: func(args []cty.Value) (cty.Type, error) {
		if t := args[0].Type(); t.IsObjectType() || t == cty.String {
			return cty.Number, nil
		}
		return stdlib.LengthFunc.ReturnTypeForValues(args)
	},
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		switch v, marks := args[0].Unmark(); {
		case v.Type().IsObjectType():
			return cty.NumberIntVal(int64(len(v.Type().AttributeTypes()))).WithMarks(marks), nil
		case v.Type() == cty.String:
			return stdlib.Strlen(args[0])
		}
		return stdlib.Length(args[0])
	},
})
