package schema

// Hover returns what an editor shows of an attribute, in Markdown.
func (a *Attribute) Hover() string {
	otherwise := "default: " + a.otherwise()
	if a.Required {
		otherwise = "required"
	}
	return "**" + a.Name + "** = " + a.Values() + "; " + otherwise + "\n\n" + a.Doc + "\n\n```hcl\n" + a.Name + " = " + a.Example + "\n```\n"
}

// Values describes the values of an attribute in a few words, in Markdown.
func (a *Attribute) Values() string { return a.kind() }

// Hover returns what an editor shows of a block, in Markdown.
func (b *Block) Hover() string {
	s := "**" + b.Type + "**\n\n" + b.Doc
	if b.Type != "" {
		s += "\n\n" + occurrence(b)
	}
	if b.Example != "" {
		s += "\n\n```hcl\n" + b.Example + "\n```\n"
	}
	return s
}
