package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"hactl/lang/rule"
	"hactl/schemas"

	"github.com/spf13/cobra"
)

func newSchemaCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "schema [NAME]",
		Short: "Print the JSON Schemas of configurations, plans, reports and outputs",
		Long: `Schema prints a JSON Schema (draft 2020-12), without a NAME the names of all:

  answer            what plan --if prints with --json
  apply-progress    a line of what apply prints with --json
  configuration     a file in HCL's JSON syntax, *.ha.json
  confirm           what confirm prints with --json
  diagnostics       what validate, lint and fmt print with --json
  event             a line of "hactl events --json", and the body of a webhook
  export            what export prints with --json
  intents           intents/HOST.json: drains, holds and orders to upgrade
  move              what drain, undrain and switchover print with --json
  plan              plans/HOST.json: what the agent of one host is to do
  proposal          what plan prints with --json
  status            status/HOST.json, and what status prints with --json for one host
  upgrade-progress  a line of what upgrade run and rollback print with --json
  upgrade-status    what upgrade status prints with --json
  what-if           what plan --what-if prints with --json

Editors check and complete *.ha.json files by configuration.

It exits with 0, and with 1 when there is no schema of that name.`,
		Example: `  hactl schema plan
  hactl schema --out schemas
  hactl schema configuration > hactl.schema.json`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return schemas.Names(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			names := schemas.Names()
			switch {
			case out != "" && len(args) == 0:
				return saveSchemas(out, names)
			case out != "":
				return saveSchemas(out, args)
			case len(args) == 0:
				fmt.Fprintln(cmd.OutOrStdout(), strings.Join(names, "\n"))
				return nil
			}
			data, err := schemaNamed(args[0])
			if err == nil {
				_, err = cmd.OutOrStdout().Write(data)
			}
			return err
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "", "write NAME.schema.json, without a NAME all of them, into the folder `DIR`")
	return cmd
}

// schemaNamed returns one schema.
func schemaNamed(name string) ([]byte, error) {
	data, known := schemas.Read(name)
	if !known {
		return nil, fmt.Errorf("no schema is called %q; there are %s", name, rule.List(schemas.Names()))
	}
	return data, nil
}

// saveSchemas writes schemas into a folder, which is made if need be.
func saveSchemas(dir string, names []string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("save schemas: %w", err)
	}
	for _, name := range names {
		data, err := schemaNamed(name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name+".schema.json"), data, 0o666); err != nil {
			return fmt.Errorf("save schema: %w", err)
		}
	}
	return nil
}
