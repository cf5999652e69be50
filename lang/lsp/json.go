package lsp

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/json"

	"hactl/lang"
	"hactl/lang/schema"
)

// jsonOutline reads the names that a file of HCL's JSON syntax declares. Uses and
// what stands in blocks are left out.
func jsonOutline(text string) *outline {
	o := &outline{root: &block{body: span{0, len(text)}, whole: span{0, len(text)}}}
	if _, diags := lang.Syntax("outline.json", []byte(text)); diags.HasErrors() {
		return o // also what is nested too deep for a parser
	}
	file, _ := json.Parse([]byte(text), "")
	o.root.blocks = jsonBlocks(file.Body, schema.Root, o.root)
	return o
}

// jsonBlocks reads the blocks of a body that have a name.
func jsonBlocks(body hcl.Body, spec *schema.Block, parent *block) []*block {
	wanted := &hcl.BodySchema{}
	for _, n := range spec.Blocks {
		if n.Form == schema.Name && n.Label != "" {
			wanted.Blocks = append(wanted.Blocks, hcl.BlockHeaderSchema{Type: n.Type, LabelNames: []string{"name"}})
		}
	}
	content, _, _ := body.PartialContent(wanted)
	var all []*block
	for _, found := range content.Blocks {
		b := &block{typ: word{found.Type, spanOf(found.TypeRange)}, parent: parent}
		label := spanOf(found.LabelRanges[0])
		b.labels = []word{{found.Labels[0], span{label.from + 1, label.to - 1}}} // in quotes
		b.whole = label
		b.body = span{label.to, label.to}
		b.blocks = jsonBlocks(found.Body, spec.Block(found.Type), b)
		all = append(all, b)
	}
	return all
}

// spanOf returns the bytes of a range.
func spanOf(r hcl.Range) span { return span{r.Start.Byte, r.End.Byte} }
