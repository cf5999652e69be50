package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/lang/keepalived"
	"hactl/lang/rule"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"
)

func newImportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "import",
		Short:   "Make a configuration of that of other programs",
		Example: `  hactl import keepalived lb01=lb01/keepalived.conf lb02=lb02/keepalived.conf --out web`,
	}
	cmd.AddCommand(newImportKeepalivedCommand())
	return cmd
}

func newImportKeepalivedCommand() *cobra.Command {
	var i importing
	cmd := &cobra.Command{
		Use:   "keepalived [NAME=]FILE…",
		Short: "Make a configuration of the keepalived.conf of all nodes",
		Long: `Import makes one configuration of the keepalived.conf of the nodes that share
their virtual addresses, as a person would write it: what is the same on all
hosts stands there once, and priorities follow from the order of hosts where that
says the same. It asks no host and changes none of the files.

The configuration goes to standard output, or with --out to files in a folder: to
` + firstFile + `, and when it is long to one file each for hosts, checks, clusters and
the load balancer. Files that are there already are never overwritten.

What is lost, changed or left to decide is reported on standard error, each with
its file and line. Where nodes disagree, the first one's word counts. Passwords of
VRRP are not carried over: the configuration names a file for them.

NAME and FILE are as in "hactl lint keepalived", which says what is wrong with
the files themselves; correct that first. The load balancer (virtual_server) is
kept in comments.

It exits with 0 when there is a valid configuration, and with 1 when there is
none, or one with errors that the report names.`,
		Example: `  hactl import keepalived lb01=lb01.conf lb02=lb02.conf
  hactl import keepalived lb01=lb01.conf lb02=lb02.conf --out production
  ssh lb01 cat /etc/keepalived/keepalived.conf | hactl import keepalived lb01=-
  hactl import keepalived --json lb*.conf | jq '.diagnostics[].detail'`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return i.run(cmd, args) },
	}
	cmd.Flags().StringVar(&i.folder, "out", "", "write files into the folder `DIR`, which is made if need be")
	cmd.Flags().BoolVar(&i.asJSON, "json", false, "print the report as JSON to stdout, and in it, without --out, the configuration")
	return cmd
}

// importing is one run of import.
type importing struct {
	folder string // empty: standard output
	asJSON bool
}

// imported is what import --json prints: the findings as validate has them, and
// what was made.
type imported struct {
	verdict
	Files   []importedFile `json:"files"`   // never null
	Servers int            `json:"servers"` // blocks of the load balancer that are kept in comments
}

type importedFile struct {
	Name string `json:"name"`           // with the folder that it was written to, if any
	Text string `json:"text,omitempty"` // when it was written nowhere
}

func (i *importing) run(cmd *cobra.Command, args []string) error {
	if i.folder != "" {
		if err := checkEmpty(i.folder, "import overwrites nothing: name another folder"); err != nil {
			return err
		}
	}
	sources, closeAll, err := lintSources(args)
	defer closeAll()
	if err != nil {
		return err
	}
	made, list, texts := keepalived.Import(sources)
	f := findings{list: list, sources: texts, name: func(file string) string { return file }}
	if made == nil {
		return i.nothing(cmd, f)
	}
	files := filesOf(made, i.folder)
	if err := tryImported(files, &f); err != nil {
		return err
	}
	if i.folder != "" {
		if err := writeNew(i.folder, files); err != nil {
			return fmt.Errorf("write the configuration: %w", err)
		}
	}
	return i.verdict(cmd, made, files, f)
}

// nothing says why there is no configuration.
func (i *importing) nothing(cmd *cobra.Command, f findings) error {
	if i.asJSON {
		if err := terminal.PrintJSON(cmd.OutOrStdout(), imported{verdict: f.verdict(), Files: []importedFile{}}); err != nil {
			return err
		}
		return said
	}
	w := cmd.ErrOrStderr()
	fmt.Fprint(w, f.text(paletteFor(cmd, w)), "\n")
	return exit{exitFailure, "nothing was imported"}
}

