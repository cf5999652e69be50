package main

import (
	"io/fs"
	"os"
	"runtime/debug"

	"hactl/lang"
	"hactl/lang/lsp"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"
)

func newLSPCommand() *cobra.Command {
	var variables variableFlags
	cmd := &cobra.Command{
		Use:   "lsp",
		Short: "Serve an editor: findings while you type, completion, hover, definitions, rename, formatting",
		Long: `Lsp speaks the Language Server Protocol over standard input and output; an editor
starts it. docs/editors.md tells how, for Visual Studio Code and Neovim.

The folder of each file that is open is a configuration of its own, as for
validate, and what validate would report is reported in all of its files: with
what is in the editor and not saved yet. A variable without a value is no error
here; --var and the like give it one.

It exits with 0 when the editor shuts it down, and with 1 when the editor goes
away without that, or sends what is no message.`,
		Example: `  hactl lsp
  hactl lsp --var-file production.hcl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := variables.options(); err != nil {
				return err
			}
			debug.SetGCPercent(memoryForSpeed)
			session := lsp.New(thisBuild().Version, openFolder)
			return newLanguageServer(session, lsp.NewAnalyst(variables.check)).serve(cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	variables.add(cmd)
	return cmd
}

// memoryForSpeed is how much garbage may lie around, in percent of what is in use:
// every letter that is typed leaves as much as the configuration is large, and to
// collect it takes a third of the time when there is little room.
const memoryForSpeed = 400

// openFolder opens a configuration's folder. No link leads out of it.
func openFolder(dir string) (fs.FS, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return root.FS(), nil
}

// check returns what is wrong with the configuration in fsys, which stands for the
// folder dir. Flags that cannot be used any more become a finding, too.
func (f *variableFlags) check(dir string, fsys fs.FS, cache *lang.Cache) hcl.Diagnostics {
	options, err := f.options()
	if err != nil {
		return hcl.Diagnostics{unreadable(err)}
	}
	done, err := f.allow(dir, &options)
	defer done()
	if err != nil {
		return hcl.Diagnostics{unreadable(err)}
	}
	var c configuration
	c.load(fsys, options, cache.Load)
	return c.findings.list
}
