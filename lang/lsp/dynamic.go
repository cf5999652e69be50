package lsp

import (
	"cmp"

	"hactl/lang/schema"
)

// dynamicSpec describes a dynamic block that makes blocks as target says, nil for
// one that nobody knows.
func dynamicSpec(target *schema.Block) *schema.Block {
	spec := &schema.Block{
		Type:  "dynamic",
		Label: "the type of the blocks that it makes",
		Doc:   "Makes one block for each element of `for_each`.",
		Attributes: []schema.Attribute{
			{Name: "for_each", Type: schema.Any, Required: true, Example: "local.shops",
				Doc: "A list, set, map or object: one block is made for each element."},
			{Name: "iterator", Type: schema.Any, Implied: "the type of the blocks", Example: "shop",
				Doc: "The name that stands for the element, with `key` and `value`."},
		},
	}
	if target == nil {
		spec.Blocks = []*schema.Block{{Type: "content", Max: 1, Required: true, Doc: "What each block holds."}}
		return spec
	}
	if target.Label != "" {
		spec.Attributes = append(spec.Attributes, schema.Attribute{Name: "labels", Type: schema.Any, Required: true, Example: "[" + target.Type + ".key]",
			Doc: "The label of each block, in a list."})
	}
	content := *target
	content.Type, content.Label, content.Max, content.Required = "content", "", 1, true
	content.Doc = "What each block holds. " + target.Doc
	spec.Blocks = []*schema.Block{&content}
	return spec
}

// round returns the name that a dynamic block gives its elements.
func (b *block) round() string { return cmp.Or(b.iterator, b.name().text) }
