package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"hactl/cmd/hactl/internal/terminal"

	"github.com/spf13/cobra"
)

// firstFile is the file that init writes.
const firstFile = "main.ha.hcl"

func newInitCommand() *cobra.Command {
	var hosts []string
	var first firstConfiguration
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a first configuration: one address that survives the death of a host",
		Long: `Init writes ` + firstFile + ` with comments to start from. On a terminal it asks for
what the flags do not say; elsewhere it takes example values and says which.
It never overwrites a file.

It exits with 0 when the file is written, and with 1 when it is not.`,
		Example: `  hactl init
  hactl init production --host lb01=10.0.0.5/24 --host lb02=10.0.0.6/24 \
    --interface eth0 --address 10.0.0.100/24 --vrid 50`,
		Args: folderArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, h := range hosts {
				first.Hosts = append(first.Hosts, parseFirstHost(h))
			}
			return initialise(cmd, folderOf(args), first)
		},
	}
	cmd.Flags().StringArrayVar(&hosts, "host", nil, "a host, `NAME[=ADDRESS/LENGTH]`, best first; give it twice or more")
	cmd.Flags().StringVar(&first.Interface, "interface", "", "the interface that the hosts share a network on")
	cmd.Flags().StringVar(&first.Address, "address", "", "the address that is to survive, `ADDRESS/LENGTH`")
	cmd.Flags().IntVar(&first.VRID, "vrid", 0, "number of the virtual router, 1..255, unique on its network (default: from the address)")
	return cmd
}

// initialise writes the first file of the folder dir.
func initialise(cmd *cobra.Command, dir string, first firstConfiguration) error {
	path := filepath.Join(dir, firstFile)
	if err := checkEmpty(dir, "init overwrites nothing: edit it, or name another folder"); err != nil {
		return err
	}
	if terminal.IsTerminal(cmd.InOrStdin()) && terminal.IsTerminal(cmd.OutOrStdout()) {
		if err := first.ask(cmd.InOrStdin(), cmd.OutOrStdout()); err != nil {
			return err
		}
	}
	examples := first.fill()
	if err := first.check(); err != nil {
		return err
	}
	if err := tryOut(cmd, path, first.text()); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("write first configuration: %w", err)
	}
	_, err = file.WriteString(first.text())
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("write first configuration: %w", err)
	}
	printNext(cmd, dir, path, examples)
	return nil
}

// tryOut prints what the language finds in text, which is to become the file
// path, and refuses errors. The file is written elsewhere first.
func tryOut(cmd *cobra.Command, path, text string) error {
	work, err := os.MkdirTemp("", "hactl-init-")
	if err != nil {
		return fmt.Errorf("try the first configuration: %w", err)
	}
	defer os.RemoveAll(work)
	if err := os.WriteFile(filepath.Join(work, firstFile), []byte(text), 0o600); err != nil {
		return fmt.Errorf("try the first configuration: %w", err)
	}
	c, err := loadConfiguration(work, &variableFlags{})
	if err != nil {
		return err
	}
	c.findings.name = func(string) string { return path }
	c.printFindings(cmd)
	if c.findings.list.HasErrors() {
		return errors.New("nothing was written, as these answers make no valid configuration")
	}
	return nil
}

// checkEmpty refuses a folder that holds a configuration already; advice says what
// to do instead.
func checkEmpty(dir, advice string) error {
	for _, pattern := range []string{"*.ha.hcl", "*.ha.json"} {
		found, err := fs.Glob(os.DirFS(dir), pattern)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("look into %s: %w", dir, err)
		}
		if len(found) > 0 {
			return fmt.Errorf("%s is there already, and %s", filepath.Join(dir, found[0]), advice)
		}
	}
	return nil
}

// printNext says what was written and what to do with it.
func printNext(cmd *cobra.Command, dir, path string, examples []string) {
	out := cmd.OutOrStdout()
	p := paletteFor(cmd, out)
	fmt.Fprintf(out, "%s %s\n", p.Green("wrote"), path)
	if len(examples) > 0 {
		fmt.Fprintln(out, "\nThese are examples; put your own there:")
		for _, e := range examples {
			fmt.Fprintf(out, "  %s\n", e)
		}
	}
	at := ""
	if dir != "." {
		at = " " + dir
	}
	fmt.Fprintf(out, `
What next:
  hactl validate%[1]s   check it
  hactl plan%[1]s       see what each host would do
  hactl apply%[1]s      publish the plans
  hactl agent%[2]*[3]s      on each host: follow its plan
`, at, len(at), "")
}
