package lang

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// tree is what a file in HCL's native syntax was parsed to before its turn.
type tree struct {
	parts int // words and signs, few enough; nor is the text too deep
	file  *hcl.File
	diags hcl.Diagnostics
}

// prepare parses files together with each other, where the caller of Load offers
// that. Those that a cache remembers, or that may be too large, wait for their
// turn; those in JSON, too.
func (l *loader) prepare(names []string, texts [][]byte) {
	if l.together == nil || len(names) < 2 {
		return
	}
	trees := make([]*tree, len(names))
	free := l.most.parts
	for i, text := range texts {
		if text == nil || strings.HasSuffix(names[i], ".json") || l.cache.knows(names[i], text) {
			continue
		}
		n := parts(text)
		if free -= n; free < 0 {
			break
		}
		if _, deep := tooDeep(names[i], text, false); deep == "" {
			trees[i] = &tree{parts: n}
		}
	}
	l.together(len(trees), func(i int) {
		if trees[i] != nil {
			trees[i].file, trees[i].diags = hclsyntax.ParseConfig(texts[i], names[i], hcl.InitialPos)
		}
	})
	l.trees = map[string]*tree{}
	for i, t := range trees {
		if t != nil {
			l.trees[names[i]] = t
		}
	}
}

// tree parses a file, unless that has been done.
func (l *loader) tree(name string, text []byte) (*hcl.File, hcl.Diagnostics) {
	if t := l.trees[name]; t != nil {
		delete(l.trees, name)
		return t.file, t.diags
	}
	return hclsyntax.ParseConfig(text, name, hcl.InitialPos)
}

// knows reports whether c, which may be nil, remembers that text of a file.
func (c *Cache) knows(name string, text []byte) bool {
	if c == nil {
		return false
	}
	r := c.files[name]
	return r != nil && r.text == string(text)
}
