package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"

	"hactl/compiler"
	"hactl/lang"
	"hactl/lang/rule"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"
)

// configuration is a folder, loaded and compiled.
type configuration struct {
	dir      string
	given    []string // names of the variable files
	config   *lang.Config
	result   *compiler.Result // what could be made when there are errors
	findings findings
}

// roomForGarbage is how much garbage may lie around in a verb that ends soon, in
// percent of what is in use. With the 100 that is usual, collecting takes a fifth
// of the time, and memory is a third less.
const roomForGarbage = 175

// loadConfiguration reads and compiles the folder dir. What is wrong with it,
// a missing folder included, is in its findings; err is about the flags only.
func loadConfiguration(dir string, flags *variableFlags) (*configuration, error) {
	options, err := flags.options()
	if err != nil {
		return nil, err
	}
	debug.SetGCPercent(roomForGarbage)
	c := &configuration{dir: dir, given: flags.files, config: &lang.Config{}}
	c.findings.name = c.path
	if d := checkFolder(dir); d != nil {
		c.findings.list = hcl.Diagnostics{d}
		return c, nil
	}
	root, err := os.OpenRoot(dir) // no link leads out of the folder
	if err != nil {
		c.findings.list = hcl.Diagnostics{unreadable(err)}
		return c, nil
	}
	defer root.Close()
	done, err := flags.allow(dir, &options)
	defer done()
	if err != nil {
		return nil, err
	}
	options.Together = onAllProcessors
	c.load(root.FS(), options, lang.Load)
	c.findings.sort()
	return c, nil
}

// load reads and compiles the files of fsys. read is lang.Load, or one that
// remembers what it parsed.
func (c *configuration) load(fsys fs.FS, options lang.Options, read func(fs.FS, lang.Options) (*lang.Config, hcl.Diagnostics)) {
	var diags, more hcl.Diagnostics
	c.config, diags = read(fsys, options)
	c.findings.sources = c.config.Sources
	c.result, more = compiler.Compile(c.config)
	c.findings.list = append(diags, more...)
	if d := c.checkRequirement(thisBuild().Version); d != nil {
		c.findings.list = append(c.findings.list, d)
	}
}

// requireConfiguration is loadConfiguration for verbs that need a valid one:
// findings are printed, and errors among them end the command.
func requireConfiguration(cmd *cobra.Command, dir string, flags *variableFlags) (*configuration, error) {
	c, err := loadConfiguration(dir, flags)
	if err != nil {
		return nil, err
	}
	c.printFindings(cmd)
	if c.findings.list.HasErrors() {
		return nil, said
	}
	return c, nil
}

// printFindings prints the findings to stderr.
func (c *configuration) printFindings(cmd *cobra.Command) {
	if len(c.findings.list) > 0 {
		w := cmd.ErrOrStderr()
		fmt.Fprint(w, c.findings.text(paletteFor(cmd, w)), "\n")
	}
}

// path returns a file of the configuration as the user would type it. Variable
// files, and whatever else gave a value, are named that way already.
func (c *configuration) path(file string) string {
	path := filepath.Join(c.dir, file)
	if _, err := os.Lstat(path); err != nil || slices.Contains(c.given, file) {
		return file
	}
	return path
}

// checkFolder returns what keeps dir from being a configuration's folder.
func checkFolder(dir string) *hcl.Diagnostic {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return rule.NoFiles.At(hcl.Range{}, fmt.Sprintf("There is no folder %s. Name the folder that holds your *.ha.hcl files, or make one with \"hactl init %s\".", dir, dir))
	case err != nil:
		return unreadable(err)
	case !info.IsDir():
		return rule.NoFiles.At(hcl.Range{}, fmt.Sprintf("%s is a file, but a configuration is a folder: all its *.ha.hcl files belong together. Write %q.", dir, filepath.Dir(dir)))
	}
	return nil
}

// unreadable says that the folder cannot be opened.
func unreadable(err error) *hcl.Diagnostic {
	return rule.Unreadable.At(hcl.Range{}, fmt.Sprintf("The folder cannot be read: %v. Make it readable for you.", err))
}
