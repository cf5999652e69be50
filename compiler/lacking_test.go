package compiler

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hactl/lang/rule"
)

// Whatever a whole configuration lacks, be it one attribute, one block or the
// contents of one, there is a finding that says so, or it is whole without. None
// is left to the plan's own promises, and nothing panics.
func TestLacking(t *testing.T) {
	for _, file := range append(files(t, "testdata/whole/*/main.ha.hcl"), files(t, "testdata/ok/*.ha.hcl")...) {
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) {
			text := read(t, file)
			for _, at := range partsOf(parse(t, []byte(text))) {
				without := text[:at.Start.Byte] + text[at.End.Byte:]
				result, found := compileText(without)
				for _, d := range found {
					if code(d) == rule.BrokenPlan.Code || code(d) == rule.Syntax.Code {
						t.Errorf("without %s: %s", text[at.Start.Byte:at.End.Byte], line(d))
					}
				}
				if made := result.Plans != nil; made == found.HasErrors() {
					t.Errorf("without %s: plans %v, and the findings are %v", text[at.Start.Byte:at.End.Byte], made, found)
				}
			}
		})
	}
}

// partsOf returns the places of all attributes, blocks, and contents of blocks.
func partsOf(body *hclsyntax.Body) []hcl.Range {
	var all []hcl.Range
	for _, name := range slices.Sorted(maps.Keys(body.Attributes)) {
		all = append(all, body.Attributes[name].SrcRange)
	}
	for _, b := range body.Blocks {
		inside := hcl.Range{Start: b.OpenBraceRange.End, End: b.CloseBraceRange.Start}
		all = append(all, hcl.RangeBetween(b.TypeRange, b.CloseBraceRange), inside)
		all = append(all, partsOf(b.Body)...)
	}
	return all
}
