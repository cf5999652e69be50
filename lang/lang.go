package lang

import (
	"io/fs"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// MaxFile is the size in bytes of the largest file that Load reads.
const MaxFile = 64 << 20

// Options are what comes from outside a configuration's folder.
type Options struct {
	// Environment holds the values of HACTL_VAR_NAME by NAME. A name that no
	// variable has is ignored.
	Environment map[string]string

	// VarFiles are read in order; a later one wins, and all win over
	// Environment.
	VarFiles []VarFile

	// Variables are --var NAME=VALUE in order; a later one wins, and all win
	// over VarFiles.
	Variables []Assignment

	// Folder is where the configuration's folder is: an absolute path with
	// slashes, without links. Only paths that leave the folder are joined with
	// it, to be looked for in Allowed.
	Folder string

	// Allowed are the folders beside the configuration's own of which file() and
	// its kin may read the files. None means that no path leaves the folder.
	Allowed []Folder

	// Together calls do with 0 to n-1, several at a time if it likes, and returns
	// when all have returned: so files are parsed. Nil: one after the other.
	Together func(n int, do func(i int))
}

// VarFile is a file that gives variables a value: attributes only.
type VarFile struct {
	Name  string // as the user wrote it; JSON when it ends in ".json", HCL otherwise
	Bytes []byte
}

// Assignment gives one variable a value.
type Assignment struct {
	Name  string
	Value string // taken literally for a variable of type string, or of no type; an expression otherwise
}

// Config is a configuration after evaluation.
type Config struct {
	Root    *Block            // a block without type and label that holds those of the files
	Sources map[string][]byte // the text of each file that a range may name, with asterisks for what may be a secret
	Flawed  bool              // Load found an error: something is missing that a plan would need
}

// Load reads every *.ha.hcl and *.ha.json file at the root of fsys. It always
// returns what could be made of them; a Config made with errors lacks what they
// are about.
func Load(fsys fs.FS, opts Options) (*Config, hcl.Diagnostics) {
	return load(fsys, opts, usual)
}

// load is Load with other limits.
func load(fsys fs.FS, opts Options, most limits) (*Config, hcl.Diagnostics) {
	l := newLoader(fsys, most)
	l.load(opts)
	l.config.Flawed = l.diags.HasErrors()
	return l.config, inOrder(l.diags)
}

// Hosts returns the hosts in lexical order of names.
func (c *Config) Hosts() []*Block { return c.Root.Blocks("host") }

// Checks returns the checks in lexical order of names.
func (c *Config) Checks() []*Block { return c.Root.Blocks("check") }

// Notifies returns the notify blocks in lexical order of names.
func (c *Config) Notifies() []*Block { return c.Root.Blocks("notify") }

// Upgrades returns the upgrades in lexical order of names.
func (c *Config) Upgrades() []*Block { return c.Root.Blocks("upgrade") }

// Clusters returns the clusters in lexical order of names.
func (c *Config) Clusters() []*Block { return c.Root.Blocks("cluster") }

// Settings returns the hactl block, or nil.
func (c *Config) Settings() *Block { return c.Root.Block("hactl") }

// inOrder puts findings in order of file, place and text, so that the order of
// evaluation does not show, and drops those that the rounds of a dynamic block
// repeat.
func inOrder(diags hcl.Diagnostics) hcl.Diagnostics {
	slices.SortStableFunc(diags, func(a, b *hcl.Diagnostic) int {
		if c := rule.ComparePlaces(*a.Subject, *b.Subject); c != 0 {
			return c
		}
		return strings.Compare(a.Detail, b.Detail)
	})
	return slices.CompactFunc(diags, func(a, b *hcl.Diagnostic) bool { return *a.Subject == *b.Subject && a.Detail == b.Detail })
}