// verdict prints what was made, and the report.
func (i *importing) verdict(cmd *cobra.Command, made *keepalived.Imported, files []importedFile, f findings) error {
	out, w := cmd.OutOrStdout(), cmd.ErrOrStderr()
	problems, warnings := f.count()
	if i.asJSON {
		report := imported{verdict: f.verdict(), Servers: made.Servers}
		for _, file := range files {
			if i.folder != "" {
				file = importedFile{Name: filepath.Join(i.folder, file.Name)}
			}
			report.Files = append(report.Files, file)
		}
		if err := terminal.PrintJSON(out, report); err != nil || problems == 0 {
			return err
		}
		return said
	}
	if i.folder == "" {
		fmt.Fprint(out, files[0].Text)
	}
	if len(f.list) > 0 {
		fmt.Fprint(w, f.text(paletteFor(cmd, w)), "\n")
	}
	for _, file := range files {
		if i.folder != "" {
			fmt.Fprintf(out, "%s %s\n", paletteFor(cmd, out).Green("wrote"), filepath.Join(i.folder, file.Name))
		}
	}
	if problems > 0 {
		return exit{exitFailure, "the configuration is not valid yet: " + tally(problems, warnings)}
	}
	fmt.Fprintln(w, summary(made, f))
	return nil
}

// summary says in a few words how much is left to do.
func summary(made *keepalived.Imported, f findings) string {
	_, warnings := f.count()
	words := "the configuration is valid"
	if warnings > 0 {
		words += ", " + terminal.Number(warnings, "warning") + " to look at"
	}
	if rest := len(f.list) - warnings; rest > 0 {
		words += ", " + terminal.Number(rest, "remark")
	}
	if made.Servers > 0 {
		words += ", " + terminal.Number(made.Servers, "block") + " of the load balancer in comments"
	}
	return words
}

// longFile is the number of lines from which on a configuration is split.
const longFile = 150

// filesOf returns the files of a configuration: one, or one for each part.
func filesOf(made *keepalived.Imported, folder string) []importedFile {
	whole := made.Text()
	if folder == "" || strings.Count(whole, "\n") <= longFile || len(made.Parts) < 2 {
		return []importedFile{{firstFile, whole}}
	}
	var files []importedFile
	for _, p := range made.Parts {
		files = append(files, importedFile{p.Name + ".ha.hcl", p.Text})
	}
	return files
}

// fromOpen are the errors of the language that follow from values which the report
// says are left open.
var fromOpen = []string{rule.NoValue.Code, rule.Missing.Code, rule.NoInterface.Code, rule.BrokenPlan.Code}

// tryImported adds the errors that the language finds in the files, but for what
// follows from values that the report has named.
func tryImported(files []importedFile, f *findings) error {
	work, err := os.MkdirTemp("", "hactl-import-")
	if err != nil {
		return fmt.Errorf("try the configuration: %w", err)
	}
	defer os.RemoveAll(work)
	for _, file := range files {
		if err := os.WriteFile(filepath.Join(work, file.Name), []byte(file.Text), 0o600); err != nil {
			return fmt.Errorf("try the configuration: %w", err)
		}
	}
	c, err := loadConfiguration(work, &variableFlags{})
	if err != nil {
		return err
	}
	for name, text := range c.findings.sources {
		f.sources[name] = text
	}
	left := slices.ContainsFunc(f.list, func(d *hcl.Diagnostic) bool {
		code, _, _ := rule.Of(d)
		return code == rule.ImportOpen.Code
	})
	f.list = append(f.list, slices.DeleteFunc(c.findings.list, func(d *hcl.Diagnostic) bool {
		code, _, _ := rule.Of(d)
		return d.Severity != rule.Error || left && slices.Contains(fromOpen, code)
	})...)
	return nil
}

// writeNew writes the files into a folder, all or none, and never over one that is
// there.
func writeNew(dir string, files []importedFile) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var written []string
	defer func() {
		if err != nil {
			for _, name := range written {
				err = errors.Join(err, os.Remove(name))
			}
		}
	}()
	for _, file := range files {
		name := filepath.Join(dir, file.Name)
		if err := writeWhole(name, file.Text); err != nil {
			return err
		}
		written = append(written, name)
	}
	return nil
}

// writeWhole makes a file that is there with all of its text, or not at all.
func writeWhole(name, text string) error {
	next, err := os.CreateTemp(filepath.Dir(name), ".hactl-*")
	if err != nil {
		return err
	}
	defer os.Remove(next.Name())
	_, err = next.WriteString(text)
	if err := errors.Join(err, next.Chmod(0o644), next.Close()); err != nil {
		return err
	}
	err = os.Link(next.Name(), name) // fails where the name is taken
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(name); err == nil {
		return &fs.PathError{Op: "write", Path: name, Err: fs.ErrExist}
	}
	return os.Rename(next.Name(), name) // a file system without links
}
