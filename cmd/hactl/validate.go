package main

import (
	"fmt"
	"strings"

	"hactl/cmd/hactl/internal/terminal"

	"github.com/spf13/cobra"
)

func newValidateCommand() *cobra.Command {
	var asJSON bool
	var variables variableFlags
	cmd := &cobra.Command{
		Use:   "validate [DIR]",
		Short: "Check a configuration: every value, every reference, and what must hold between hosts",
		Long: `Validate reads all *.ha.hcl and *.ha.json files of one folder and reports
everything that is wrong, not only the first. It asks no host and no store.

It exits with 0 when the configuration is valid (warnings are allowed) and with
1 when it is not.`,
		Example: `  hactl validate
  hactl validate environments/production --var-file production.hcl
  hactl validate --json | jq .error_count`,
		Args: folderArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := loadConfiguration(folderOf(args), &variables)
			if err != nil {
				return err
			}
			return validate(cmd, c, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON to stdout, findings included")
	variables.add(cmd)
	return cmd
}

// validate prints what was found in c.
func validate(cmd *cobra.Command, c *configuration, asJSON bool) error {
	errors, warnings := c.findings.count()
	out := cmd.OutOrStdout()
	if asJSON {
		if err := terminal.PrintJSON(out, c.findings.verdict()); err != nil {
			return err
		}
	} else {
		c.printFindings(cmd)
	}
	switch {
	case errors > 0 && asJSON:
		return said
	case errors > 0:
		return exit{exitFailure, "the configuration is not valid: " + tally(errors, warnings)}
	case asJSON:
		return nil
	}
	fmt.Fprintf(out, "%s: %s\n", c.contents(), paletteFor(cmd, out).Green("valid")+withWarnings(warnings))
	return nil
}

// contents counts what a valid configuration holds: "2 hosts, 1 cluster, 1 vip".
func (c *configuration) contents() string {
	return strings.Join([]string{
		terminal.Number(len(c.config.Hosts()), "host"),
		terminal.Number(len(c.config.Clusters()), "cluster"),
		terminal.Number(len(c.result.Vips), "vip"),
	}, ", ")
}

func tally(errors, warnings int) string {
	if warnings == 0 {
		return terminal.Number(errors, "error")
	}
	return terminal.Number(errors, "error") + ", " + terminal.Number(warnings, "warning")
}

func withWarnings(n int) string {
	if n == 0 {
		return ""
	}
	return ", with " + terminal.Number(n, "warning")
}
