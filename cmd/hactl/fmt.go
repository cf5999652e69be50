package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/lang"
	"hactl/lang/format"

	"github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"
)

func newFmtCommand() *cobra.Command {
	var f formatting
	cmd := &cobra.Command{
		Use:   "fmt [DIR|FILE…]",
		Short: "Rewrite a configuration in its one form: indents, aligned equals signs, no stray white space",
		Long: `Fmt rewrites the *.ha.hcl files of a folder, or the files that are named, and
prints the names of those that it changed. Only white space changes: never a
text in quotes, a here-document, a comment, or the order of things. Line ends
become those of Unix, and of several empty lines one stays.

A file with a syntax error stays as it is and the error is reported; the others
are still formatted. Files in JSON are left alone. A file of variables is
formatted when it is named. With - the text is read from standard input, and
printed to standard output.

--check and --diff change nothing: what is looked at before a commit should not
have happened already. In a diff asterisks stand for what may be a secret.

It exits with 0; with 1 when a file could not be formatted, and with --check also
when one is not formatted.`,
		Example: `  hactl fmt
  hactl fmt environments/*/
  hactl fmt --check --diff      # in CI
  hactl fmt - < draft.hcl       # from an editor`,
		RunE: func(cmd *cobra.Command, args []string) error {
			f.out, f.findings = cmd.OutOrStdout(), findings{sources: map[string][]byte{}, name: func(file string) string { return file }}
			if slices.Contains(args, "-") {
				return f.stream(cmd, args)
			}
			return f.files(cmd, args)
		},
	}
	cmd.Flags().BoolVar(&f.check, "check", false, "change nothing; exit with 1 and list what is not formatted")
	cmd.Flags().BoolVar(&f.diff, "diff", false, "change nothing; print what would change")
	return cmd
}

// formatting is one run of fmt.
type formatting struct {
	check, diff bool
	out         io.Writer
	findings    findings // about what could not be formatted
	changed     int      // texts that are, or were, not formatted
}

// stream formats standard input.
func (f *formatting) stream(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return errors.New("- is standard input, and stands alone: name it without folders and files")
	}
	text, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), lang.MaxFile+1))
	if err != nil {
		return fmt.Errorf("read standard input: %w", err)
	}
	formatted, ok := f.text("<stdin>", text)
	if ok && !f.check && !f.diff {
		fmt.Fprintf(f.out, "%s", formatted)
	}
	return f.verdict(cmd)
}

// files formats the files that args name.
func (f *formatting) files(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		args = []string{"."}
	}
	files, err := formattable(args)
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := f.file(file); err != nil {
			return err
		}
	}
	return f.verdict(cmd)
}

// file formats one file. What is wrong with it becomes a finding; err is about
// the writing.
func (f *formatting) file(path string) error {
	text, diags := readText(path)
	if diags.HasErrors() {
		f.findings.list = append(f.findings.list, diags...)
		return nil
	}
	before := f.changed
	formatted, ok := f.text(path, text)
	if !ok || f.changed == before {
		return nil
	}
	if !f.check && !f.diff {
		if err := rewrite(path, formatted); err != nil {
			return fmt.Errorf("format %s: %w", path, err)
		}
	}
	if !f.diff {
		fmt.Fprintln(f.out, path)
	}
	return nil
}

// text formats a text, counts it when that changes it, and prints the difference
// when that is asked for. ok is false for what can't be parsed, which becomes a
// finding.
func (f *formatting) text(name string, text []byte) (formatted []byte, ok bool) {
	formatted, diags := format.Source(name, text)
	if diags.HasErrors() {
		f.findings.sources[name], _ = lang.Syntax(name, text)
		f.findings.list = append(f.findings.list, diags...)
		return nil, false
	}
	if string(formatted) != string(text) {
		f.changed++
		if f.diff {
			for line := range strings.Lines(udiff.Unified(name, name, string(text), string(formatted))) {
				fmt.Fprintf(f.out, "%s", hide(line))
			}
		}
	}
	return formatted, true
}

// verdict prints the findings and returns how the run ends.
func (f *formatting) verdict(cmd *cobra.Command) error {
	if wrong := len(f.findings.list); wrong > 0 {
		w := cmd.ErrOrStderr()
		fmt.Fprint(w, f.findings.text(paletteFor(cmd, w)), "\n")
		return exit{exitFailure, "not formatted: " + terminal.Number(wrong, "error")}
	}
	if f.check && f.changed > 0 {
		return exit{exitFailure, "not formatted: " + terminal.Number(f.changed, "file") + `; "hactl fmt" rewrites what it is given`}
	}
	return nil
}
