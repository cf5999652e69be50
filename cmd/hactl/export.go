package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/compiler"
	"hactl/compiler/export"
	"hactl/schemas/plan"

	"github.com/spf13/cobra"
)

func newExportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "export",
		Short:   "Write the configuration of other programs",
		Example: `  hactl export keepalived production --out keepalived`,
	}
	cmd.AddCommand(newExportKeepalivedCommand())
	return cmd
}

func newExportKeepalivedCommand() *cobra.Command {
	var x exporting
	cmd := &cobra.Command{
		Use:   "keepalived [DIR]",
		Short: "Write keepalived.conf for hosts that run keepalived",
		Long: `Export writes the keepalived.conf of each host with router = "keepalived", or with
--all of every host: for those who want the compiler first and the agent later,
or a way back. It changes no host; put each file in its place there yourself.

With --out DIR the files are DIR/HOST.conf; one that is there with another content
is replaced only with --force. Without it the file of the only host is printed. A
file may hold secrets of the configuration, and is yours only.

What keepalived does otherwise, or cannot do, is reported on standard error. Files
are for keepalived 2.2.7 and later; what needs a later one is named.

It exits with 0 when the files are written, with 1 when the configuration is not
valid or says too little of a host.`,
		Example: `  hactl export keepalived production --out keepalived
  hactl export keepalived --all --out keepalived
  hactl export keepalived --host old > keepalived.conf
  hactl export keepalived --all --json | jq '.hosts[].losses[].detail'`,
		Args: folderArgument,
		RunE: func(cmd *cobra.Command, args []string) error { return x.run(cmd, folderOf(args)) },
	}
	cmd.Flags().BoolVar(&x.all, "all", false, "export hactl's own hosts, too")
	cmd.Flags().StringVar(&x.host, "host", "", "export the host `NAME` only, whoever speaks VRRP there")
	cmd.Flags().StringVarP(&x.out, "out", "o", "", "write HOST.conf into the folder `DIR`, which is made if need be")
	cmd.Flags().BoolVar(&x.force, "force", false, "replace files that are there")
	cmd.Flags().BoolVar(&x.asJSON, "json", false, "print the losses as JSON, and in it, without --out, the files")
	x.variables.add(cmd)
	return cmd
}

// exporting is one run of export.
type exporting struct {
	all, force, asJSON bool
	host, out          string
	variables          variableFlags
}

// exported is what export --json prints.
type exported struct {
	Hosts []exportedHost `json:"hosts"` // sorted by name, never null
}

type exportedHost struct {
	Host   string `json:"host"`
	File   string `json:"file,omitempty"` // that was written; absent without --out
	Text   string `json:"text,omitempty"` // of the file; absent with --out
	Losses []loss `json:"losses"`         // never null
}

type loss struct {
	Object string `json:"object"`           // of the plan: "check nginx"
	Origin string `json:"origin,omitempty"` // the file and line that it comes from, where that is known
	Detail string `json:"detail"`
}

func (x *exporting) run(cmd *cobra.Command, dir string) error {
	c, err := requireConfiguration(cmd, dir, &x.variables)
	if err != nil {
		return err
	}
	plans, err := x.plans(c)
	if err != nil {
		return err
	}
	if x.out == "" && !x.asJSON && len(plans) > 1 {
		return errors.New("several hosts: name a folder for their files with --out, or one of them with --host")
	}
	var all exported
	for _, host := range slices.Sorted(maps.Keys(plans)) {
		h, err := x.export(plans[host], c.result.Origins[host])
		if err != nil {
			return err
		}
		all.Hosts = append(all.Hosts, h)
	}
	if x.asJSON {
		return terminal.PrintJSON(cmd.OutOrStdout(), all)
	}
	all.print(cmd.OutOrStdout(), cmd.ErrOrStderr(), dir)
	return nil
}

// plans returns the plans to export, at least one.
func (x *exporting) plans(c *configuration) (map[string]*plan.Plan, error) {
	plans, lacking := compiler.Foreign(c.config)
	if x.all || x.host != "" {
		maps.Copy(plans, c.result.Plans)
	} else {
		for _, h := range c.result.Hosts {
			if h.Kind != plan.Keepalived {
				delete(plans, h.Name)
				delete(lacking, h.Name)
			}
		}
	}
	if x.host != "" {
		maps.DeleteFunc(plans, func(host string, _ *plan.Plan) bool { return host != x.host })
		maps.DeleteFunc(lacking, func(host string, _ error) bool { return host != x.host })
	}
	for _, host := range slices.Sorted(maps.Keys(lacking)) {
		return nil, fmt.Errorf("export host %s: %w", host, lacking[host])
	}
	switch {
	case len(plans) > 0:
		return plans, nil
	case x.host != "":
		return nil, fmt.Errorf("--host %s: the configuration has no such host", quoted(x.host))
	}
	return nil, errors.New("no host has router = \"keepalived\"; --all exports hactl's own hosts")
}

// export makes the file of one host, and writes it where one is asked for.
func (x *exporting) export(p *plan.Plan, origins map[string]string) (exportedHost, error) {
	made := export.Keepalived(p)
	h := exportedHost{Host: p.Host, Losses: []loss{}}
	for _, l := range made.Losses {
		h.Losses = append(h.Losses, loss{l.Object, origins[l.Object], l.Detail})
	}
	if x.out == "" {
		h.Text = made.Text
		return h, nil
	}
	h.File = filepath.Join(x.out, p.Host+".conf")
	return h, x.save(h.File, made.Text)
}

// save writes one file, readable by its owner only.
func (x *exporting) save(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if have, err := os.ReadFile(name); err == nil && string(have) != text && !x.force {
		return fmt.Errorf("export: %s is there with another content; --force replaces it", name)
	}
	if err := replaceFile(name, []byte(text), nil); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// print prints files to out, and to report what was written and lost.
func (e exported) print(out, report io.Writer, dir string) {
	for _, h := range e.Hosts {
		fmt.Fprint(out, h.Text)
		if h.File != "" {
			fmt.Fprintf(out, "%s\n", h.File)
		}
		for _, l := range h.Losses {
			at := ""
			if l.Origin != "" {
				at = " (" + filepath.Join(dir, l.Origin) + ")"
			}
			fmt.Fprintf(report, "%s, %s%s: %s\n", h.Host, l.Object, at, l.Detail)
		}
	}
}
