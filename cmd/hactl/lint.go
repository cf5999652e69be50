package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/lang/keepalived"
	"hactl/lang/rule"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"
)

func newLintCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "lint",
		Short:   "Find mistakes in the configuration of other programs, as it is",
		Example: `  hactl lint keepalived lb01=lb01/keepalived.conf lb02=lb02/keepalived.conf`,
	}
	cmd.AddCommand(newLintKeepalivedCommand())
	return cmd
}

const lintHelp = `Lint reads the keepalived.conf of one node, or of all nodes that share their
virtual addresses, and says what is wrong with each and between them: what
happens at runtime, and what to do. It needs no keepalived and no HCL, and asks
no host. Routers are matched by VRID and addresses, not by name or order.

NAME is the node's name, by default the file's without extension, or its
folder's; that of keepalived.conf.lb01 is lb01. keepalived's lines for one host
only (@lb01) are read by it. Files that are included are read when they lie beside
the file or below; those of /etc/keepalived are looked for beside the file, too.
FILE may be a pipe, or - for standard input; nothing lies beside those.

It exits with 0 when there are no errors (warnings are allowed) and with 1 when
there are.`

func newLintKeepalivedCommand() *cobra.Command {
	var asJSON bool
	var version string
	cmd := &cobra.Command{
		Use:   "keepalived [NAME=]FILE…",
		Short: "Find mistakes in keepalived.conf, of one node or between several",
		Long:  lintHelp,
		Example: `  hactl lint keepalived /etc/keepalived/keepalived.conf
  hactl lint keepalived lb01=lb01.conf lb02=lb02.conf
  ssh lb01 cat /etc/keepalived/keepalived.conf | hactl lint keepalived lb01=-
  hactl lint keepalived --keepalived-version 2.2.7 lb01.conf lb02.conf
  hactl lint keepalived --json lb*.conf | jq .error_count`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			options := keepalived.Options{Version: keepalived.Newest}
			var err error
			if version != "" {
				if options.Version, err = keepalived.ParseVersion(version); err != nil {
					return fmt.Errorf("--keepalived-version: %w", err)
				}
			}
			sources, closeAll, err := lintSources(args)
			defer closeAll()
			if err != nil {
				return err
			}
			list, texts := keepalived.Lint(sources, options)
			f := findings{list: list, sources: texts, name: func(file string) string { return file }}
			return lintVerdict(cmd, f, len(sources), asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON to stdout, findings included")
	cmd.Flags().StringVar(&version, "keepalived-version", "", "the release that the nodes run, such as 2.2.7 (default: the newest)")
	return cmd
}

// lintSources returns where the files that args name are read from.
func lintSources(args []string) (sources []keepalived.Source, closeAll func(), err error) {
	var roots []*os.Root
	closeAll = func() {
		for _, r := range roots {
			r.Close()
		}
	}
	for _, arg := range args {
		name, file, named := strings.Cut(arg, "=")
		if _, err := os.Stat(arg); !named || err == nil {
			name, file = "", arg
		}
		if file == "" {
			return nil, closeAll, fmt.Errorf("%q: write NAME=FILE", arg)
		}
		given := name != ""
		if !given {
			name = nodeName(file)
		}
		switch same := func(s keepalived.Source) bool { return s.Node == name }; {
		case !slices.ContainsFunc(sources, same):
		case given:
			return nil, closeAll, fmt.Errorf("%q: there is a node %s already", arg, name)
		default:
			name = filepath.ToSlash(file)
		}
		s := keepalived.Source{Node: name, Path: filepath.Base(file), Prefix: filepath.ToSlash(filepath.Dir(file))}
		if isStream(file) {
			if slices.ContainsFunc(sources, func(s keepalived.Source) bool { return file == "-" && s.FS == fs.FS(stream{file}) }) {
				return nil, closeAll, errors.New("standard input can be read once only: give the other nodes' files by name")
			}
			s.FS = stream{file}
		} else if root, err := os.OpenRoot(filepath.Dir(file)); err != nil {
			s.FS = unopened{err}
		} else { // no link leads out of the folder
			roots, s.FS = append(roots, root), root.FS()
		}
		sources = append(sources, s)
	}
	return sources, closeAll, nil
}

// unopened is a folder that cannot be opened: each of its files fails with err.
type unopened struct{ err error }

// Open returns the error.
func (u unopened) Open(string) (fs.File, error) { return nil, u.err }

// isStream tells whether a file is what another program writes, or a device. Links
// below /dev lead to such, or to what standard input was redirected from.
func isStream(file string) bool {
	if file == "-" || strings.HasPrefix(filepath.Clean(file), "/dev/") {
		return true
	}
	info, err := os.Stat(file)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}

// stream is a folder of one file that is read where it stands, with nothing
// beside it; "-" is standard input.
type stream struct{ file string }

// Open opens the file.
func (s stream) Open(name string) (fs.File, error) {
	if name != filepath.Base(s.file) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if s.file == "-" {
		return os.Stdin, nil
	}
	return os.Open(s.file)
}

// ofNode finds the node's name in that of a file such as keepalived.conf.lb01.
var ofNode = regexp.MustCompile(`^keepalived\.conf[._-]([A-Za-z][\w-]*)$`)

// nodeName returns what a node is called whose file was given without a name.
func nodeName(file string) string {
	base := filepath.Base(file)
	if m := ofNode.FindStringSubmatch(base); m != nil {
		return m[1]
	}
	name := strings.TrimSuffix(base, filepath.Ext(base))
	if folder := filepath.Base(filepath.Dir(file)); name == "keepalived" && folder != "." && folder != "/" {
		return folder
	}
	return name
}

// lintVerdict prints what was found in the files of some nodes.
func lintVerdict(cmd *cobra.Command, f findings, nodes int, asJSON bool) error {
	errors, warnings := f.count()
	out := cmd.OutOrStdout()
	if asJSON {
		if err := terminal.PrintJSON(out, f.verdict()); err != nil {
			return err
		}
		if errors > 0 {
			return said
		}
		return nil
	}
	if len(f.list) > 0 {
		w := cmd.ErrOrStderr()
		fmt.Fprint(w, f.text(paletteFor(cmd, w)), "\n")
	}
	if errors > 0 {
		return exit{exitFailure, "there are mistakes: " + tally(errors, warnings)}
	}
	notes := len(slices.DeleteFunc(slices.Clone(f.list), func(d *hcl.Diagnostic) bool { return d.Severity != rule.Info }))
	verdict := "no mistakes found"
	if warnings > 0 {
		verdict = "no errors" + withWarnings(warnings)
	}
	if notes > 0 {
		verdict += ", " + terminal.Number(notes, "remark")
	}
	fmt.Fprintf(out, "%s: %s\n", terminal.Number(nodes, "node"), paletteFor(cmd, out).Green(verdict))
	return nil
}
