package lang

import (
	"io/fs"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty/function"

	"hactl/lang/rule"
	"hactl/lang/schema"
)

var rootSpec = schema.Root

// loader is one run of Load.
type loader struct {
	fsys    fs.FS
	config  *Config
	diags   hcl.Diagnostics
	partial bool // some file could not be read whole: names may exist that nobody knows
	masked  map[string][]span
	most    limits
	meter   *meter

	cache       *Cache                 // nil: every file is parsed
	parsedFiles map[string]*remembered // with a cache, those of this run

	functions  map[string]function.Function
	scope      scope
	expansions map[expansionKey]expansion
	opened     map[hcl.Body]content        // bodies that are decoded more than once
	made       int                         // blocks that dynamic blocks made so far
	together   func(n int, do func(i int)) // nil: one after the other
	trees      map[string]*tree            // of files that were parsed before their turn
	parts      int                         // words and signs of all texts that were parsed so far
	compared   int                         // names that were compared to find those that were meant
}

// newLoader returns a loader of what stands in fsys.
func newLoader(fsys fs.FS, most limits) *loader {
	return &loader{
		fsys:       fsys,
		config:     &Config{Root: newBlock(nil, rootSpec), Sources: map[string][]byte{}},
		masked:     map[string][]span{},
		most:       most,
		meter:      &meter{most: most.runs, all: maxAllRuns},
		expansions: map[expansionKey]expansion{},
		opened:     map[hcl.Body]content{},
	}
}

// load reads the files, evaluates names, and decodes every block.
func (l *loader) load(opts Options) {
	l.together = opts.Together
	l.functions = functions(readable{l.fsys, opts.Folder, opts.Allowed}, l.meter)
	top := map[string][]*section{}
	var locals []field
	for _, body := range l.files() {
		c := l.open(body, rootSpec)
		for _, s := range c.sections {
			if s.typ == "locals" {
				locals = append(locals, l.localFields(s)...)
				continue
			}
			top[s.typ] = append(top[s.typ], s)
		}
	}
	l.variables(top["variable"], opts)
	l.declare(locals, top)
	l.resolveAll()
	l.decodeRoot(top)
	l.hide(l.diags)
}

// localFields opens a locals block.
func (l *loader) localFields(s *section) []field {
	if len(s.labels) > 0 {
		l.report(rule.Labels.At(s.labelRanges[0], "A locals block has no label. Take it out."))
	}
	c := l.open(s.body, rootSpec.Block("locals"))
	for _, n := range c.sections {
		l.unknown(rootSpec.Block("locals"), n.typ, n.at, true)
	}
	return c.fields
}
