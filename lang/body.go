package lang

import (
	"cmp"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hactl/lang/rule"
	"hactl/lang/schema"
)

// content is what stands directly in a body, in source order.
type content struct {
	fields   []field
	sections []*section
	strange  []string // names that were reported and left out
}

// field is one attribute before evaluation.
type field struct {
	name string
	at   hcl.Range // of the name
	expr hcl.Expression
}

// section is one block before evaluation.
type section struct {
	typ         string
	at          hcl.Range // of the type
	header      hcl.Range // of the type and the labels
	labels      []string
	labelRanges []hcl.Range
	body        hcl.Body
}

// labelRange returns the range of the label, or of the header when there is
// none.
func (s *section) labelRange() hcl.Range {
	if len(s.labelRanges) == 0 {
		return s.header
	}
	return s.labelRanges[0]
}

// openOnce opens a body that is decoded more than once, so that what is wrong
// in it is reported once.
func (l *loader) openOnce(body hcl.Body, spec *schema.Block) content {
	c, ok := l.opened[body]
	if !ok {
		c = l.open(body, spec)
		l.opened[body] = c
	}
	return c
}

// open returns what stands in a body. Names that spec lacks are reported and
// left out.
func (l *loader) open(body hcl.Body, spec *schema.Block) content {
	if native, ok := body.(*hclsyntax.Body); ok {
		return l.openNative(native, spec)
	}
	return l.openJSON(body, spec)
}

// openNative opens a body of HCL's native syntax.
func (l *loader) openNative(body *hclsyntax.Body, spec *schema.Block) content {
	var c content
	if len(body.Attributes) > 0 {
		c.fields = make([]field, 0, len(body.Attributes))
	}
	for name, a := range body.Attributes {
		i := spec.Attribute(name)
		if i >= 0 && spec.Attributes[i].Sensitive || i < 0 && !spec.Free && secretive(spec, name) {
			l.maskExpr(a.Expr)
		}
		if spec.Free || i >= 0 {
			c.fields = append(c.fields, field{name, a.NameRange, a.Expr})
			continue
		}
		c.strange = append(c.strange, name)
		l.unknown(spec, name, a.NameRange, false)
	}
	slices.SortFunc(c.fields, func(a, b field) int { return cmp.Compare(a.at.Start.Byte, b.at.Start.Byte) })
	for _, b := range body.Blocks {
		if b.Type != "dynamic" && spec.Block(b.Type) == nil {
			c.strange = append(c.strange, b.Type)
			l.unknown(spec, b.Type, b.TypeRange, true)
			l.maskBody(b.Body)
			continue
		}
		c.sections = append(c.sections, &section{b.Type, b.TypeRange, hcl.RangeBetween(b.TypeRange, lastRange(b.LabelRanges, b.TypeRange)), b.Labels, b.LabelRanges, b.Body})
	}
	return c
}

// lastRange returns the last range, or otherwise when there is none.
func lastRange(ranges []hcl.Range, otherwise hcl.Range) hcl.Range {
	if len(ranges) == 0 {
		return otherwise
	}
	return ranges[len(ranges)-1]
}

// openJSON opens a body of HCL's JSON syntax, where only the description tells
// attributes from blocks.
func (l *loader) openJSON(body hcl.Body, spec *schema.Block) content {
	if spec.Free {
		attrs, diags := body.JustAttributes()
		l.reportAll(rule.WrongForm, diags, body.MissingItemRange())
		return content{fields: jsonFields(attrs)}
	}
	found, rest, diags := body.PartialContent(bodySchema(spec))
	l.reportAll(rule.WrongForm, diags, body.MissingItemRange())
	c := content{fields: jsonFields(found.Attributes)}
	for _, f := range c.fields {
		if spec.Attributes[spec.Attribute(f.name)].Sensitive {
			l.maskExpr(f.expr)
		}
	}
	for _, b := range found.Blocks {
		at := lastRange(b.LabelRanges, b.TypeRange)
		c.sections = append(c.sections, &section{b.Type, b.TypeRange, at, b.Labels, b.LabelRanges, b.Body})
	}
	_, diags = rest.Content(&hcl.BodySchema{})
	for _, d := range diags {
		if name, ok := l.property(*d.Subject); ok {
			c.strange = append(c.strange, name)
			l.unknown(spec, name, *d.Subject, false)
		}
	}
	return c
}

// property returns the name of the JSON property that stands at rng.
func (l *loader) property(rng hcl.Range) (string, bool) {
	text := l.config.Sources[rng.Filename]
	if rng.End.Byte > len(text) || rng.End.Byte-rng.Start.Byte < 2 || text[rng.Start.Byte] != '"' {
		return "", false
	}
	return string(text[rng.Start.Byte+1 : rng.End.Byte-1]), true
}

// jsonFields puts attributes in source order.
func jsonFields(attrs hcl.Attributes) []field {
	fields := make([]field, 0, len(attrs))
	for name, a := range attrs {
		fields = append(fields, field{name, a.NameRange, a.Expr})
	}
	slices.SortFunc(fields, func(a, b field) int { return cmp.Compare(a.at.Start.Byte, b.at.Start.Byte) })
	return fields
}

// bodySchema says what HCL needs to know of spec.
func bodySchema(spec *schema.Block) *hcl.BodySchema {
	s := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "dynamic", LabelNames: []string{"type"}}}}
	for _, a := range spec.Attributes {
		s.Attributes = append(s.Attributes, hcl.AttributeSchema{Name: a.Name})
	}
	for _, b := range spec.Blocks {
		header := hcl.BlockHeaderSchema{Type: b.Type}
		if b.Label != "" {
			header.LabelNames = []string{b.Label}
		}
		s.Blocks = append(s.Blocks, header)
	}
	return s
}
